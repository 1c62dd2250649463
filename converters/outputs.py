"""Where converted objects go: a STIX bundle or JSON lines, written as they come, their bytes unchanged."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Protocol

from stix_models.ids import own_id

if TYPE_CHECKING:
    from typing import BinaryIO


class Output(Protocol):
    """Takes objects one by one."""

    def add(self, content: bytes) -> None:
        """Write one object."""

    def end(self) -> None:
        """Write what has to come after the last one."""


class Bundle:
    """A STIX 2.1 bundle (section 8). Its id follows from the objects, so it stands after them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._before = b'{"type":"bundle","objects":[\n'

    def add(self, content: bytes) -> None:
        """Write one object on a line of its own, if it was one in the source."""
        self._file.write(self._before + content)
        self._digest.update(hashlib.sha256(content).digest())
        self._before = b",\n"

    def end(self) -> None:
        """Close the list, which is left out if it is empty, and write the id."""
        closing = b"\n]" if self._before == b",\n" else b'{"type":"bundle"'
        bundle_id = own_id("bundle", self._digest.hexdigest())
        self._file.write(closing + f',"id":"{bundle_id}"}}\n'.encode())


class Lines:
    """JSON lines: an object a line. One whose bytes hold line ends has them turned into blanks, as JSON allows."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, content: bytes) -> None:
        """Write one object; between tokens a line end and a blank are the same (RFC 8259 section 2)."""
        self._file.write(content.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n")

    def end(self) -> None:
        """Nothing comes after the last line."""
