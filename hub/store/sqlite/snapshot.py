"""Everything but released content, read in one moment."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hub.errors import NotFoundError, StoreError
from hub.model.contributions import Contribution
from hub.model.submissions import Item, Submission, state_of
from hub.policy.audience import Node
from hub.policy.rules import Reader
from hub.policy.spans import FOREVER, contains
from hub.store.sqlite.checks import SqliteChecks
from hub.store.sqlite.entrance.keyring import SqliteKeyring
from hub.store.sqlite.files.body import checked
from hub.store.sqlite.files.clock import Clock
from hub.store.sqlite.questions import SqliteQuestions
from hub.store.sqlite.registry import SqliteRegistry
from hub.store.sqlite.shelves.book import AudienceBook
from hub.store.sqlite.shelves.pushes import ITEM, SqlitePushes, item_of
from stix_models.markings import PAP, TLP, Level
from stix_models.timestamps import instant_of

_CONTRIBUTION = (
    "c.place, c.collection, c.object_id, c.type, c.version, c.version_key, c.spec_version, c.producer, c.account,"
    " s.label, c.revoked, (SELECT json_group_array(target) FROM reference WHERE place = c.place)"
)


class SqliteSnapshot:
    """Keeps hub.store.base.Snapshot on a connection that is inside a transaction."""

    def __init__(self, connection: sqlite3.Connection, book: AudienceBook, clock: Clock) -> None:
        self._connection = connection
        self._book = book
        self._clock = clock
        self._registry = SqliteRegistry(connection)
        self._pushes = SqlitePushes(connection, book, clock)
        self._questions = SqliteQuestions(connection)
        self._keyring = SqliteKeyring(connection)
        self._checks = SqliteChecks(connection)

    @property
    def registry(self) -> SqliteRegistry:
        """Who takes part and what was agreed."""
        return self._registry

    @property
    def keyring(self) -> SqliteKeyring:
        """What persons prove themselves with; inside a commit it can be changed."""
        return self._keyring

    @property
    def checks(self) -> SqliteChecks:
        """What must hold whatever is granted; inside a commit it can be changed."""
        return self._checks

    @property
    def pushes(self) -> SqlitePushes:
        """By whom things were pushed and what became of them; inside a commit items can be approved."""
        return self._pushes

    @property
    def questions(self) -> SqliteQuestions:
        """What readers asked producers; inside a commit more can be added."""
        return self._questions

    def now(self) -> int:
        """Give the wall clock, µs since 1970."""
        return self._clock()

    def submission(self, id: str) -> Submission | None:  # noqa: A002 - TAXII's name for it
        """Give one with its items."""
        found = self._submissions("s.id = ?", (id,))
        return found[0] if found else None

    def waiting(self) -> tuple[Submission, ...]:
        """Give all that have items in review, oldest first, with their items."""
        return self._submissions("s.id IN (SELECT submission FROM item WHERE state = 'review')", ())

    def body(self, item: Item) -> bytes:
        """Give the bytes of an item that waits."""
        row = self._connection.execute("SELECT body, digest FROM item WHERE number = ?", (item.number,)).fetchone()
        if row is None or row[0] is None:
            raise NotFoundError(f"{item.object_id} has left the waiting shelf")
        return checked(row[0], row[1], item.object_id)

    def label_inputs(self, item: Item) -> tuple[Level, frozenset[str]]:
        """Give the default level the item arrived under (S10) and the recipients named with it."""
        return self._inputs("?", item.submission)

    def contributions(self, object_ids: Iterable[str]) -> tuple[Contribution, ...]:
        """Give all that stand, in every collection, by place."""
        return self._contributions(
            "c.object_id IN (SELECT value FROM json_each(?))", json.dumps(sorted(set(object_ids)))
        )

    def marked(self, marking: str) -> tuple[Contribution, ...]:
        """Give all standing contributions that carry the marking id."""
        return self._contributions("c.place IN (SELECT place FROM marked WHERE marking = ?)", marking)

    def contribution_body(self, contribution: Contribution) -> bytes:
        """Give the bytes as pushed, checked."""
        body, digest = self._connection.execute(
            "SELECT body, digest FROM contribution WHERE place = ?", (contribution.place,)
        ).fetchone()
        return checked(body, digest, contribution.object_id)

    def contribution_inputs(self, contribution: Contribution) -> tuple[Level, frozenset[str]]:
        """Give what `label_inputs` gave for it when it waited."""
        query = "SELECT i.submission FROM contribution c JOIN item i ON i.number = c.item WHERE c.place = ?"
        return self._inputs(query, contribution.place)

    def statements(self, producer: str, ids: Iterable[str]) -> frozenset[str]:
        """Give those of the ids for which the producer has released a statement definition (S6)."""
        query = "SELECT marking FROM statement WHERE producer = ? AND marking IN (SELECT value FROM json_each(?))"
        return frozenset(row[0] for row in self._connection.execute(query, (producer, json.dumps(sorted(ids)))))

    def raised(self, producer: str, object_ids: Iterable[str]) -> Mapping[str, Level]:
        """Give the levels the secretariat raised the producer's contributions of objects to."""
        query = (
            "SELECT object_id, level FROM raised WHERE producer = ? AND object_id IN (SELECT value FROM json_each(?))"
        )
        values = (producer, json.dumps(sorted(object_ids)))
        return {id_: Level(level) for id_, level in self._connection.execute(query, values)}

    def is_reference(self, object_ids: Iterable[str]) -> frozenset[str]:
        """Give those ids the hub itself holds as public knowledge (S11)."""
        query = "SELECT id FROM reference_object WHERE id IN (SELECT value FROM json_each(?))"
        return frozenset(row[0] for row in self._connection.execute(query, (json.dumps(sorted(object_ids)),)))

    def missing(self, contribution: Contribution) -> tuple[str, ...]:
        """Give the ids it refers to that nobody has released and no rule opens."""
        there = self.is_reference(contribution.references)
        there |= {other.object_id for other in self.contributions(contribution.references)}
        there |= self.pinned()
        return tuple(id_ for id_ in contribution.references if id_ not in there)

    def opens(self, contribution: Contribution, reader: Reader) -> bool:
        """Whether a reader, real or supposed, has the contribution in view now, all around it counted."""
        query = "SELECT audience FROM standing WHERE place = ?"
        row = self._connection.execute(query, (contribution.place,)).fetchone()
        return row is not None and contains(self._book.spans(reader, row[0], {}), FOREVER - 1)

    def held(self) -> tuple[Contribution, ...]:
        """Give what stands and is withheld by its markings or refers to ids that are `missing`, by place."""
        absent = (
            "c.place IN (SELECT r.place FROM reference r WHERE NOT EXISTS ("
            "SELECT 1 FROM contribution o JOIN standing t ON t.place = o.place WHERE o.object_id = r.target)"
            " AND r.target NOT IN (SELECT id FROM reference_object)"
            " AND r.target NOT IN (SELECT value FROM json_each(?)))"
        )
        withheld = [number for number, node in enumerate(self._book.nodes) if _is_withheld(node)]
        found = self._contributions(absent, json.dumps(sorted(self.pinned())))
        found += self._contributions("s.label IN (SELECT value FROM json_each(?))", json.dumps(withheld))
        return tuple({each.place: each for each in sorted(found, key=lambda each: each.place)}.values())

    def pinned(self) -> frozenset[str]:
        """Give the ids of all marking definitions the hub knows by itself (S2, S5)."""
        return pinned_ids(self._registry)

    def _inputs(self, query: str, key: str | int) -> tuple[Level, frozenset[str]]:
        level, recipients = self._connection.execute(
            f"SELECT default_level, recipients FROM submission WHERE id = ({query})", (key,)
        ).fetchone()
        return Level(level), frozenset(json.loads(recipients))

    def _submissions(self, where: str, values: tuple[str, ...]) -> tuple[Submission, ...]:
        heads = self._connection.execute(
            "SELECT s.id, s.collection, s.account, s.partner, s.at, s.recipients FROM submission s"
            f" WHERE {where} ORDER BY s.at, s.id",
            values,
        ).fetchall()
        return tuple(self._submission(head) for head in heads)

    def _submission(self, head: tuple[str, str, str, str, int, str]) -> Submission:
        id_, collection, account, partner, at, recipients = head
        rows = self._connection.execute(f"SELECT {ITEM} FROM item WHERE submission = ? ORDER BY position", (id_,))
        items = tuple(item_of(row) for row in rows)
        received = instant_of(at)
        return Submission(
            id_,
            collection,
            account,
            partner,
            received,
            state_of(item.state for item in items),
            frozenset(json.loads(recipients)),
            items,
        )

    def _contributions(self, where: str, value: str) -> tuple[Contribution, ...]:
        rows = self._connection.execute(
            f"SELECT {_CONTRIBUTION} FROM contribution c JOIN standing s ON s.place = c.place"
            f" WHERE {where} ORDER BY c.place",
            (value,),
        )
        return tuple(self._contribution(row) for row in rows)

    def _contribution(self, row: Sequence[Any]) -> Contribution:
        *head, label, revoked, references = row
        known = self._book.nodes[label].label
        if known is None:
            raise StoreError(f"contribution {row[0]} has no label: run `hub check`")
        return Contribution(*(*head, known, bool(revoked), tuple(sorted(json.loads(references)))))


def _is_withheld(node: Node) -> bool:
    return node.label is not None and node.label.level is Level.WITHHELD


def pinned_ids(registry: SqliteRegistry) -> frozenset[str]:
    """Give the ids of all pinned marking definitions: TLP, PAP, registered ones and groups (S2, S5)."""
    registered = {marking.id for marking in registry.markings()}
    return frozenset(TLP) | PAP | registered | {group.marking for group in registry.groups()}
