"""Pushes by their sender: lists, counts and approvals (hub.store.pushes)."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping

from hub.model.submissions import Approval, Item, ItemState, Mark, Submission, Tally, state_of
from hub.store.sqlite.files.clock import Clock
from hub.store.sqlite.shelves.book import AudienceBook
from stix_models.markings import Level
from stix_models.timestamps import instant_of

ITEM = "number, submission, position, object_id, type, version, state, message, place"
"""The columns `item_of` reads."""

_OF = """
SELECT id, collection, account, partner, at, recipients FROM submission
WHERE partner = ?1 AND (?2 IS NULL OR (at, id) < (?2, ?3)) ORDER BY at DESC, id DESC LIMIT ?4
"""
_TALLIES = """
SELECT i.submission, i.state, t.label, s.default_level, r.level, count(*) FROM json_each(?) j
JOIN submission s ON s.id = j.value JOIN item i ON i.submission = s.id
LEFT JOIN standing t ON t.place = i.place
LEFT JOIN raised r ON r.object_id = i.object_id AND r.producer = s.partner
GROUP BY 1, 2, 3, 4, 5
"""
_APPROVALS = """
SELECT a.item, a.account, a.partner, a.at FROM item i JOIN approval a ON a.item = i.number
WHERE i.submission = ? ORDER BY a.at, a.item, a.account
"""
_ALIKE = f"""
SELECT {ITEM} FROM item WHERE state = 'review' AND object_id IN (SELECT value FROM json_each(?)) ORDER BY number
"""


class SqlitePushes:
    """Keeps hub.store.pushes on a connection that is inside a transaction."""

    def __init__(self, connection: sqlite3.Connection, book: AudienceBook, clock: Clock) -> None:
        self._connection = connection
        self._book = book
        self._clock = clock

    def of(self, partner: str, before: Mark | None, limit: int) -> tuple[Submission, ...]:
        """Give a partner's submissions, newest first, without their items."""
        since = (before.at, before.id) if before else (None, None)
        rows = self._connection.execute(_OF, (partner, *since, limit)).fetchall()
        states = self._states([row[0] for row in rows])
        return tuple(
            Submission(
                id_,
                collection,
                account,
                partner,
                instant_of(at),
                state_of(states[id_]),
                frozenset(json.loads(recipients)),
            )
            for id_, collection, account, partner, at, recipients in rows
        )

    def tallies(self, submissions: Iterable[str]) -> Mapping[str, tuple[Tally, ...]]:
        """Count the objects of submissions by what became of them and who may know of it."""
        found: dict[str, tuple[Tally, ...]] = dict.fromkeys(submissions, ())
        for id_, state, node, default, raised, count in self._connection.execute(_TALLIES, (json.dumps(list(found)),)):
            label = None if node is None else self._book.nodes[node].label
            level = max(Level(default), Level(raised or default), key=lambda each: each.rank)
            found[id_] += (Tally(ItemState(state), label, level, count),)
        return found

    def approvals(self, submission: str) -> tuple[Approval, ...]:
        """Give who approved which of a submission's items, oldest first."""
        return tuple(Approval(*row) for row in self._connection.execute(_APPROVALS, (submission,)))

    def alike(self, object_ids: Iterable[str]) -> tuple[Item, ...]:
        """Give the items in review of these ids, oldest first."""
        rows = self._connection.execute(_ALIKE, (json.dumps(sorted(set(object_ids))),))
        return tuple(item_of(row) for row in rows)

    def approve(self, items: Iterable[Item], account: str, partner: str) -> None:
        """Keep that a reviewer approved items."""
        now = self._clock()
        rows = [(item.number, account, partner, now) for item in items]
        self._connection.executemany("INSERT OR IGNORE INTO approval VALUES (?, ?, ?, ?)", rows)

    def _states(self, submissions: list[str]) -> Mapping[str, list[ItemState]]:
        query = "SELECT DISTINCT submission, state FROM item WHERE submission IN (SELECT value FROM json_each(?))"
        states: defaultdict[str, list[ItemState]] = defaultdict(list)
        for id_, state in self._connection.execute(query, (json.dumps(submissions),)):
            states[id_].append(ItemState(state))
        return states


def item_of(row: tuple[int, str, int, str, str, str, str, str, int | None]) -> Item:
    """Read an item off its row, in the order of the fields."""
    number, submission, position, object_id, type_, version, state, message, place = row
    return Item(number, submission, position, object_id, type_, version, ItemState(state), message, place)
