"""Where pulled objects land: a file that is never left torn, and beside it the position from which to go on.

`OUT.position` names the question and how far it has been answered; it is replaced atomically after each page that is
on disk. Objects gather in `OUT.part`, one a line. A first pull into JSON lines renames it to OUT when it is whole, and
later ones append to OUT itself; a bundle (OUT.json) is written anew from OUT.part each time, and renamed into place.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Self

import msgspec

from converters.outputs import Bundle, Lines
from hub.errors import ConflictError, InvalidInputError, StoreError


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

    last: the date of the last object so far, as the server told it.
    """

    added_after: str | None
    next: str | None = None
    last: str | None = None
    objects: int = 0
    bytes: int = 0


class Position(msgspec.Struct, frozen=True):
    """How far a question has been answered. began: where this run started. published: OUT has been whole before."""

    asked: Asked
    phase: Phase
    began: Place
    now: Place
    published: bool = False


class Landing:
    """The output of pulls. Used as a context, in which no other pull can write it.

    fresh: forget the position; what OUT holds stays until it can be replaced by all of the answer.

    Raises:
        ConflictError: another pull is under way; OUT is not from a pull, or is not as the last one left it; the
            position is that of another question. InvalidInputError: OUT is no plain file or its folder is missing.
        StoreError: it can't be written.

    """

    def __init__(self, out: Path, asked: Asked, *, fresh: bool = False) -> None:
        self._out = out
        self._part = out.with_name(f"{out.name}.part")
        self._path = out.with_name(f"{out.name}.position")
        self._is_bundle = out.suffix.lower() == ".json"
        self._asked = asked
        self._fresh = fresh
        self._lock: BinaryIO | None = None

    @property
    def place(self) -> Place:
        """The place to go on from."""
        return self._position.now

    @property
    def began(self) -> Place:
        """The place from which this run started, now or before it was broken off."""
        return self._position.began

    def add(self, objects: Iterable[bytes], *, added_after: str | None, next_: str | None, last: str | None) -> None:
        """Take a page: its objects, and what to ask after it."""
        count = 0
        with self._written(), self._stock().open("ab") as file:
            lines = Lines(file)
            for content in objects:
                lines.add(content)
                count += 1
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        self._save(now=Place(added_after, next_, last or self.place.last, self.place.objects + count, size))

    def rewind(self) -> None:
        """Go back to where this run started."""
        self._save(now=self.began)
        self._cut()

    def finish(self) -> None:
        """Put the output in place: everything asked for is in it."""
        self._save(phase=Phase.WHOLE)
        self._publish()

    def __enter__(self) -> Self:
        if self._out.exists() and not self._out.is_file():
            raise InvalidInputError(f"{self._out}: not a plain file")
        with self._written():
            kept = self._take()
            try:
                self._resume(kept)
            except BaseException:
                self.__exit__()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take(self) -> bytes:
        """Lock the position; give what it holds, nothing if it is new."""
        self._lock = self._path.open("a+b")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_current = os.path.samestat(os.fstat(self._lock.fileno()), self._path.stat())
        except OSError:
            is_current = False
        if not is_current:
            self.__exit__()
            raise ConflictError(f"{self._out}: another pull into it is under way")
        return self._path.read_bytes()

    def _resume(self, kept: bytes) -> None:
        if self._fresh or not kept:
            self._begin_anew()
            return
        self._position = self._read(kept)
        if self._position.phase is Phase.WHOLE:
            self._publish()
        if self._position.phase is Phase.DONE:
            self._begin_after()
        else:
            self._check(self._size() >= self.place.bytes)
        self._cut()

    def _begin_anew(self) -> None:
        if self._out.exists() and not self._fresh:
            self._path.unlink()
            raise ConflictError(
                f"{self._out}: there already, and no pull has left its position beside it; "
                "move it away, or replace it with --fresh"
            )
        start = Place(self._asked.added_after)
        self._position = Position(self._asked, Phase.PULLING, start, start)
        self._save()
        self._cut()

    def _begin_after(self) -> None:
        """Begin a run for what is newer than the last one; for all, if the server never told a date."""
        before = self.place
        if before.last is None and before.objects:
            start = Place(self._asked.added_after)
            self._save(phase=Phase.PULLING, began=start, now=start, published=False)
            return
        after = before.last or self._asked.added_after
        if not self._stock().exists():  # whoever took the file away has it: only what is newer goes into a new one
            before = Place(None)
            self._check(not self._is_bundle)
        self._check(self._size() == before.bytes)
        start = Place(after, None, before.last or after, before.objects, before.bytes)
        self._save(phase=Phase.PULLING, began=start, now=start)

    def _read(self, kept: bytes) -> Position:
        try:
            position = msgspec.json.decode(kept, type=Position)
        except msgspec.MsgspecError as error:
            raise ConflictError(f"{self._path}: not the position of a pull: {error}") from None
        if position.asked != self._asked:
            raise ConflictError(f"{self._path}: the position of another question; use another file, or --fresh")
        return position

    def _check(self, holds: bool) -> None:
        if not holds:
            raise ConflictError(
                f"{self._stock()}: gone or changed since the last pull; put it back, or pull all with --fresh"
            )

    def _stock(self) -> Path:
        """Where objects gather."""
        return self._out if self._position.published and not self._is_bundle else self._part

    def _size(self) -> int:
        return self._stock().stat().st_size if self._stock().exists() else 0

    def _cut(self) -> None:
        """Take away what a broken off run wrote beyond its last position."""
        with self._written(), self._stock().open("ab") as file:
            file.truncate(self.place.bytes)

    def _publish(self) -> None:
        with self._written():
            if self._is_bundle:
                self._write_bundle()
            elif not self._position.published and self._part.exists():
                self._part.replace(self._out)
        self._save(phase=Phase.DONE, published=True)

    def _write_bundle(self) -> None:
        descriptor, name = tempfile.mkstemp(prefix=f".{self._out.name}.", dir=self._out.parent)
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file, self._part.open("rb") as stock:
                bundle = Bundle(file)
                for line in stock:
                    bundle.add(line.rstrip(b"\n"))
                bundle.end()
                file.flush()
                os.fsync(file.fileno())
            _show(draft)
            draft.replace(self._out)
        finally:
            draft.unlink(missing_ok=True)

    def _save(self, **changes: object) -> None:
        """Replace the position, on disk before it has its name; the new file is locked before the old one is let go."""
        self._position = msgspec.structs.replace(self._position, **changes)
        draft = self._path.with_name(f".{self._path.name}.new")
        with self._written():
            file = draft.open("wb")
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                file.write(msgspec.json.encode(self._position) + b"\n")
                file.flush()
                os.fsync(file.fileno())
                draft.replace(self._path)
                _settle_folder(self._path.parent)
            except BaseException:
                file.close()
                raise
        self.__exit__()
        self._lock = file

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(f"{error.filename or self._out}: {error.strerror}") from error


def _show(path: Path) -> None:
    """Give a temporary file, which is its owner's alone, the rights that any new file has."""
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)


def _settle_folder(folder: Path) -> None:
    """Have the names in a folder on disk, where the system can do it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
