"""A file of its own beside the hub's: what no backup has, shared by the workers, each with one connection."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.store.sqlite.files import connection as files


class SideFile:
    """One connection to such a file, its owner's alone, for the threads of a process one after the other."""

    def __init__(self, path: Path, *statements: str) -> None:
        """Open the file, made if there is none, and run the statements: how it is kept, and its tables."""
        self._path = path
        self._lock = threading.Lock()
        with files.reported(path):
            path.touch(0o600)
            path.chmod(0o600)
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._connection.execute(f"PRAGMA busy_timeout={files.BUSY_MS}")
            for statement in statements:
                self._connection.execute(statement)

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """Give the connection to this thread alone. Raises: StoreError: the file or its disk fails."""
        with self._lock, files.reported(self._path):
            yield self._connection

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()
