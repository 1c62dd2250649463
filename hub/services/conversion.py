"""Documents to STIX 2.1 through the converters, each in a process of its own that can do nothing else.

The confinement is described in converters/child.py. Nothing is decided or recorded here: a conversion changes nothing
in the hub; what is then submitted goes the way of every submission.
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
from converters.frame import Finding as Remark
from converters.frame import Outcome
from converters.wire import (
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
from hub.errors import Finding, InvalidInputError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from converters.frame import Options

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

    def plus(self, parcel: Parcel) -> Tally:
        """This and one record more."""
        return replace(
            self,
            converted=self.converted + (parcel.outcome is Outcome.CONVERTED),
            rejected=self.rejected + (parcel.outcome is Outcome.REJECTED),
            skipped=self.skipped + (parcel.outcome is Outcome.SKIPPED),
            objects=self.objects + len(parcel.objects),
            lost=self.lost + sum(each.action.is_loss for each in parcel.findings),
            findings=self.findings + len(parcel.findings),
        )


@dataclass(frozen=True, slots=True)
class Envelope:
    """A converted document as a TAXII envelope, in which an object that was passed on has its bytes."""

    body: bytes
    tally: Tally
    findings: tuple[Remark, ...]


def convert_file(
    path: Path, options: Options, *, format_: str | None = None, limits: Limits | None = None
) -> Iterator[Started | Parcel]:
    """Convert one document record by record, after one Started that names the format.

    format_: a name of CONVERTERS; None lets the sniffers choose.

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
        limits or Limits(),
    )
    for answer in _ask(path, request):
        if isinstance(answer, Started | Parcel):
            yield answer


def draft_mapping(path: Path, *, limits: Limits | None = None) -> str:
    """Text of a first mapping file for a sheet. Raises as convert_file."""
    request = Request(Task.DRAFT, path.name, limits=limits or Limits())
    return next(answer.mapping for answer in _ask(path, request) if isinstance(answer, Drafted))


def to_envelope(path: Path, options: Options, *, format_: str | None = None, limits: Limits | None = None) -> Envelope:
    """Convert one document into the bytes of a TAXII envelope (TAXII 2.1 section 3.7), for intake. Raises as convert_file."""
    objects: list[bytes] = []
    findings: list[Remark] = []
    tally = Tally()
    for answer in convert_file(path, options, format_=format_, limits=limits):
        if isinstance(answer, Parcel):
            tally = tally.plus(answer)
            objects += [content for _, content in answer.objects]
            findings += answer.findings
    body = b'{"objects":[' + b",".join(objects) + b"]}" if objects else b"{}"
    return Envelope(body, tally, tuple(findings))


def _ask(path: Path, request: Request) -> Iterator[Answer]:
    """Every answer but the last one; a failure is raised. The process is gone afterwards, whatever happens."""
    reached = ""
    with _opened(path) as document, _process(document, request) as child:
        for answer in _answers(child, request.limits):
            if isinstance(answer, Ended):
                return
            if isinstance(answer, Failed):
                raise _refusal(answer, path.name)
            if isinstance(answer, Parcel):
                reached = answer.locator or reached
            yield answer
        raise _broken_off(child.wait(), path.name, reached)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise InvalidInputError(f"{path}: {error.strerror}") from error
    try:
        if not path.is_file():
            raise InvalidInputError(f"{path}: not a file")
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _process(document: int, request: Request) -> Iterator[subprocess.Popen[bytes]]:
    """The confined process with the document at hand and the request on its way; killed at the end."""
    child = subprocess.Popen(
        [sys.executable, "-s", "-P", "-B", "-X", "utf8", "-m", "converters.child", str(document)],
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


def _answers(child: subprocess.Popen[bytes], limits: Limits) -> Iterator[Answer]:
    """Answers as they come, to the end of the pipe. Raises TooLargeError when the waiting has lasted too long."""
    buffer = bytearray()
    for chunk in _chunks(child, limits.waiting_seconds):
        buffer += chunk
        at = 0
        while len(buffer) - at >= LENGTH_BYTES:
            length = int.from_bytes(buffer[at : at + LENGTH_BYTES], "big")
            if length > MAX_MESSAGE_BYTES:
                raise InvalidInputError("the converter's answer is longer than any may be")
            end = at + LENGTH_BYTES + length
            if len(buffer) < end:
                break
            yield decode(bytes(buffer[at + LENGTH_BYTES : end]))
            at = end
        del buffer[:at]


def _chunks(child: subprocess.Popen[bytes], waiting_seconds: float) -> Iterator[bytes]:
    assert child.stdout is not None  # noqa: S101  # a pipe by construction
    left = waiting_seconds
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            asked = time.monotonic()
            ready = selector.select(left)
            left -= time.monotonic() - asked
            if not ready or left <= 0:
                raise TooLargeError(f"the conversion took more than {waiting_seconds:g} seconds and was ended")
            chunk = os.read(child.stdout.fileno(), _READ_BYTES)
            if not chunk:
                return
            yield chunk


def _refusal(failed: Failed, name: str) -> InvalidInputError:
    place = f"{name}, {failed.place}" if failed.place else name
    kind = TooLargeError if failed.code == "memory" else InvalidInputError
    return kind(f"{place}: {failed.message}", (Finding(place, failed.message, failed.value),))


def _broken_off(status: int, name: str, reached: str) -> InvalidInputError:
    """The process ended without a last word: by a limit that the kernel keeps, or by a fault."""
    place = f"{name}, after {reached}" if reached else name
    if status == -signal.SIGXCPU or status == -signal.SIGKILL:
        message = "the conversion needs more processor time or memory than it may have and was ended"
        return TooLargeError(f"{place}: {message}", (Finding(place, message),))
    message = f"the converter ended unexpectedly (status {status}); please report it"
    return InvalidInputError(f"{place}: {message}", (Finding(place, message),))
