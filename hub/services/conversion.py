"""Documents to STIX 2.1 through the converters, each in a process of its own that can do nothing else.

The confinement is described in converters/confined/child.py. Nothing is decided or recorded here: a conversion
changes nothing in the hub, and what is submitted afterwards goes the way of every submission.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import converters
from converters.confined.wire import (
    LENGTH_BYTES,
    MAX_MESSAGE_BYTES,
    Answer,
    Drafted,
    Ended,
    Failed,
    Limits,
    Parcel,
    Request,
    Started,
    Task,
    decode,
)
from converters.frame import Finding as Remark
from converters.frame import Outcome
from hub.errors import Finding, InvalidInputError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from converters.frame import Options

MOST_FINDINGS = 100_000
"""How much may be found in a document that is made into one envelope: more tells nobody anything."""

_READ_BYTES = 1 << 16
_ROOT = str(Path(converters.__file__).resolve().parent.parent)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the records of a run: records = converted + rejected + skipped.

    lost: findings that say that something is not in the output. findings: all of them.
    """

    converted: int = 0
    rejected: int = 0
    skipped: int = 0
    objects: int = 0
    lost: int = 0
    findings: int = 0

    @property
    def records(self) -> int:
        """How many records were read."""
        return self.converted + self.rejected + self.skipped

    def plus(self, parcel: Parcel, *, objects: int | None = None) -> Tally:
        """Give this and one record more. objects: how many of its objects count; None for all."""
        return replace(
            self,
            converted=self.converted + (parcel.outcome is Outcome.CONVERTED),
            rejected=self.rejected + (parcel.outcome is Outcome.REJECTED),
            skipped=self.skipped + (parcel.outcome is Outcome.SKIPPED),
            objects=self.objects + (len(parcel.objects) if objects is None else objects),
            lost=self.lost + sum(each.action.is_loss for each in parcel.findings),
            findings=self.findings + len(parcel.findings),
        )


@dataclass(frozen=True, slots=True)
class Envelope:
    """A converted document as a TAXII envelope, in which an object that was passed on has its bytes.

    format: a name of CONVERTERS.
    """

    body: bytes
    tally: Tally
    findings: tuple[Remark, ...]
    format: str


def convert_file(
    path: Path, options: Options, *, format_: str | None = None, limits: Limits | None = None, with_raw: bool = False
) -> Iterator[Started | Parcel]:
    """Convert one document record by record, after one Started that names the format.

    format_: a name of CONVERTERS; None lets the sniffers choose. with_raw: whether each record brings what the source
    says, for provenance.

    Raises:
        InvalidInputError: there is no such file, no converter knows it, or it can't be read on; its finding names
            the record that was reached.
        TooLargeError: it needs more time or memory than a conversion may have.

    """
    request = Request(
        Task.CONVERT,
        options.name,
        format_,
        options.producer,
        options.level,
        options.as_of,
        options.mapping,
        with_raw,
        limits or Limits(),
        markings=options.markings,
    )
    for answer in _ask(path, request):
        if isinstance(answer, Started | Parcel):
            yield answer


def draft_mapping(path: Path, *, name: str = "", sheet: str = "", limits: Limits | None = None) -> str:
    """Text of a first mapping file. Raises as convert_file.

    name: of the document, the path's if "". sheet: of a workbook; "" for the one with most values.
    """
    request = Request(Task.DRAFT, name or path.name, sheet=sheet, limits=limits or Limits())
    return next(answer.mapping for answer in _ask(path, request) if isinstance(answer, Drafted))


def to_envelope(
    path: Path,
    options: Options,
    *,
    format_: str | None = None,
    limits: Limits | None = None,
    max_bytes: int | None = None,
) -> Envelope:
    """Convert one document into a TAXII envelope (TAXII 2.1 section 3.7), for intake.

    max_bytes: how long the envelope may be; None for any length.
    Raises: as convert_file; TooLargeError: the envelope is longer, or more is found than can be told.
    """
    objects: list[bytes] = []
    findings: list[Remark] = []
    tally, chosen, size = Tally(), "", len(b'{"objects":[}')  # one comma fewer than objects
    for answer in convert_file(path, options, format_=format_, limits=limits):
        if isinstance(answer, Started):
            chosen = answer.format
            continue
        tally = tally.plus(answer)
        objects += [content for _, content in answer.objects]
        findings += answer.findings
        size += sum(len(content) + 1 for _, content in answer.objects)
        if max_bytes is not None and size > max_bytes:
            place = _place(options.name, answer.locator)
            raise TooLargeError(
                f"{options.name} makes more than the {max_bytes} bytes a push may have",
                (Finding(place, "cut the document into several"),),
            )
        if len(findings) > MOST_FINDINGS:
            place = _place(options.name, answer.locator)
            raise TooLargeError(
                f"more than {MOST_FINDINGS} things are wrong with {options.name}",
                (Finding(place, "see to what was found first, or cut the document into several"),),
            )
    body = b'{"objects":[' + b",".join(objects) + b"]}" if objects else b"{}"
    return Envelope(body, tally, tuple(findings), chosen)


