"""The waiting shelf: what arrives, what is known already, what is turned away."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hub.model.submissions import Item, ItemState, Offer, Submission
from hub.store.sqlite.files.body import checked, digest_of
from stix_models.markings import Level
from stix_models.outline import Outline
from stix_models.strict import loads

_KNOWN = """
SELECT c.object_id, c.version_key, c.place FROM json_each(:ids) j
JOIN contribution c ON c.object_id = j.value AND c.collection = :collection AND c.producer = :producer
JOIN standing s ON s.place = c.place
"""
_REVOKED = """
SELECT c.object_id, min(c.version_key) FROM json_each(:ids) j
JOIN contribution c ON c.object_id = j.value AND c.producer = :producer AND c.revoked
JOIN standing s ON s.place = c.place GROUP BY c.object_id
"""
_WAITING = """
SELECT i.object_id, i.version_key, i.number FROM json_each(:ids) j
JOIN item i ON i.object_id = j.value AND i.state = 'review'
JOIN submission s ON s.id = i.submission AND s.collection = :collection AND s.partner = :producer
"""
_ADD = "INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(slots=True)
class Fresh:
    """An item of the commit under way, not yet a row: so that its bytes are written once, where they end up."""

    item: Item
    version_key: str
    digest: bytes | None
    body: bytes | None


class WaitingShelf:
    """Receives and turns away inside one commit; `flush` writes what is left to wait."""

    def __init__(self, connection: sqlite3.Connection, pinned: frozenset[str]) -> None:
        self._connection = connection
        self._pinned = pinned
        self.fresh: dict[int, Fresh] = {}

    def receive(self, submission: Submission, offers: Sequence[Offer], default_level: Level) -> tuple[Item, ...]:
        """Record the submission and sort its offers (see hub.store.base.Transaction.receive)."""
        self._connection.execute(
            "INSERT INTO submission VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                submission.id,
                submission.collection,
                submission.account,
                submission.partner,
                round(submission.received.timestamp() * 1e6),
                json.dumps(sorted(submission.recipients)),
                default_level,
            ),
        )
        number = self._last_number()
        sorter = _Sorter(self._connection, submission, offers, self._pinned)
        items = []
        for number, offer in enumerate(offers, number + 1):  # noqa: B020 - numbers go on from the last
            state, message = sorter.sort(offer)
            outline = offer.outline
            item = Item(
                number,
                submission.id,
                offer.position,
                outline.id if outline else offer.name,
                outline.type if outline else "",
                outline.version if outline else "",
                state,
                message,
            )
            waits = state is ItemState.REVIEW and outline is not None
            digest = digest_of(offer.raw) if waits else None
            key = outline.version_key if outline else ""
            self.fresh[number] = Fresh(item, key, digest, offer.raw if waits else None)
            items.append(item)
        return tuple(items)

    def take(self, item: Item) -> tuple[bytes, bytes]:
        """Give the bytes and digest of an item that leaves the shelf."""
        fresh = self.fresh.get(item.number)
        if fresh is not None and fresh.body is not None and fresh.digest is not None:
            return fresh.body, fresh.digest
        body, digest = self._connection.execute(
            "SELECT body, digest FROM item WHERE number = ?", (item.number,)
        ).fetchone()
        return checked(body, digest, item.object_id), digest

    def settle(self, item: Item, state: ItemState, *, message: str | None = None, place: int | None = None) -> None:
        """Say what became of an item; its bytes leave the shelf."""
        fresh = self.fresh.get(item.number)
        if fresh is not None:
            said = fresh.item.message if message is None else message
            fresh.item, fresh.body = replace(fresh.item, state=state, message=said, place=place), None
            return
        self._connection.execute(
            "UPDATE item SET state = ?, message = coalesce(?, message), place = ?, body = NULL WHERE number = ?",
            (state, message, place, item.number),
        )

    def flush(self) -> None:
        """Write the items of this commit."""
        self._connection.executemany(_ADD, map(_row, self.fresh.values()))
        self.fresh.clear()

    def _last_number(self) -> int:
        (last,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM item").fetchone()
        return max(int(last), max(self.fresh, default=0))


class _Sorter:
    """Says what each offer is: new, known, contradicting, or refused (S2, S11, S12, S14)."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        submission: Submission,
        offers: Iterable[Offer],
        pinned: frozenset[str],
    ) -> None:
        self._connection = connection
        ids = json.dumps(sorted({offer.outline.id for offer in offers if offer.outline}))
        values = {"ids": ids, "collection": submission.collection, "producer": submission.partner}
        self._seen: dict[tuple[str, str], bytes | tuple[str, int]] = {}
        for object_id, key, place in connection.execute(_KNOWN, values):
            self._seen[object_id, key] = ("contribution", place)
        for object_id, key, number in connection.execute(_WAITING, values):
            self._seen[object_id, key] = ("item", number)
        self._revoked: dict[str, str] = dict(connection.execute(_REVOKED, values).fetchall())
        references = connection.execute(
            "SELECT id FROM reference_object WHERE id IN (SELECT value FROM json_each(?))", (ids,)
        )
        self._hub_knows = {row[0] for row in references} | pinned

    def sort(self, offer: Offer) -> tuple[ItemState, str]:
        """Give the state the offer gets and the sentence for its sender."""
        outline = offer.outline
        if offer.problem is not None or outline is None:
            return ItemState.FAILED, offer.problem or "this is no STIX object"
        if outline.id.lower() in self._hub_knows:
            return ItemState.KNOWN, "the hub holds this object itself: nothing was changed"
        earlier = self._seen.get((outline.id, outline.version_key))
        if earlier is not None:
            return self._repeated(offer.raw, earlier)
        return self._new(outline, offer.raw)

    def _new(self, outline: Outline, raw: bytes) -> tuple[ItemState, str]:
        revoked = self._revoked.get(outline.id)
        if revoked is not None and outline.version_key > revoked:
            return (
                ItemState.FAILED,
                "the object was revoked: no later version of it is taken (STIX 2.1 section 3.6)",
            )
        self._seen[outline.id, outline.version_key] = raw
        if outline.revoked:
            self._revoked[outline.id] = min(outline.version_key, revoked or outline.version_key)
        return ItemState.REVIEW, ""

    def _repeated(self, raw: bytes, earlier: bytes | tuple[str, int]) -> tuple[ItemState, str]:
        before = earlier if isinstance(earlier, bytes) else self._stored(*earlier)
        if before == raw or loads(before) == loads(raw):
            waits = not isinstance(earlier, bytes) and earlier[0] == "item"
            return ItemState.KNOWN, f"it is {'in review' if waits else 'here'} already: nothing was changed"
        return (
            ItemState.FAILED,
            "another object with this id and version is here: a change needs a later `modified`",
        )

    def _stored(self, shelf: str, key: int) -> bytes:
        column = "place" if shelf == "contribution" else "number"
        (body,) = self._connection.execute(f"SELECT body FROM {shelf} WHERE {column} = ?", (key,)).fetchone()
        return bytes(body)


def _row(fresh: Fresh) -> tuple[object, ...]:
    item = fresh.item
    return (
        item.number,
        item.submission,
        item.position,
        item.object_id,
        item.type,
        item.version,
        fresh.version_key,
        item.state,
        item.message,
        fresh.digest,
        item.place,
        fresh.body,
    )
