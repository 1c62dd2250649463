"""Where the embedded store keeps its data in tests, and the two things a test may do behind its back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from hub.store.sqlite import SqliteStore
from tests.hub.store.home import Home
from tests.hub.store.stage import SECOND, Wall


@dataclass(frozen=True)
class SqliteHome(Home):
    """A file in a folder of its own."""

    path: Path

    def create(self, clock: Wall) -> SqliteStore:
        """Make a new store here."""
        return SqliteStore.create(self.path, clock=clock, pause=passing(clock))

    def open(self, clock: Wall) -> SqliteStore:
        """Open what is here, beside others who have it open."""
        return SqliteStore.open(self.path, clock=clock, pause=passing(clock))

    def last_stamp(self) -> int:
        """Give the latest stamp given, 0 if there is none."""
        with closing(sqlite3.connect(self.path)) as connection:
            (stamp,) = connection.execute("SELECT max(t) FROM stamp").fetchone()
        return stamp or 0

    def tamper(self) -> None:
        """Turn one bit in the stored bytes of every released object."""
        with closing(sqlite3.connect(self.path)) as connection, connection:
            for place, body in connection.execute("SELECT place, body FROM contribution").fetchall():
                turned = body[:-1] + bytes([body[-1] ^ 1])
                connection.execute("UPDATE contribution SET body = ? WHERE place = ?", (turned, place))


class passing:  # noqa: N801 - it is used like a function
    """A way to wait that takes no time: the test clock goes on instead."""

    def __init__(self, clock: Wall) -> None:
        self._clock = clock

    def __call__(self, seconds: float) -> None:
        """Move the clock on by so many seconds, at least a microsecond."""
        self._clock.now += max(1, round(seconds * SECOND))
