"""`python -m converters.confined.child FD`: converts one untrusted document; asked on stdin, answers on stdout.

FD is a descriptor of the document, open for reading; the request (wire.Request as JSON) comes on standard input.
Before the first byte of the document is read the process gives up what it does not need:

- resource limits (setrlimit, kept by the kernel): CPU seconds, address space, no file longer than 0 bytes can be
  written, few open files, no core dump of the document;
- namespaces (unshare): an own, empty network, kept by the kernel for C code too. Where the kernel does not allow it,
  and then only, the next one stands alone;
- an audit hook, kept by the interpreter for Python code: sockets, other processes, files opened for writing or moved
  raise PermissionError;
- the asker empties the environment, ends the process when time is up, and the kernel ends it when the asker dies.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from converters import CONVERTERS, ConversionError, Options, Result, scores
from converters.building import marked
from converters.confined.wire import Answer, Drafted, Ended, Failed, Limits, Parcel, Request, Started, Task, encode
from converters.frame import HEAD_BYTES
from converters.sheets.mapping import drafting

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAX_OPEN_FILES = 32
_BUFFER_BYTES = 1 << 16
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_REFUSED_ROOMS = ("socket.", "subprocess.", "shutil.", "ctypes.", "pty.", "ftplib.", "http.", "urllib.", "tempfile.")
_REFUSED = frozenset(
    f"os.{act}"
    for act in (
        *("system", "exec", "fork", "forkpty", "posix_spawn", "kill", "killpg", "putenv"),
        *("remove", "rename", "rmdir", "mkdir", "link", "symlink", "truncate", "chmod", "chown", "utime"),
    )
)


def confine(limits: Limits) -> None:
    """Give up everything but reading what is open and writing to pipes; there is no way back."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)  # -1 where the kernel does not allow it
    for limit, value in (
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _MAX_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        refused = bool(int(arguments[2] or 0) & _WRITING)
    else:
        refused = event in _REFUSED or event.startswith(_REFUSED_ROOMS)
    if refused:
        raise PermissionError(f"a converter may not do this: {event}")


def answers(stream: BinaryIO, request: Request) -> Iterator[Answer]:
    """Give what is said of the document, to its end; an error of the document is an answer."""
    try:
        if request.task is Task.DRAFT:
            yield Drafted(drafting.draft(stream, sheet=request.sheet))
        else:
            yield from _converted(stream, request)
    except ConversionError as error:
        yield Failed(error.code, str(error.args[0]), error.place, error.value)
    else:
        yield Ended()


def _converted(stream: BinaryIO, request: Request) -> Iterator[Answer]:
    found = scores(stream.read(HEAD_BYTES), request.name)
    stream.seek(0)
    chosen = request.format or (found[0][0] if found[0][1] else None)
    if chosen not in CONVERTERS:
        known = ", ".join(CONVERTERS)
        message = f"no such format: {chosen}" if chosen else "no converter knows this format"
        raise ConversionError(f"{message}; there are: {known} (--from)", code="format")
    digest = None if request.mapping is None else hashlib.sha256(request.mapping.encode()).hexdigest()
    yield Started(chosen, tuple(found), CONVERTERS[chosen].version, digest)
    options = Options(request.name, request.producer, request.level, request.as_of, request.mapping, request.markings)
    for result in CONVERTERS[chosen].convert(stream, options):
        yield _parcel(result, options, with_raw=request.with_raw)


def _parcel(result: Result, options: Options, *, with_raw: bool) -> Parcel:
    objects = []
    for made in result.objects:
        if isinstance(made, bytes):
            objects.append((hashlib.blake2b(made, digest_size=16).digest(), made))
        else:
            version = made["id"] + made.get("modified", "")
            key = hashlib.blake2b(version.encode(), digest_size=16).digest()
            objects.append((key, msgspec.json.encode(marked(made, options))))
    raw = result.raw if with_raw else ()
    return Parcel(result.record, result.locator, result.outcome, tuple(objects), result.findings, raw)


def main() -> None:
    """Answer one request, whatever happens."""
    request = msgspec.json.decode(sys.stdin.buffer.read(), type=Request)
    out = os.fdopen(sys.stdout.fileno(), "wb", buffering=_BUFFER_BYTES, closefd=False)
    record = "at its beginning"
    try:
        confine(request.limits)
        with os.fdopen(int(sys.argv[1]), "rb") as stream:
            for answer in answers(stream, request):
                record = f"after {answer.locator}" if isinstance(answer, Parcel) and answer.locator else record
                out.write(encode(answer))
    except MemoryError:
        out.write(encode(Failed("memory", "the document needs more memory than a conversion may have", record)))
    except Exception as error:  # noqa: BLE001  # the door: the asker is told where, never with the document's values
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno}"
        out.write(encode(Failed("fault", f"the converter failed ({where}); please report it", record)))
    out.flush()


if __name__ == "__main__":
    main()
