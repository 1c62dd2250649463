"""The audit trail: events chained by hash in the hub's file, reads chained in a file of their own.

Each hash is the sha-256 of the one before and of the record as JSON: who changes, drops or reorders a record
breaks the chain from there on. Reads have their own file since they must not wait for a writer or a disk:
they survive a killed process, and a loss of power may take the last of them (synchronous=NORMAL).
Which contributions a read served stands beside its record; the digest in the chain is what it is held to.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from hub.errors import Finding
from hub.model.audit import Event, ReadRecord
from hub.store.query import Position
from hub.store.sqlite.trail import pulls
from hub.store.sqlite.trail.places import pack

_READS = """
CREATE TABLE IF NOT EXISTS read (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, account TEXT NOT NULL, collection TEXT NOT NULL,
    endpoint TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,
    digest BLOB NOT NULL, block INTEGER NOT NULL, key INTEGER NOT NULL, epoch INTEGER NOT NULL, hash BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS read_last ON read (account, collection, last);
CREATE INDEX IF NOT EXISTS read_at ON read (at);
CREATE INDEX IF NOT EXISTS read_account ON read (account, at);
CREATE TABLE IF NOT EXISTS served (
    seq INTEGER PRIMARY KEY, low INTEGER NOT NULL, high INTEGER NOT NULL, places BLOB NOT NULL
);
"""


_MINUTE_US = 60_000_000


def link(before: bytes, fields: Iterable[Any]) -> bytes:
    """Give the hash of a record after the one before (32 bytes; the first stands after none)."""
    text = json.dumps([field.hex() if isinstance(field, bytes) else field for field in fields], separators=(",", ":"))
    return hashlib.sha256(before + text.encode()).digest()


def append(connection: sqlite3.Connection, now: int, event: Event) -> None:
    """Chain an event, inside the commit of its act."""
    detail = json.dumps(event.detail, sort_keys=True, separators=(",", ":"))
    seq, before = _last(connection, "audit")
    fields = (seq + 1, now, event.actor, event.action, event.object, detail)
    connection.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?)", (*fields, link(before, fields)))


def verify(connection: sqlite3.Connection, table: str) -> Iterator[Finding]:
    """Walk a chain; yield the first record that does not follow from those before it."""
    before, expected = b"", 1
    for *fields, kept in connection.execute(f"SELECT * FROM {table} ORDER BY seq"):
        if fields[0] != expected or link(before, fields) != kept:
            yield Finding(f"{table} {expected}", "the chain is broken here: a record was changed, lost or moved")
            return
        before, expected = kept, expected + 1


def _last(connection: sqlite3.Connection, table: str) -> tuple[int, bytes]:
    row = connection.execute(f"SELECT seq, hash FROM {table} ORDER BY seq DESC LIMIT 1").fetchone()
    return (row[0], bytes(row[1])) if row else (0, b"")


class ReadLog:
    """Who was served what; one connection a process, shared by its threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        path.chmod(0o600)
        self._connection.execute("PRAGMA busy_timeout=60000")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_READS)
        pulls.prepare(self._connection)
        self._polled: dict[tuple[str, str], int] = {}

    def record(self, now: int, epoch: int, read: ReadRecord) -> None:
        """Chain a read. epoch: of the store, whose row numbers `key` is one of."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                seq, before = _last(self._connection, "read")
                fields: tuple[Any, ...] = (
                    seq + 1,
                    now,
                    read.account,
                    read.collection,
                    read.endpoint,
                    read.first,
                    read.last,
                    read.count,
                    read.digest,
                    read.block,
                    read.key,
                    epoch,
                )
                self._connection.execute(
                    f"INSERT INTO read VALUES ({', '.join('?' * 13)})", (*fields, link(before, fields))
                )
                self._keep_places(seq + 1, read.places)
                pulls.add(self._connection, now, read)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def polled(self, now: int, account: str, collection: str) -> None:
        """Keep that a feed was asked for nothing new, once a minute at most: polls must cost next to nothing."""
        feed = (account, collection)
        with self._lock:
            if self._polled.get(feed) != now // _MINUTE_US:
                self._polled[feed] = now // _MINUTE_US
                pulls.polled(self._connection, now, account, collection)

    def failed(self, now: int, account: str) -> None:
        """Count an answer that failed."""
        with self._lock:
            pulls.failed(self._connection, now, account)

    def _keep_places(self, seq: int, places: tuple[int, ...]) -> None:
        if places:
            values = (seq, min(places), max(places), pack(places))
            self._connection.execute("INSERT INTO served VALUES (?, ?, ?, ?)", values)

    def reached(self, account: str, collection: str, date: int, epoch: int) -> Position | None:
        """Give where the object stands that the account was served last with this date_added (µs), if it was."""
        with self._lock:
            row = self._connection.execute(
                "SELECT block, key FROM read WHERE account = ? AND collection = ? AND last = ? AND epoch = ? LIMIT 1",
                (account, collection, date, epoch),
            ).fetchone()
        return Position(row[0], row[1], date - row[0]) if row else None

    def verify(self) -> Iterator[Finding]:
        """Check the chain of reads."""
        with self._lock:
            yield from verify(self._connection, "read")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()
