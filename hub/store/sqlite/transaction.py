"""One commit under way: every act that changes the hub (hub.store.base.Transaction)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence

from hub.errors import Finding
from hub.model.audit import Event
from hub.model.contributions import Contribution, Label
from hub.model.effects import Effects
from hub.model.submissions import Item, ItemState, Offer, Submission
from hub.policy.closure import Standing
from hub.store.base import Release
from hub.store.sqlite.files.body import digest_of
from hub.store.sqlite.files.clock import Clock, meta, tick
from hub.store.sqlite.reading.effects import Difference
from hub.store.sqlite.registry import SqliteRegistryWriter
from hub.store.sqlite.shelves import released
from hub.store.sqlite.shelves.book import AudienceBook
from hub.store.sqlite.shelves.lanes import Lanes
from hub.store.sqlite.shelves.opening import Opening
from hub.store.sqlite.shelves.waiting import WaitingShelf
from hub.store.sqlite.snapshot import SqliteSnapshot
from hub.store.sqlite.trail import audit
from hub.store.sqlite.upkeep.repair import Repair
from stix_models.markings import Level
from stix_models.outline import Outline


class SqliteTransaction(SqliteSnapshot):
    """Acts on the writing connection; `finish` writes what was put off."""

    def __init__(
        self, connection: sqlite3.Connection, book: AudienceBook, clock: Clock, pause: Callable[[float], None]
    ) -> None:
        super().__init__(connection, book, clock)
        self._opening = Opening(connection, book, clock, pause)
        self._writer = SqliteRegistryWriter(connection, self._opening.stamp)
        self._began = meta(connection, "clock")
        self._deleted: set[str] = set()
        self._pinned_before = self.pinned()
        self._shelf = WaitingShelf(connection, self._pinned_before)

    @property
    def registry(self) -> SqliteRegistryWriter:
        """Who takes part, with the acts of set-up."""
        return self._writer

    def submission(self, id: str) -> Submission | None:  # noqa: A002 - TAXII's name for it
        """Give one with its items, this commit's too."""
        self._shelf.flush()
        return super().submission(id)

    def body(self, item: Item) -> bytes:
        """Give the bytes of an item that waits, this commit's too."""
        self._shelf.flush()
        return super().body(item)

    def receive(self, submission: Submission, offers: Sequence[Offer], default_level: Level) -> tuple[Item, ...]:
        """Put offers on the waiting shelf."""
        return self._shelf.receive(submission, offers, default_level)

    def release(self, releases: Sequence[Release]) -> None:
        """Move items, all of one submission, to the released shelf and into their lanes."""
        if not releases:
            return
        bodies = [self._shelf.take(each.item) for each in releases]
        origin = self._connection.execute(
            "SELECT collection, partner, account FROM submission WHERE id = ?", (releases[0].item.submission,)
        ).fetchone()
        new = released.add(self._connection, releases, bodies, origin)
        for each, standing in zip(releases, new, strict=True):
            self._shelf.settle(each.item, ItemState.RELEASED, place=standing.place)
        self._shelf.flush()
        self._lanes().change(new=new)

    def reject(self, items: Sequence[Item], reason: str) -> None:
        """Take items off the waiting shelf."""
        for item in items:
            self._shelf.settle(item, ItemState.REJECTED, message=reason)

    def send_back(self, items: Sequence[Item], reason: str) -> None:
        """Take items off the waiting shelf for their sender to mend."""
        for item in items:
            self._shelf.settle(item, ItemState.RETURNED, message=reason)

    def relabel(self, labels: Mapping[int, Label]) -> None:
        """Give contributions (by place) new labels."""
        if labels:
            self._lanes().change(labels=labels)

    def raise_level(self, object_id: str, producer: str, level: Level) -> None:
        """Keep that the secretariat raised the producer's contributions of the object."""
        self._connection.execute("INSERT OR REPLACE INTO raised VALUES (?, ?, ?)", (object_id, producer, level))

    def delete(self, contributions: Sequence[Contribution]) -> None:
        """End their rows, and what they held up."""
        places = [(each.place,) for each in contributions]
        if places:
            self._deleted.update(each.object_id for each in contributions)
            self._lanes().change(gone=[_standing(each) for each in contributions])
            self._connection.executemany("DELETE FROM reference WHERE place = ?", places)
            self._connection.executemany("DELETE FROM marked WHERE place = ?", places)

    def put_reference(self, outline: Outline, body: bytes) -> bool:
        """Hold an object as public knowledge (S11)."""
        row = self._connection.execute(
            "SELECT version_key FROM reference_object WHERE id = ?", (outline.id,)
        ).fetchone()
        if row is not None and row[0] >= outline.version_key:
            return False
        stamp = tick(self._connection, self._clock(), 1)
        self._connection.execute(
            "INSERT OR REPLACE INTO reference_object VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                outline.id,
                outline.type,
                outline.version,
                outline.version_key,
                outline.spec_version,
                stamp,
                digest_of(body),
                body,
            ),
        )
        if row is None:
            self._lanes().change(opened=[outline.id])
        return True

    def repair(self) -> tuple[Finding, ...]:
        """Make again what is derived; give what was wrong."""
        self._shelf.flush()
        return tuple(Repair(self._connection, self._book, self._clock, self._lanes).run(self._pinned_before))

    def record(self, event: Event) -> None:
        """Chain an event to the audit trail."""
        audit.append(self._connection, self._clock(), event)

    def effects(self, named_for: str | None = None) -> Effects:
        """Say what this commit, as far as it got, changes for every account."""
        self._open_pinned()
        return Difference(self._connection, self._book, self._began, self._deleted).effects(self._writer, named_for)

    def finish(self) -> None:
        """Write what was put off: items that stay on the shelf, and whom newly pinned markings open."""
        self._shelf.flush()
        self._open_pinned()
        self._opening.settle()

    def _open_pinned(self) -> None:
        pinned = self.pinned()
        if pinned - self._pinned_before:
            lanes = Lanes(self._connection, self._book, self._clock, pinned)
            lanes.change(opened=pinned - self._pinned_before)
            self._pinned_before = pinned

    def _lanes(self) -> Lanes:
        return Lanes(self._connection, self._book, self._clock, self._pinned_before)


def _standing(each: Contribution) -> Standing:
    return Standing(
        each.place,
        each.object_id,
        each.collection,
        each.producer,
        each.version_key,
        observable=False,
        label=each.label,
        references=each.references,
    )
