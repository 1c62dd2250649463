"""The folder in which a backup is drafted: it goes with its maker, or with the next backup beside it.

Its maker holds a lock on it, which the system takes back when he is killed. So a draft that nobody holds is nobody's,
and one that is being written is never taken for one. Where a file system has no such locks, nothing is swept.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

PREFIX = ".hub-backup."


@contextmanager
def draft(parent: Path) -> Iterator[Path]:
    """Give a new folder for its owner alone and remove it at the end; what killed ones left goes first."""
    with _turn(parent) as has_locks:
        if has_locks:
            _sweep(parent)
        made = TemporaryDirectory(prefix=PREFIX, dir=parent)
        held = _hold(Path(made.name), fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        with made:
            yield Path(made.name)
    finally:
        _let_go(held)


@contextmanager
def _turn(parent: Path) -> Iterator[bool]:
    """Take turns with others who begin or sweep here, so that none meets a draft that is not held yet."""
    held = _hold(parent, fcntl.LOCK_EX)
    try:
        yield held is not None
    finally:
        _let_go(held)


def _sweep(parent: Path) -> None:
    """Remove the drafts of this user that nobody holds."""
    for left in parent.glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):  # its maker has just ended
            if left.is_symlink() or left.stat().st_uid != os.geteuid():
                continue
            held = _hold(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if held is not None:
                shutil.rmtree(left, ignore_errors=True)  # what resists hinders no backup
                _let_go(held)


def _hold(folder: Path, how: int) -> int | None:
    """Lock a folder; None: somebody else holds it, or there are no locks here."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, how)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def _let_go(held: int | None) -> None:
    if held is not None:
        os.close(held)
