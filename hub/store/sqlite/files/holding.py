"""Who has a hub's files open: every store shares a lock, and who exchanges the files holds it alone.

SQLite's own locks guard transactions; a process that keeps an exchanged file open would go on
acknowledging pushes into a file that nobody will ever open again.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from hub.errors import StoreBusyError, StoreError

LOCK_NAME = "store.lock"


class Hold:
    """A lock on a hub's folder until closed; the system lets go of it when the process ends."""

    def __init__(self, folder: Path, *, alone: bool = False) -> None:
        """Take the lock at once. Raises: StoreBusyError: others hold it. StoreError: there is no such folder."""
        try:
            self._file = os.fdopen(os.open(folder / LOCK_NAME, os.O_CREAT | os.O_RDWR, 0o600), "r+b")
        except OSError as error:
            raise StoreError(f"can't write {folder / LOCK_NAME}: {error.strerror}") from error
        try:
            fcntl.flock(self._file, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            self.close()
            raise StoreBusyError(_busy(folder, alone=alone)) from None

    def close(self) -> None:
        """Let go; a second time does nothing."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _busy(folder: Path, *, alone: bool) -> str:
    if alone:
        return f"the hub in {folder} is in use: stop its server, wait for other commands, and try again"
    return f"the hub in {folder} is being restored or upgraded: wait for that to end"
