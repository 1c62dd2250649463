"""The index of names and values, in a file of its own beside the hub.

It is made of what the hub holds and of nothing else, so no backup has it, and a damaged or missing file is made
again. It follows the hub by place and, for reference objects, by stamp; nothing ever leaves it: whether something
still stands, and for whom, is joined in when it is searched.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from hub.errors import StoreBusyError, StoreError
from hub.store.sqlite.files import connection as files
from hub.store.sqlite.search import tables

SEARCH_NAME = "search.sqlite3"
_BATCH, _SMALL_BATCH = 500, 100
"""How many objects are taken in at once: for a search that waits, and in the background."""

_LONGEST_SECONDS = 20
"""How long a search waits for the index to be complete."""

_REST_SECONDS = 1.0
_RESTS = 3
"""The background rests so many times as long as it worked, and a second when nothing is new."""

_NEW_PLACES = "SELECT place, object_id, type, body FROM contribution WHERE place > ? ORDER BY place LIMIT ?"
_NEW_STAMPS = "SELECT stamp, id, type, body FROM reference_object WHERE stamp > ? ORDER BY stamp LIMIT ?"
_NEWEST = """
SELECT coalesce((SELECT max(place) FROM contribution), 0), coalesce((SELECT max(stamp) FROM reference_object), 0)
"""


class SearchIndex:
    """Keeps the index up to date and opens it beside the hub; safe to share between threads and processes."""

    def __init__(self, hub: Path, epoch: int, key: bytes) -> None:
        """hub: its file. epoch, key: of the store; an index of another hub, or of before a restore, is made again."""
        self._hub = hub
        self._path = hub.with_name(SEARCH_NAME)
        self._whose = f"{tables.FORM} {epoch} {hashlib.sha256(key).hexdigest()}"
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._thread: threading.Thread | None = None

    @contextmanager
    def beside_hub(self) -> Iterator[sqlite3.Connection]:
        """Read the hub (main) and a complete index (search) in one transaction.

        Raises: StoreBusyError: the index is still being made.
        """
        connection = self._complete()
        with files.reported(self._path), self._healed():
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("COMMIT")

    def keep_up(self) -> None:
        """Bring the index up to date in the background from now on, in small steps with rests."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="hub-search", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Let go of the files."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()
        with self._lock:
            for connection in self._opened:
                connection.close()

    def _run(self) -> None:
        while not self._closed.is_set():
            began, more = time.monotonic(), False
            with suppress(StoreError):  # whoever searches next is told; here it is tried again
                more = self._step(_SMALL_BATCH)
            rest = (time.monotonic() - began) * _RESTS if more else _REST_SECONDS
            self._closed.wait(rest)

    def _complete(self) -> sqlite3.Connection:
        """Open the index when it is complete; one that somebody throws away before it is open is made again."""
        deadline = time.monotonic() + _LONGEST_SECONDS
        while self._step(_BATCH) or (connection := self._connection()) is None:
            if time.monotonic() > deadline:
                raise StoreBusyError("the search is being made ready: try again in a minute")
        return connection

    @contextmanager
    def _healed(self) -> Iterator[None]:
        """Throw the index away when it turns out damaged while it is read; whoever comes next makes it again."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            self._throw_away()
            raise StoreBusyError("the search was damaged and is made again: try again in a minute") from error

    def _step(self, batch: int) -> bool:
        """Take in the next batch; False if there was nothing to take in. What is damaged is thrown away first."""
        with self._lock, files.reported(self._path):
            try:
                return self._take_in(batch)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                self._throw_away()
                return True

    def _take_in(self, batch: int) -> bool:
        with closing(files.connect(self._hub)) as hub, closing(self._writing()) as index:
            (newest,) = self._rows(hub, _NEWEST)
            if tables.reached(index) == (self._whose, *newest):
                return False
            index.execute("BEGIN IMMEDIATE")
            try:
                self._advance(hub, index, batch)
            except BaseException:
                index.execute("ROLLBACK")
                raise
            index.execute("COMMIT")
        return True

    def _advance(self, hub: sqlite3.Connection, index: sqlite3.Connection, batch: int) -> None:
        """Take in one batch, inside a transaction: another process may have been here meanwhile.

        An index that is ahead of the hub is of another past of it, so it is made anew.
        """
        (newest,) = self._rows(hub, _NEWEST)
        whose, place, stamp = tables.reached(index)
        if whose != self._whose or place > newest[0] or stamp > newest[1]:
            tables.make(index, self._whose)
        _, place, stamp = tables.reached(index)
        rows = self._rows(hub, _NEW_PLACES, place, batch)
        tables.put(index, rows)
        held = self._rows(hub, _NEW_STAMPS, stamp, batch)
        tables.put_references(index, held)
        reached = (rows[-1][0] if rows else place, held[-1][0] if held else stamp)
        index.execute("UPDATE made SET place = ?, stamp = ?", reached)

    def _rows(self, hub: sqlite3.Connection, statement: str, *values: int) -> list[Any]:
        """Read the hub; what is wrong with it is told as such, and is no fault of the index."""
        with files.reported(self._hub):
            return hub.execute(statement, values).fetchall()

    def _writing(self) -> sqlite3.Connection:
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute(f"PRAGMA busy_timeout={_LONGEST_SECONDS * 1000}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")
        return connection

    def _throw_away(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _connection(self) -> sqlite3.Connection | None:
        """Give this thread's connection to both files; a new one where the index was made again as another file.

        None: there is no index (any more).
        """
        try:
            file = self._path.stat().st_ino
        except FileNotFoundError:
            return None
        if getattr(self._local, "file", None) != file:
            if hasattr(self._local, "connection"):
                self._local.connection.close()
            connection = files.connect(self._hub)
            connection.execute("ATTACH ? AS search", (str(self._path),))
            with self._lock:
                self._opened.append(connection)
            self._local.file, self._local.connection = file, connection
        found: sqlite3.Connection = self._local.connection
        return found


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
