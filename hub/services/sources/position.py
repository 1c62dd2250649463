"""How far a question to another server has been answered: one small file, replaced whole or not at all."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

import msgspec

from hub.errors import ConflictError


class Phase(StrEnum):
    """How far a run is."""

    PULLING = "pulling"
    WHOLE = "whole"  # everything is on disk, and may lack its name
    DONE = "done"


class Asked(msgspec.Struct, frozen=True):
    """What was asked of whom; a position is good for this alone. match: (field, values)."""

    url: str
    user: str | None
    added_after: str | None
    match: tuple[tuple[str, tuple[str, ...]], ...]


class Place(msgspec.Struct, frozen=True):
    """A place in the answer: what to ask next, and how much of the file is from before it.

    last: the date of the last object so far, as the server told it. is_fixed: `next` names one page for ever. A server
    that gave back the `next` it was asked with keeps the page in its own memory, and moves it on with each answer.
    """

    added_after: str | None
    next: str | None = None
    last: str | None = None
    objects: int = 0
    bytes: int = 0
    is_fixed: bool = False


class Position(msgspec.Struct, frozen=True):
    """How far a question has been answered. began: where this run started. published: the output was whole before."""

    asked: Asked
    phase: Phase
    began: Place
    now: Place
    published: bool = False


class PositionFile:
    """The file, locked from `take` to `close`. What it can't do on disk is an OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock: BinaryIO | None = None

    def take(self) -> Position | None:
        """Lock it, and read it; None if it is new.

        Raises: ConflictError: another pull has it, or it holds no position.
        """
        self._lock = self._path.open("a+b")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_current = os.path.samestat(os.fstat(self._lock.fileno()), self._path.stat())
        except OSError:
            is_current = False
        if not is_current:
            self.close()
            raise ConflictError(f"{self._path}: another pull into this file is under way")
        kept = self._path.read_bytes()
        try:
            return msgspec.json.decode(kept, type=Position) if kept else None
        except msgspec.MsgspecError as error:
            self.close()
            raise ConflictError(f"{self._path}: not the position of a pull: {error}") from None

    def save(self, position: Position) -> None:
        """Replace it, on disk before it has its name; the new file is locked before the old one is let go."""
        draft = self._path.with_name(f".{self._path.name}.new")
        file = draft.open("wb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(msgspec.json.encode(position) + b"\n")
            file.flush()
            os.fsync(file.fileno())
            draft.replace(self._path)
            _settle_folder(self._path.parent)
        except BaseException:
            with suppress(OSError):  # a full disk is said already
                file.close()
            raise
        self.close()
        self._lock = file

    def remove(self) -> None:
        """Leave nothing, as before it was taken."""
        self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let others have it."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _settle_folder(folder: Path) -> None:
    """Have the names in a folder on disk, where the system can do it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
