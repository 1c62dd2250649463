"""The one stamp of a commit's changes of rights, and the room it takes (lanes.md, Acts)."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable

from hub.policy.rules import Reader
from hub.policy.spans import Spans
from hub.store.sqlite.files.clock import Clock, lead, meta, put_meta, tick
from hub.store.sqlite.registry import SqliteRegistry
from hub.store.sqlite.shelves.book import AudienceBook

MOST_EVALUATIONS = 200_000
"""Above so many accounts times lanes the room stays what was reserved: seconds of a writer's time, for nothing
but a hub clock that is less far ahead."""

_OPEN_ROWS = "SELECT collection, audience, open_rows FROM lane WHERE open_rows > 0"


class Opening:
    """Reserves room for all that a change could open, and gives back what it did not.

    A date tells the hub clock, and the clock must not tell how much is hidden: in the end the room is the most
    rows that were opened for one reader in one collection.
    """

    def __init__(
        self, connection: sqlite3.Connection, book: AudienceBook, clock: Clock, pause: Callable[[float], None]
    ) -> None:
        self._connection = connection
        self._book = book
        self._clock = clock
        self._pause = pause
        self._first: int | None = None
        self._last = 0

    def stamp(self) -> int:
        """Give the stamp; the first call waits for the wall clock if the hub clock is ahead of it."""
        if self._first is None:
            wait = lead(self._connection, self._clock())
            if wait:
                self._pause(wait / 1e6)
            rows: Counter[str] = Counter()
            for collection, _, count in self._connection.execute(_OPEN_ROWS):
                rows[collection] += count
            room = max(rows.values(), default=1)
            self._first = tick(self._connection, self._clock(), room)
            self._last = self._first + room - 1
        return self._first

    def settle(self) -> None:
        """Give back the room that was not needed, unless something of this commit was stamped after it."""
        if self._first is not None and meta(self._connection, "clock") == self._last:
            needed = self._most_opened(self._first)
            put_meta(self._connection, "clock", min(self._last, self._first + max(1, needed) - 1))

    def _most_opened(self, at: int) -> int:
        """Count the rows that became visible at the stamp to one reader in one collection, at most."""
        lanes = self._connection.execute(_OPEN_ROWS).fetchall()
        registry = SqliteRegistry(self._connection)
        accounts = [account.name for account in registry.accounts()]
        if len(accounts) * len(lanes) > MOST_EVALUATIONS:
            return self._last - at + 1
        readers = [registry.public_reader(), *filter(None, map(registry.reader, accounts))]
        return max((self._opened(reader, at, lanes) for reader in readers), default=1)

    def _opened(self, reader: Reader, at: int, lanes: list[tuple[str, int, int]]) -> int:
        known: dict[int, Spans] = {}
        rows: Counter[str] = Counter()
        for collection, audience, count in lanes:
            if any(since == at for since, _ in self._book.spans(reader, audience, known)):
                rows[collection] += count
        return max(rows.values(), default=0)
