"""How the file is opened, brought up to date and spoken of when it fails."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path

from hub.errors import StoreBusyError, StoreError

BUSY_MS = 60_000
"""How long a writer waits for another process's commit."""

WRITER_CACHE_KIB = 32_768
READER_CACHE_KIB = 20_480
"""Of pages a connection keeps, at most; each thread that reads has one. A page of 1,000 that lies scattered among a
hundred times as many hidden objects needs some 20 MiB; with less, each is read from the file again.
"""

CHECKPOINT_PAGES = 10_000

_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
_CORRUPT = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def connect(path: Path, *, write: bool = False) -> sqlite3.Connection:
    """Open the file as it is; transactions are begun and ended by the caller."""
    require_there(path)
    with reported(path):
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        connection.execute(f"PRAGMA cache_size=-{WRITER_CACHE_KIB if write else READER_CACHE_KIB}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}")
        if not write:
            connection.execute("PRAGMA query_only=ON")
    return connection


def require_there(path: Path) -> None:
    """Go on only with a file that is there: SQLite would make an empty one. Raises: StoreError."""
    if not path.exists():
        raise StoreError(f"there is no hub at {path.parent}: make one with `hub init`, or name its folder with --data")


def create(path: Path, rows: Iterable[tuple[str, object]]) -> None:
    """Make a file that only its owner may read, in WAL mode, with the tables and what `meta` begins with.

    Nothing is left of it if that fails: a file that is there is a hub.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with reported(path), closing(connect(path, write=True)) as connection:
            connection.execute("PRAGMA page_size=8192")
            connection.execute("PRAGMA journal_mode=WAL")
            migrate(connection, path)
            connection.executemany("INSERT INTO meta VALUES (?, ?)", rows)
    except BaseException:
        path.unlink()
        raise


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Bring the tables up to the newest number, one migration a commit; never back."""
    have, _ = numbers(connection, path)
    with reported(path):
        for number, script in enumerate(migrations()[have:], have + 1):
            connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version={number};\nCOMMIT;")


def numbers(connection: sqlite3.Connection, path: Path) -> tuple[int, int]:
    """Give the number of migrations the file has and the newest one. Raises: StoreError: the file is ahead."""
    with reported(path):
        (have,) = connection.execute("PRAGMA user_version").fetchone()
    newest = len(migrations())
    if have > newest:
        raise StoreError(f"{path} was written by a newer hub (tables {have}, this hub knows {newest}): upgrade the hub")
    return have, newest


def require_newest(connection: sqlite3.Connection, path: Path) -> None:
    """Go on only with a file of this hub's tables: bringing it up to date is an act of its own, with a backup.

    Raises: StoreError: it is older, or newer.
    """
    have, newest = numbers(connection, path)
    if have < newest:
        raise StoreError(
            f"{path} was written by an older hub (tables {have} of {newest}): stop its server, run `hub upgrade`"
        )


def migrations() -> list[str]:
    """Give the scripts in order; their file names begin with their numbers, from 1, without a gap."""
    folder = files("hub.store.sqlite") / "migrations"
    named = sorted((entry.name, entry) for entry in folder.iterdir() if re.match(r"\d{4}_\w+\.sql$", entry.name))
    return [entry.read_text("utf-8") for _, entry in named]


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into what an operator can act on."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise explained(error, path) from error


def explained(error: sqlite3.DatabaseError, path: Path) -> StoreError:
    """Say what to do about an error of SQLite."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _FULL:
        return StoreError(f"the disk that holds {path} is full or failing; nothing was kept: free space and send again")
    if code in _CORRUPT:
        return StoreError(f"{path} is damaged or no hub's file: run `hub check`, or restore a backup")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusyError(f"{path} is held by another process: wait for it or stop it")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return StoreError(f"{path} can't be opened for writing: check its owner and permissions")
    return StoreError(f"{path}: {error}")
