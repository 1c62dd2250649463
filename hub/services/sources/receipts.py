"""What a server has acknowledged of a file, kept beside it: a push that was broken off sends nothing twice."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec

from hub.errors import ConflictError, StoreError

_MODE = 0o600
_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC


class Failure(msgspec.Struct, frozen=True):
    """One object that the server did not take, in its words (TAXII 2.1 section 4.3.1), shortened."""

    id: str
    version: str
    message: str


class Receipt(msgspec.Struct, frozen=True):
    """What a server said of one envelope. envelope: SHA-256 of its bytes. status: the id it is asked for by.

    is_final: the server has judged every object. failures: those that it named.
    """

    envelope: str
    status: str
    is_final: bool
    success_count: int
    failure_count: int
    pending_count: int
    failures: tuple[Failure, ...] = ()


class Receipts:
    """The receipts of one file and one collection: JSON lines, each on disk before the next envelope goes.

    Used as a context, in which no other push can use the file.
    Raises: ConflictError: another push is under way. StoreError: it can't be written.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Receipt] = {}

    def of(self, envelope: str) -> Receipt | None:
        """Give the last receipt for an envelope."""
        return self._known.get(envelope)

    def keep(self, receipt: Receipt) -> Receipt:
        """Write a receipt down; give it."""
        try:
            self._file.write(msgspec.json.encode(receipt) + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise StoreError(f"{self._path}: {error.strerror}") from error
        self._known[receipt.envelope] = receipt
        return receipt

    def forget(self) -> None:
        """Remove them: everything has been sent."""
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        try:
            self._file = os.fdopen(os.open(self._path, _FLAGS, _MODE), "a+b")
        except OSError as error:
            raise StoreError(f"{self._path}: {error.strerror}") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._read()
        except msgspec.MsgspecError as error:
            self._file.close()
            raise ConflictError(f"{self._path}: not the receipts of a push: {error}") from None
        except OSError:
            self._file.close()
            raise ConflictError(f"{self._path}: another push of this file is under way") from None
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):  # what could not be written was said already
            self._file.close()
        if not self._known:
            self._path.unlink(missing_ok=True)

    def _read(self) -> None:
        """Read what is there; a last line without its end was never acted upon, and is cut off."""
        self._file.seek(0)
        lines = self._file.read()
        whole = lines.rfind(b"\n") + 1
        self._file.truncate(whole)
        found = [msgspec.json.decode(line, type=Receipt) for line in lines[:whole].splitlines()]
        self._known = {receipt.envelope: receipt for receipt in found}
