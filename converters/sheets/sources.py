"""A document as one table: delimited text, a workbook's sheet or JSON lines, told apart by their first bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO, TypeAlias

from converters.frame import Action, ConversionError, Finding
from converters.sheets import workbook
from converters.sheets.lines import Records, Unreadable
from converters.sheets.mapping.columns import SheetMapping
from converters.sheets.table import (
    DELIMITERS,
    Form,
    cells_of,
    columns_of,
    delimiter_of,
    encoding_of,
    head_text,
    rows,
    unnamed,
)

Rows: TypeAlias = Iterator[tuple[int, list[str] | Unreadable]]

_ZIP = b"PK\x03\x04"
_BOM = b"\xef\xbb\xbf"
_START_BYTES = 4_096


@dataclass(slots=True)
class Source:
    """A table that is open. header: names of its columns; rows: what stands under it, by number.

    unit: what a row is called in a locator. remarks: how the table was read.
    """

    header: list[str]
    rows: Rows
    unit: str = "row"
    remarks: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Look:
    """A table looked at before there is a mapping.

    table: what a mapping would say of it. header: None if one of the rows names the columns, or none does.
    """

    table: dict[str, str]
    header: list[str] | None
    rows: Rows


def kind_of(start: bytes) -> str:
    """Tell by a document's first bytes whether it is `xlsx`, `jsonl` or `csv`."""
    if start.startswith(_ZIP):
        return "xlsx"
    return "jsonl" if start.removeprefix(_BOM).lstrip().startswith(b"{") else "csv"


def open_source(stream: BinaryIO, mapping: SheetMapping) -> Source:
    """Open the table that a mapping is for. Raises ConversionError if there is none, or it ends before its header."""
    kind = _kind(stream)
    if kind == "xlsx":
        return _open_sheet(stream, mapping)
    if kind == "jsonl":
        records = Records(stream)
        return Source(records.header, records.rows(), "line", [_remark("form", "JSON lines", Action.NOTED)])
    form = form_of(stream, mapping)
    header, table = _under_header(rows(stream, form), form.header_row)
    seen = {",": "comma", "\t": "tab"}.get(form.delimiter, form.delimiter)
    text = f"encoding {form.encoding}, delimiter {seen}, header in row {form.header_row}"
    remarks = [_remark("form", text, Action.NOTED)]
    if form.fallback:
        message = "not UTF-8 and no encoding declared: read as cp1252; name the encoding in the mapping's table"
        remarks.append(_remark("encoding", message, Action.ADJUSTED))
    return Source(header, table, "row", remarks)


def looks(stream: BinaryIO) -> Iterator[Look]:
    """Give every table of a document, to be looked at one after the other."""
    kind = _kind(stream)
    if kind == "xlsx":
        book = workbook.open_workbook(stream)
        for name in workbook.sheet_names(book):
            yield Look({"sheet": name}, None, _filled(workbook.sheet_rows(book, name)))
    elif kind == "jsonl":
        records = Records(stream)
        yield Look({}, records.header, records.rows())
    else:
        encoding, fallback = encoding_of(stream, "auto")
        delimiter = delimiter_of(head_text(stream, encoding))
        named = {"encoding": encoding if fallback else "auto", "delimiter": "tab" if delimiter == "\t" else delimiter}
        yield Look(named, None, _filled(rows(stream, Form(encoding, delimiter, 1))))
    stream.seek(0)


def form_of(stream: BinaryIO, mapping: SheetMapping) -> Form:
    """How delimited text is written: as the mapping says, else as it looks."""
    encoding, fallback = encoding_of(stream, mapping.encoding)
    delimiter = mapping.delimiter
    if delimiter == "auto":
        delimiter = _delimiter(head_text(stream, encoding), mapping)
    return Form(encoding, delimiter, mapping.header_row, fallback)


def _kind(stream: BinaryIO) -> str:
    start = stream.read(_START_BYTES)
    stream.seek(0)
    return kind_of(start)


def _open_sheet(stream: BinaryIO, mapping: SheetMapping) -> Source:
    book = workbook.open_workbook(stream)
    names = workbook.sheet_names(book)
    if not names:
        raise ConversionError("a workbook without a sheet of cells", code="sheet")
    chosen = mapping.sheet or max(names, key=lambda name: _columns_of_sheet(book, name, mapping))
    header, table = _under_header(_filled(workbook.sheet_rows(book, chosen)), mapping.header_row)
    remarks = [_remark("form", f"sheet {chosen}, header in row {mapping.header_row}", Action.NOTED)]
    unread = "this sheet is not read: name it in the mapping's table"
    remarks += [_remark("sheet", unread, Action.NOTED, name) for name in names if name != chosen]
    return Source(header, table, "row", remarks)


def _columns_of_sheet(book: workbook.Workbook, name: str, mapping: SheetMapping) -> int:
    for number, row in workbook.sheet_rows(book, name):
        if number >= max(mapping.header_row, 1):
            return mapped_columns(columns_of(row), mapping) if mapping.header_row else len(row)
    return 0


def _filled(table: Iterable[tuple[int, list[str]]]) -> Rows:
    """Leave out rows without any cell, as empty lines of text are."""
    return ((number, row) for number, row in table if any(row))


def _under_header(table: Rows | Iterator[tuple[int, list[str]]], header_row: int) -> tuple[list[str], Rows]:
    """(column names, the rows after them). Raises ConversionError if the table ends before its header."""
    for number, row in table:
        if number >= max(header_row, 1) and isinstance(row, list):
            if header_row == 0:
                return unnamed(len(row)), _again((number, row), table)
            return columns_of(row), _again(None, table)
    raise ConversionError("the table is empty" if header_row < 2 else f"there is no row {header_row}")  # noqa: PLR2004  # 0 and 1 both mean the first row


def _again(first: tuple[int, list[str]] | None, rest: Rows | Iterator[tuple[int, list[str]]]) -> Rows:
    if first is not None:
        yield first
    yield from rest


def _delimiter(text: str, mapping: SheetMapping) -> str:
    """Give the delimiter under which the header has most of the mapping's columns, else the one that cuts alike."""
    found = {delimiter: _columns_found(text, delimiter, mapping) for delimiter in DELIMITERS}
    best = max(found, key=lambda delimiter: found[delimiter])
    return best if found[best] else delimiter_of(text)


def _columns_found(text: str, delimiter: str, mapping: SheetMapping) -> int:
    reader = cells_of(io.StringIO(text, newline=""), delimiter)
    try:
        header = next(islice(reader, max(mapping.header_row - 1, 0), None), [])
    except csv.Error:
        return 0
    return mapped_columns(columns_of(header), mapping) if mapping.header_row else 0


def mapped_columns(header: list[str], mapping: SheetMapping) -> int:
    """How many of a mapping's columns a header has."""
    there = {name.casefold() for name in header}
    return sum(" ".join(column.name.split()).casefold() in there for column in mapping.columns)


def _remark(code: str, message: str, action: Action, name: str = "") -> Finding:
    return Finding(0, "", name, "", code, message, action)