def _ask(path: Path, request: Request) -> Iterator[Answer]:
    """Every answer but the last one; a failure is raised. The process is gone afterwards, whatever happens."""
    reached, name = "", request.name
    with _opened(path) as document, _process(document, request) as child:
        for answer in _answers(child, request.limits):
            if answer is None:
                message = f"more than {request.limits.waiting_seconds:g} seconds were waited for: ended"
                raise TooLargeError(f"{name} could not be converted", (Finding(_place(name, reached), message),))
            if isinstance(answer, Ended):
                return
            if isinstance(answer, Failed):
                raise _refusal(answer, name)
            if isinstance(answer, Parcel):
                reached = answer.locator or reached
            yield answer
        raise _broken_off(child.wait(), name, reached)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    if path.exists() and not path.is_file():  # opening a pipe would wait for a writer
        raise InvalidInputError(f"{path}: not a file")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise InvalidInputError(f"{path}: {error.strerror}") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _process(document: int, request: Request) -> Iterator[subprocess.Popen[bytes]]:
    """Give the confined process with the document at hand and the request on its way; killed at the end."""
    child = subprocess.Popen(
        [sys.executable, "-s", "-P", "-B", "-X", "utf8", "-m", "converters.confined.child", str(document)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": _ROOT},
        pass_fds=(document,),
    )
    with child:
        try:
            assert child.stdin is not None  # noqa: S101  # asked for above
            with contextlib.suppress(BrokenPipeError):
                child.stdin.write(msgspec.json.encode(request))
                child.stdin.close()
            yield child
        finally:
            child.kill()


def _answers(child: subprocess.Popen[bytes], limits: Limits) -> Iterator[Answer | None]:
    """Answers as they come, to the end of the pipe; None when the waiting has lasted too long."""
    buffer = bytearray()
    for chunk in _chunks(child, limits.waiting_seconds):
        if chunk is None:
            yield None
            return
        buffer += chunk
        at = 0
        while len(buffer) - at >= LENGTH_BYTES:
            end = at + LENGTH_BYTES + int.from_bytes(buffer[at : at + LENGTH_BYTES], "big")
            if end - at > MAX_MESSAGE_BYTES:
                raise InvalidInputError("the converter's answer is longer than any may be")
            if len(buffer) < end:
                break
            yield decode(bytes(buffer[at + LENGTH_BYTES : end]))
            at = end
        del buffer[:at]


def _chunks(child: subprocess.Popen[bytes], waiting_seconds: float) -> Iterator[bytes | None]:
    """Give what the process writes. Only the time in which it is waited for counts, not the asker's own."""
    assert child.stdout is not None  # noqa: S101  # a pipe by construction
    left = waiting_seconds
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            asked = time.monotonic()
            ready = selector.select(max(left, 0))
            left -= time.monotonic() - asked
            if not ready:
                yield None
                return
            chunk = os.read(child.stdout.fileno(), _READ_BYTES)
            if not chunk:
                return
            yield chunk


def _place(name: str, reached: str) -> str:
    return f"{name}, after {reached}" if reached else name


def _refusal(failed: Failed, name: str) -> InvalidInputError:
    place = f"{name}, {failed.place}" if failed.place else name
    kind = TooLargeError if failed.code == "memory" else InvalidInputError
    return kind(f"{name} could not be converted", (Finding(place, failed.message, failed.value),))


def _broken_off(status: int, name: str, reached: str) -> InvalidInputError:
    """Give the process ended without a last word: by a limit that the kernel keeps, or by a fault."""
    # A library that can get no more memory aborts.
    ended = status in (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT)
    message = (
        "the conversion needs more processor time or memory than it may have and was ended"
        if ended
        else f"the converter ended unexpectedly (status {status}); please report it"
    )
    kind = TooLargeError if ended else InvalidInputError
    return kind(f"{name} could not be converted", (Finding(_place(name, reached), message),))
