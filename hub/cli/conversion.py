"""One run of `hub convert`: several files into one output that appears whole or not at all."""

from __future__ import annotations

import json
import signal
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

import click

from converters.confined.wire import Parcel, Started
from converters.frame import Action, Finding, Options
from converters.outputs import Bundle, Lines, Output
from converters.sheets.mapping.file import MAX_MAPPING_CHARS
from hub.cli.drafts import Draft, Nothing, Stream
from hub.cli.files import read_file
from hub.cli.output import emit, note
from hub.cli.provenance import Provenance, Statistics, file_digest
from hub.cli.remote import Progress
from hub.errors import InvalidInputError, StoreError
from hub.services.conversion import Tally, convert_file

if TYPE_CHECKING:
    from types import TracebackType

SHOWN = 20
"""How many findings a person is shown at once."""

_PROGRESS_SECONDS = 0.2
_PROGRESS_RECORDS = 64


def read_mapping(path: Path) -> str:
    """Read the text of a mapping file. Raises: InvalidInputError: it can't be read, is too long or no UTF-8."""
    try:
        return read_file(path, MAX_MAPPING_CHARS).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError(f"{path}: not UTF-8 (byte {error.start})") from error


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is to write. out: a path or `-`. is_dry: nothing but the errors. several: more than one file."""

    out: str = "-"
    errors: Path | None = None
    provenance: Path | None = None
    is_strict: bool = False
    is_dry: bool = False
    has_statistics: bool = False
    several: bool = False

    @property
    def to_stdout(self) -> bool:
        """Whether objects go to standard output, so that all else must not."""
        return self.out == "-" and not self.is_dry


class Run:
    """Converts files into one output. Used as a context: what it wrote is kept only if all went well.

    shown: (file, finding) of what a person should read, losses and what was adjusted, as far as `SHOWN`; more: how
    many others there are.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.tally = Tally()
        self.shown: list[tuple[str, Finding]] = []
        self.more = 0
        self._wanted = wanted
        self._statistics = Statistics() if wanted.has_statistics else None
        self._provenance: Provenance | None = None
        self._drafts: list[Draft] = []
        self._files = 0
        self._dropped = False
        self._seen: set[bytes] = set()
        self._progress = Progress()
        self._told = self._began = time.monotonic()

    def convert(self, path: Path, options: Options, format_: str | None) -> None:
        """Convert one more file; an object that an earlier file gave is not given again."""
        self._files += 1
        here: set[bytes] = set()
        sha256 = file_digest(path) if self._provenance is not None else ""
        for answer in convert_file(path, options, format_=format_, with_raw=self._provenance is not None):
            if isinstance(answer, Started):
                if self._provenance is not None:
                    self._provenance.begin(path, sha256, answer)
                continue
            fresh = [(key, content) for key, content in answer.objects if key not in self._seen]
            if self._wanted.several:
                here.update(key for key, _ in fresh)
            self._take([content for _, content in fresh], answer, path)
        self._seen |= here

    def _take(self, contents: list[bytes], parcel: Parcel, path: Path) -> None:
        for content in contents:
            self._output.add(content)
            if self._provenance is not None:
                self._provenance.add(content, parcel)
        if self._statistics is not None:
            self._statistics.add(contents, parcel)
        self.tally = self.tally.plus(parcel, objects=len(contents))
        for finding in parcel.findings:
            self._note(path, finding)
        if self.tally.records % _PROGRESS_RECORDS == 0 and time.monotonic() - self._told > _PROGRESS_SECONDS:
            self._told = time.monotonic()
            self._progress.show(f"{path.name}: {self.tally.records:,} records, {self.tally.objects:,} objects")

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
            "written": not self._dropped and not self._wanted.is_dry,
        }
        if self._statistics is not None:
            record |= {**self._statistics.record(), "seconds": round(time.monotonic() - self._began, 3)}
        line = (
            "{records} records = {converted} converted + {rejected} rejected + {skipped} skipped; "
            "{objects} objects, {findings} findings"
        ).format(**record) + self._remark()
        self._show_statistics(record)
        if self._wanted.to_stdout:
            as_json = getattr(click.get_current_context().obj, "json", False)
            click.echo(json.dumps(record) if as_json else line, err=True)
        else:
            emit(record, line)

    def _remark(self) -> str:
        if self._wanted.is_dry:
            return "; nothing was written (--dry-run)"
        return "; nothing was written (--strict)" if self._dropped else ""

    def _show_statistics(self, record: dict[str, Any]) -> None:
        """Tell people the counts by type and code, and the pace; what reads JSON has them in the summary."""
        if self._statistics is None or getattr(click.get_current_context().obj, "json", False):
            return
        for line in self._statistics.lines():
            note(line)
        pace = self.tally.records / max(record["seconds"], 0.001)
        note(f"{record['seconds']} s, {pace:,.0f} records/s")

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGTERM, _leave)
        wanted = self._wanted
        self._draft: Draft | Stream | Nothing = Nothing()
        try:
            if not wanted.is_dry:
                self._draft.drop()
                self._draft = self._target()
            self._output: Output = (Lines if wanted.out.endswith(".jsonl") else Bundle)(self._draft.file)
            self._errors = self._beside(wanted.errors)
            traced = self._beside(None if wanted.is_dry else wanted.provenance)
            self._provenance = Provenance(traced.file) if traced is not None else None
        except InvalidInputError:
            self._drop()
            raise
        return self

    def _target(self) -> Draft | Stream:
        if self._wanted.to_stdout:
            return Draft(None) if self._wanted.is_strict else Stream()
        return Draft(Path(self._wanted.out))

    def _beside(self, path: Path | None) -> Draft | None:
        if path is None:
            return None
        draft = Draft(path)
        self._drafts.append(draft)
        return draft

    def _drop(self) -> None:
        self._draft.drop()
        for draft in self._drafts:
            draft.drop()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.__exit__()
        self._dropped = error is not None or (self._wanted.is_strict and bool(self.tally.lost))
        try:
            if not self._dropped:
                self._output.end()
                self._draft.keep()
            for draft in self._drafts:  # the errors are told in any case, provenance only of what there is
                if not self._dropped or draft is self._errors:
                    draft.keep()
            if self._dropped:
                self._drop()
            if isinstance(error, OSError):
                raise error
        except OSError as failure:
            self._drop()
            raise StoreError(f"the output could not be written: {failure.strerror}") from failure
        finally:
            signal.signal(signal.SIGTERM, self._before)


def _leave(number: int, _: object) -> NoReturn:
    """Go by the way on which what was begun is dropped."""
    sys.exit(128 + number)
