"""JSON lines of records as rows of text: a member is a column, one inside another has a dotted name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO

from converters.elements import lines
from converters.frame import SHOWN_CHARS, ConversionError
from converters.sheets.table import MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS
from stix_models import strict

SEPARATOR = ";"
"""Between the values of a list in one cell; a list with a value that has one itself is written as JSON."""
_HEADER_LINES = 200
_MAX_DEPTH = 16


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line that is no record. code, message: as in a finding; value: its beginning."""

    code: str
    message: str
    value: str


class Records:
    """The records of one document. header: the members found so far, in order; it grows where a later line has more."""

    def __init__(self, stream: BinaryIO) -> None:
        self.header: list[str] = []
        self._place: dict[str, int] = {}
        self._stream = stream
        for _, line in islice(lines(stream), _HEADER_LINES):
            self._row(line)
        stream.seek(0)

    def rows(self) -> Iterator[tuple[int, list[str] | Unreadable]]:
        """(line number from 1, cells under the header, or what is wrong) for each line that is not blank."""
        for number, line in lines(self._stream):
            if number > MAX_ROWS:
                raise ConversionError(f"more than {MAX_ROWS} lines", place=f"line {number}", code="rows")
            yield number, self._row(line)

    def _row(self, line: bytes) -> list[str] | Unreadable:
        try:
            record = strict.loads(line, max_depth=_MAX_DEPTH)
        except strict.StrictJSONError as error:
            return Unreadable("json", f"no JSON: {error.message}", line[:SHOWN_CHARS].decode("utf-8", "replace"))
        if not isinstance(record, dict):
            return Unreadable("json", "no JSON object", str(record)[:SHOWN_CHARS])
        cells = dict(_cells(record, ""))
        for name in cells:
            if name not in self._place:
                if len(self.header) == MAX_COLUMNS:
                    return Unreadable("columns", f"more than {MAX_COLUMNS} different members", name)
                self._place[name] = len(self.header)
                self.header.append(name)
        long = next((name for name, text in cells.items() if len(text) > MAX_CELL_CHARS), None)
        if long is not None:
            return Unreadable("cell", f"a value longer than {MAX_CELL_CHARS} characters", long)
        row = [""] * len(self.header)
        for name, text in cells.items():
            row[self._place[name]] = text
        return row


def _cells(record: dict[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        place = " ".join(f"{before}{name}".split()) or "(no name)"
        if isinstance(value, dict) and value:
            yield from _cells(value, f"{place}.")
        else:
            yield place, _text(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        texts = [_text(each) for each in value]
        if not any(SEPARATOR in text for text in texts):
            return f"{SEPARATOR} ".join(texts)
    return json.dumps(value, ensure_ascii=False)
