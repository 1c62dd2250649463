"""What is derived made again from what is kept (`hub check --repair`): never bytes, never the audit trail."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator

from hub.errors import Finding
from hub.policy.spans import FOREVER
from hub.store.sqlite.files.clock import Clock, tick
from hub.store.sqlite.shelves import released
from hub.store.sqlite.shelves.book import AudienceBook
from hub.store.sqlite.shelves.lanes import Lanes
from hub.store.sqlite.upkeep import verify


class Repair:
    """Puts right what `verify.derived` finds, inside one commit."""

    def __init__(
        self, connection: sqlite3.Connection, book: AudienceBook, clock: Clock, lanes: Callable[[], Lanes]
    ) -> None:
        self._connection = connection
        self._book = book
        self._clock = clock
        self._lanes = lanes

    def run(self, pinned: frozenset[str]) -> Iterator[Finding]:
        """Put everything right, in an order in which one repair is the ground of the next; give what was wrong."""
        findings = tuple(verify.derived(self._connection, pinned))
        if findings:
            self._statements()
            self._rows()
            self._audiences(pinned)
            self._counters()
        yield from findings

    def _statements(self) -> None:
        wanted, stored = (
            verify.wanted_statements(self._connection),
            verify.stored_statements(self._connection),
        )
        self._connection.executemany("DELETE FROM statement WHERE producer = ? AND marking = ?", stored - wanted)
        self._connection.executemany("INSERT INTO statement VALUES (?, ?)", wanted - stored)

    def _rows(self) -> None:
        """End rows that are nobody's; let what has no row of its own begin anew.

        Anew and not where it was: a reader who polled while the row was not there would miss it for ever.
        """
        misplaced = verify.misplaced(self._connection)
        places = json.dumps([place for place, _ in misplaced])
        again = [
            each
            for each in released.load(self._connection, self._book, {id_ for _, id_ in misplaced})
            if (each.place, each.object_id) in set(misplaced)
        ]
        self._connection.execute("DELETE FROM standing WHERE place IN (SELECT value FROM json_each(?))", (places,))
        loose = [row for row, _ in verify.loose(self._connection)]
        if loose:
            stamp = tick(self._connection, self._clock(), 1)
            self._connection.executemany("UPDATE entry_row SET until = ? WHERE r = ?", ((stamp, r) for r in loose))
        # Rows that don't meet are no unbroken view.
        self._connection.executemany(
            "UPDATE entry_row SET prev = iif(?, NULL, prev), next = iif(?, NULL, next) WHERE r = ?",
            (sides for *sides, _ in verify.unlinked(self._connection)),
        )
        if again:
            self._lanes().change(new=again)

    def _audiences(self, pinned: frozenset[str]) -> None:
        wrong = verify.wrong_audiences(self._connection, pinned)
        if wrong:
            self._lanes().change(opened=wrong)

    def _counters(self) -> None:
        self._connection.execute(
            "UPDATE lane SET open_rows = (SELECT count(*) FROM entry_row e WHERE e.lane = lane.id AND e.until = ?)",
            (FOREVER,),
        )
