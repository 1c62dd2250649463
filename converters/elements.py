"""The members of a JSON document's `objects` or of JSON lines, each with its exact bytes.

Only the frame is read here; whether a member is good JSON is for its reader. A document that breaks off gives the
members that were complete, then an error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from converters.frame import ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DOCUMENT_BYTES = 256 << 20
MAX_LINE_BYTES = 16 << 20
_BOM = b"\xef\xbb\xbf"
# Possessive: linear on every input. A quote that begins no whole string is a token by itself.
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}:,"]', re.DOTALL)
_IN_LIST = 2
"""Depth of nesting of what stands directly in `objects`."""


def members(stream: BinaryIO) -> Iterator[bytes]:
    """Each element of the outermost object's `objects`, whatever else that object has.

    Raises ConversionError: there is no such list, the document breaks off or is beyond the limit.
    """
    data = stream.read(MAX_DOCUMENT_BYTES + 1)
    if len(data) > MAX_DOCUMENT_BYTES:
        raise ConversionError(f"more than {MAX_DOCUMENT_BYTES} bytes; JSON lines may be longer", code="size")
    depth, name, last, begin, found = 0, b"", b"", -1, False
    for match in _TOKEN.finditer(data):
        token = match[0]
        if token in (b",", b"]") and depth == _IN_LIST and begin >= 0:
            if element := data[begin : match.start()].strip():
                yield element
            begin = match.end() if token == b"," else -1
        if token in (b"{", b"["):
            depth += 1
            if token == b"[" and depth == _IN_LIST and name == b'"objects"':
                begin, found = match.end(), True
        elif token in (b"}", b"]"):
            depth -= 1
        elif token == b":" and depth == 1:
            name = last
        elif token == b'"':
            break
        elif token == b"," and depth == 1:
            name = b""
        last = token
    else:
        if depth == 0 and found:
            return
    _refuse(found=found, whole=depth == 0)


def _refuse(*, found: bool, whole: bool) -> None:
    if found or not whole:
        raise ConversionError("the document breaks off before its end", code="truncated")
    raise ConversionError("no list `objects` in this document", code="document")


def lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Give (number from 1, bytes without the end of line) of each line that is not blank.

    Raises ConversionError: a line beyond the limit.
    """
    number = 0
    while line := stream.readline(MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > MAX_LINE_BYTES:
            raise ConversionError(f"longer than {MAX_LINE_BYTES} bytes", place=f"line {number}", code="size")
        text = (line.removeprefix(_BOM) if number == 1 else line).strip()
        if text:
            yield number, text
