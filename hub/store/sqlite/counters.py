"""Counts that last for a while, in a file of their own: every worker adds to the same, and a restart keeps them.

They are worth nothing tomorrow: no backup has them, and a loss of power may take them (synchronous=OFF).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from hub.store.sqlite.files.beside import SideFile
from hub.store.sqlite.files.clock import Clock

COUNTERS_NAME = "counters.sqlite3"
_SECOND_US = 1_000_000
_TABLE = "CREATE TABLE IF NOT EXISTS counter (key TEXT PRIMARY KEY, n INTEGER NOT NULL, ends INTEGER NOT NULL)"
_TOUCHED = "CREATE TABLE IF NOT EXISTS touched (key TEXT PRIMARY KEY, at INTEGER NOT NULL)"
_ADD = """
INSERT INTO counter VALUES (:key, 1, :ends)
ON CONFLICT (key) DO UPDATE SET n = iif(counter.ends > :now, n + 1, 1), ends = iif(counter.ends > :now, ends, :ends)
RETURNING n
"""


class SqliteCounters:
    """Keeps hub.store.base.Counters; one connection a process, shared by its threads."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._clock = clock
        self._file = SideFile(path, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=OFF", _TABLE, _TOUCHED)

    def add(self, key: str, seconds: int) -> int:
        """Count one more; the first begins a window of so many seconds. Give the count."""
        now = self._clock()
        values = {"key": key, "now": now, "ends": now + seconds * _SECOND_US}
        with self._file.open() as connection:
            (count,) = connection.execute(_ADD, values).fetchone()
            if count == 1:  # a window begins: those that have ended go
                connection.execute("DELETE FROM counter WHERE ends <= ?", (now,))
        return int(count)

    def count(self, key: str) -> int:
        """Give the count of the window that runs, 0 if none does."""
        row = self._row(key)
        return row[0] if row else 0

    def ends(self, key: str) -> float:
        """Give when the window ends, seconds since 1970; now if none runs."""
        row = self._row(key)
        return (row[1] if row else self._clock()) / _SECOND_US

    def touch(self, key: str) -> None:
        """Note that it was used now."""
        with self._file.open() as connection:
            connection.execute("INSERT OR REPLACE INTO touched VALUES (?, ?)", (key, self._clock()))

    def touched(self, keys: Iterable[str]) -> Mapping[str, float]:
        """Give when each was last noted, seconds since 1970."""
        query = "SELECT key, at FROM touched WHERE key IN (SELECT value FROM json_each(?))"
        with self._file.open() as connection:
            rows = connection.execute(query, (json.dumps(list(keys)),)).fetchall()
        return {key: at / _SECOND_US for key, at in rows}

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _row(self, key: str) -> tuple[int, int] | None:
        query = "SELECT n, ends FROM counter WHERE key = ? AND ends > ?"
        with self._file.open() as connection:
            row: tuple[int, int] | None = connection.execute(query, (key, self._clock())).fetchone()
        return row
