"""Where pulled objects land: a file that is never left torn, and beside it the position from which to go on.

`OUT.position` names the question and how far it has been answered; it is replaced atomically after each page that is
on disk. Objects gather in `OUT.part`, one a line. A first pull into JSON lines renames it to OUT when it is whole, and
later ones append to OUT itself; a bundle (OUT.json) is written anew from OUT.part each time, and renamed into place.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import msgspec

from converters.outputs import Bundle, Lines
from hub.errors import ConflictError, InvalidInputError, StoreError
from hub.services.sources.position import Asked, Phase, Place, Position, PositionFile


class Landing:
    """The output of pulls. Used as a context, in which no other pull can write it.

    fresh: forget the position; what OUT holds stays until it can be replaced by all of the answer.

    Raises:
        ConflictError: another pull is under way; OUT is not from a pull, or is not as the last one left it; the
            position is that of another question. InvalidInputError: OUT is no plain file.
        StoreError: it can't be written.

    """

    def __init__(self, out: Path, asked: Asked, *, fresh: bool = False) -> None:
        self._out = out
        self._part = out.with_name(f"{out.name}.part")
        self._file = PositionFile(out.with_name(f"{out.name}.position"))
        self._is_bundle = out.suffix.lower() == ".json"
        self._asked = asked
        self._fresh = fresh

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
        before = self.place
        is_fixed = before.is_fixed or (None not in (before.next, next_) and before.next != next_)
        with self._written(), self._stock().open("ab") as file:
            lines = Lines(file)
            for content in objects:
                lines.add(content)
                count += 1
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        self._save(now=Place(added_after, next_, last or before.last, before.objects + count, size, is_fixed))

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
            kept = self._file.take()
            try:
                self._resume(kept)
            except BaseException:
                self._file.close()
                raise
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def _resume(self, kept: Position | None) -> None:
        if self._fresh or kept is None:
            self._begin_anew()
            return
        if kept.asked != self._asked:
            raise ConflictError(f"{self._out}: pulled with another question before; use another file, or --fresh")
        self._position = kept
        if self._position.phase is Phase.WHOLE:
            self._publish()
        if self._position.phase is Phase.DONE:
            self._begin_after()
        else:
            self._check(self._size() >= self.place.bytes)
        self._cut()

    def _begin_anew(self) -> None:
        if self._out.exists() and not self._fresh:
            self._file.remove()
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
        draft = self._out.with_name(f".{self._out.name}.new")
        with draft.open("wb") as file, self._part.open("rb") as stock:
            bundle = Bundle(file)
            for line in stock:
                bundle.add(line.rstrip(b"\n"))
            bundle.end()
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._out)

    def _save(self, **changes: object) -> None:
        """Write down where this stands."""
        self._position = msgspec.structs.replace(self._position, **changes)
        with self._written():
            self._file.save(self._position)

    @contextmanager
    def _written(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(f"{error.filename or self._out}: {error.strerror}") from error
