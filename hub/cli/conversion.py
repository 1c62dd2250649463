"""One run of `hub convert`: several files into one output that appears whole or not at all."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, Self

import click

from converters.confined.wire import Parcel
from converters.frame import Action, Finding, Options
from converters.outputs import Bundle, Lines, Output
from converters.sheets.mapping.file import MAX_MAPPING_CHARS
from hub.cli.files import read_file
from hub.cli.output import emit
from hub.errors import InvalidInputError, StoreError
from hub.services.conversion import Tally, convert_file

if TYPE_CHECKING:
    from types import TracebackType

SHOWN = 20
"""How many findings a person is shown at once."""


def read_mapping(path: Path) -> str:
    """Read the text of a mapping file. Raises: InvalidInputError: it can't be read, is too long or no UTF-8."""
    try:
        return read_file(path, MAX_MAPPING_CHARS).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path}: not UTF-8 (byte {error.start})") from error


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


class Run:
    """Converts files into one output. Used as a context: what it wrote is kept only if all went well.

    several: more than one file will come. shown: (file, finding) of what a person should read, losses and what was
    adjusted, as far as `SHOWN`; more: how many others there are.
    """

    def __init__(self, out: str, errors: Path | None, *, strict: bool, several: bool) -> None:
        self.tally = Tally()
        self.shown: list[tuple[str, Finding]] = []
        self.more = 0
        self._out = out
        self._errors_path = errors
        self._strict = strict
        self._several = several
        self._to_stdout = out == "-"
        self._files = 0
        self._dropped = False
        self._seen: set[bytes] = set()

    def convert(self, path: Path, options: Options, format_: str | None) -> None:
        """Convert one more file; an object that an earlier file gave is not given again."""
        self._files += 1
        here: set[bytes] = set()
        for answer in convert_file(path, options, format_=format_):
            if not isinstance(answer, Parcel):
                continue
            fresh = tuple(each for each in answer.objects if each[0] not in self._seen)
            for key, content in fresh:
                self._output.add(content)
                if self._several:
                    here.add(key)
            self.tally = self.tally.plus(answer, objects=len(fresh))
            for finding in answer.findings:
                self._note(path, finding)
        self._seen |= here

    def _note(self, path: Path, finding: Finding) -> None:
        if finding.action.is_loss or finding.action is Action.ADJUSTED:
            if len(self.shown) < SHOWN:
                self.shown.append((path.name, finding))
            else:
                self.more += 1
        if self._errors is not None:
            line = json.dumps({"file": str(path), **asdict(finding)}, ensure_ascii=False)
            self._errors.file.write(line.encode() + b"\n")

    def exit_code(self, rejected: int) -> int:
        """0 if nothing was lost, else what the caller gives for that."""
        return rejected if self.tally.lost else 0

    def summarise(self) -> None:
        """Print the counts; beside objects on standard output they go to stderr."""
        counts = {
            name: getattr(self.tally, name) for name in ("records", "converted", "rejected", "skipped", "objects")
        }
        record: dict[str, Any] = {
            "files": self._files,
            **counts,
            "findings": self.tally.findings,
            "written": not self._dropped,
        }
        line = (
            "{records} records = {converted} converted + {rejected} rejected + {skipped} skipped; "
            "{objects} objects, {findings} findings"
        ).format(**record) + ("; nothing was written (--strict)" if self._dropped else "")
        if self._to_stdout:
            as_json = getattr(click.get_current_context().obj, "json", False)
            click.echo(json.dumps(record) if as_json else line, err=True)
        else:
            emit(record, line)

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGTERM, _leave)
        target = None if self._to_stdout else Path(self._out)
        self._draft = Stream() if self._to_stdout and not self._strict else Draft(target)
        self._output: Output = (Lines if self._out.endswith(".jsonl") else Bundle)(self._draft.file)
        try:
            self._errors = Draft(self._errors_path) if self._errors_path is not None else None
        except InvalidInputError:
            self._draft.drop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._dropped = error is not None or (self._strict and bool(self.tally.lost))
        try:
            if self._dropped:
                self._draft.drop()
            else:
                self._output.end()
                self._draft.keep()
            if self._errors is not None:
                self._errors.keep()
            if isinstance(error, OSError):
                raise error
        except OSError as failure:
            self._draft.drop()
            raise StoreError(f"the output could not be written: {failure.strerror}") from failure
        finally:
            signal.signal(signal.SIGTERM, self._before)


def _leave(number: int, _: object) -> NoReturn:
    """Go by the way on which what was begun is dropped."""
    sys.exit(128 + number)
