"""Files that a command writes: they appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO

from hub.errors import InvalidInputError


class Stream:
    """Standard output as it comes: what was written can't be taken back."""

    def __init__(self) -> None:
        self.file: BinaryIO = sys.stdout.buffer

    def keep(self) -> None:
        """Let the rest go."""
        self.file.flush()

    def drop(self) -> None:
        """Stop where it is."""


class Draft:
    """A file that takes its name only when it is whole; until then it has another one beside it.

    target: None for standard output. That, and what is no plain file (a device, a pipe), gets all of it at the end.
    """

    def __init__(self, target: Path | None) -> None:
        self._target = target and target.resolve()
        self._renames = self._target is not None and (self._target.is_file() or not self._target.exists())
        beside = self._target if self._renames else None
        try:
            descriptor, name = tempfile.mkstemp(
                prefix=f".{beside.name}." if beside else None, dir=beside.parent if beside else None
            )
        except OSError as error:
            raise InvalidInputError(f"{target}: {error.strerror}") from error
        self._path = Path(name)
        self.file: BinaryIO = os.fdopen(descriptor, "w+b")

    def keep(self) -> None:
        """Give the file its name, its content on disk first."""
        self.file.flush()
        if self._target is None or not self._renames:
            self._pour()
            self.drop()
            return
        os.fsync(self.file.fileno())
        self.file.close()
        mask = os.umask(0)
        os.umask(mask)
        self._path.chmod(0o666 & ~mask)
        self._path.replace(self._target)

    def drop(self) -> None:
        """Leave nothing."""
        with contextlib.suppress(OSError):  # what could not be written is not wanted any more
            self.file.close()
        self._path.unlink(missing_ok=True)

    def _pour(self) -> None:
        self.file.seek(0)
        if self._target is not None:
            with self._target.open("wb") as target:
                shutil.copyfileobj(self.file, target)
            return
        with contextlib.suppress(BrokenPipeError):  # the reader has seen enough
            shutil.copyfileobj(self.file, sys.stdout.buffer)
            sys.stdout.buffer.flush()


class Nothing:
    """A place to which nothing is written, for a run that only looks."""

    def __init__(self) -> None:
        self.file: BinaryIO = Path(os.devnull).open("wb")  # noqa: SIM115  # closed by keep and drop

    def keep(self) -> None:
        """Close it."""
        self.file.close()

    def drop(self) -> None:
        """Close it."""
        self.file.close()
