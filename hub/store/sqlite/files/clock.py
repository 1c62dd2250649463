"""The hub clock: stamps that rise whatever the wall clock does (lanes.md, Definition)."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Gives the wall clock in µs since 1970."""

LONGEST_WAIT_US = 2_000_000


def wall() -> int:
    """Give the wall clock of this machine."""
    return time.time_ns() // 1000


def meta(connection: sqlite3.Connection, key: str) -> int:
    """Read one of the hub's counters."""
    (value,) = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return int(value)


def put_meta(connection: sqlite3.Connection, key: str, value: int) -> None:
    """Write one of the hub's counters."""
    connection.execute("UPDATE meta SET value = ? WHERE key = ?", (value, key))


def tick(connection: sqlite3.Connection, now: int, room: int) -> int:
    """Take `room` instants off the clock, inside a commit; give the first.

    Notes which row and which place were the last before it: a walk through an opening needs both.
    """
    first = max(now, meta(connection, "clock") + 1)
    put_meta(connection, "clock", first + room - 1)
    put_meta(connection, "wall", now)
    connection.execute(
        "INSERT INTO stamp SELECT ?, coalesce((SELECT max(r) FROM entry_row), 0),"
        " coalesce((SELECT max(place) FROM contribution), 0)",
        (first,),
    )
    return first


def lead(connection: sqlite3.Connection, now: int) -> int:
    """Give how many µs an opening must wait for the wall clock: none if that was set back (lanes.md, Acts)."""
    ahead = meta(connection, "clock") - now
    set_back = now < meta(connection, "wall")
    return 0 if set_back else max(0, min(ahead, LONGEST_WAIT_US))
