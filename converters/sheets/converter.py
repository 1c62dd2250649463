"""CSV and TSV to STIX 2.1, by a mapping file or, without one, by the draft that `hub mapping init` would write."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from converters.frame import Action, ConversionError, Finding, Options, Outcome, Result
from converters.sheets.composing import Composer
from converters.sheets.mapping import drafting
from converters.sheets.mapping.columns import SheetMapping, Unmapped
from converters.sheets.mapping.file import parse
from converters.sheets.reading import RowReader
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
from stix_models.markings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = (".csv", ".tsv", ".tab")
_SURE, _LIKELY = 80, 50
_LOOK_BYTES = 8_192


def sniff(head: bytes, name: str) -> int:
    """Give 80 for a name that says so, 50 for lines that a delimiter cuts alike; 0 for JSON, XML and binary."""
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")[:4]
    if not start or start[:1] in b"{[<" or start in (b"%PDF", b"PK\x03\x04") or b"\0\0" in head[:_LOOK_BYTES]:
        return 0
    if name.lower().endswith(_NAMES):
        return _SURE
    text = head[:_LOOK_BYTES].decode("utf-8", "replace")
    widths = [len(row) for row in cells_of(io.StringIO(text, newline=""), delimiter_of(text)) if row][:-1]
    return _LIKELY if len(widths) > 1 and min(widths) == max(widths) > 1 else 0


def convert(stream: BinaryIO, options: Options) -> Iterator[Result]:
    """One result a row, after one for what is to be said of the sheet as a whole."""
    drafted = options.mapping is None
    mapping = parse(drafting.draft(stream) if options.mapping is None else options.mapping)
    form = form_of(stream, mapping)
    header, table = open_table(stream, form)
    reader = RowReader(mapping, header, options.level)
    check_columns(reader, mapping)
    yield Result(0, "", Outcome.NONE, (), tuple(_remarks(form, reader, mapping, drafted=drafted)))
    if options.as_of is None and not reader.has_date:
        raise ConversionError("the mapping names no column with dates: give --as-of DATE", code="no-date")
    composer = Composer(options)
    for number, row in table:
        reason = reader.skip_reason(row)
        if reason is not None:
            yield _skipped(number, reason)
        else:
            yield composer.compose(reader.read(number, row), needs_value=reader.needs_value)


def form_of(stream: BinaryIO, mapping: SheetMapping) -> Form:
    """How the table is written: as the mapping says, else as it looks."""
    encoding, fallback = encoding_of(stream, mapping.encoding)
    delimiter = mapping.delimiter
    if delimiter == "auto":
        delimiter = _delimiter(head_text(stream, encoding), mapping)
    return Form(encoding, delimiter, mapping.header_row, fallback)


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
    return len(RowReader(mapping, columns_of(header), Level.CLEAR).columns) if mapping.header_row else 0


def open_table(stream: BinaryIO, form: Form) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """(column names, the rows after them). Raises ConversionError if the table ends before its header."""
    table = rows(stream, form)
    for number, row in table:
        if number >= max(form.header_row, 1):
            if form.header_row == 0:
                return unnamed(len(row)), _again((number, row), table)
            return columns_of(row), table
    raise ConversionError("the table is empty" if form.header_row < 2 else f"there is no row {form.header_row}")  # noqa: PLR2004  # 0 and 1 both mean the first row


def _again(first: tuple[int, list[str]], rest: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    yield first
    yield from rest


def check_columns(reader: RowReader, mapping: SheetMapping) -> None:
    """Raise ConversionError if the mapping fits no column, or leaves one out although it is to leave out none."""
    if not reader.columns:
        there = ", ".join(reader.header)
        named = ", ".join(column.name for column in mapping.columns)
        raise ConversionError(
            f"the mapping names no column of this table. It names: {named}. There are: {there}", code="columns"
        )
    if mapping.unmapped is Unmapped.ERROR and reader.unmapped:
        names = ", ".join(name for _, name in reader.unmapped)
        raise ConversionError(f"the mapping says `unmapped: error` and does not mention: {names}", code="unmapped")


def _remarks(form: Form, reader: RowReader, mapping: SheetMapping, *, drafted: bool) -> Iterator[Finding]:
    seen = {",": "comma", "\t": "tab"}.get(form.delimiter, form.delimiter)
    yield _remark("form", f"encoding {form.encoding}, delimiter {seen}, header in row {form.header_row}", Action.NOTED)
    if form.fallback:
        message = "not UTF-8 and no encoding declared: read as cp1252; name the encoding in the mapping's table"
        yield _remark("encoding", message, Action.ADJUSTED)
    if drafted:
        message = "no mapping was given: read by a draft; see it with `hub mapping init`, check it, give it with --map"
        yield _remark("drafted", message, Action.NOTED)
    for name in reader.missing:
        yield _remark("missing", "the mapping names a column that is not there", Action.NOTED, name)
    kept = "kept as they are" if mapping.unmapped is Unmapped.KEEP else "left out"
    for _, name in reader.unmapped:
        yield _remark("unused", f"the mapping does not mention this column: its cells are {kept}", Action.NOTED, name)


def _remark(code: str, message: str, action: Action, name: str = "") -> Finding:
    return Finding(0, "", name, "", code, message, action)


def _skipped(number: int, reason: str) -> Result:
    locator = f"row {number}"
    message = "the row is empty" if reason == "blank" else "the mapping's skip_if says so"
    finding = Finding(number, locator, "", "", reason, message, Action.SKIPPED)
    return Result(number, locator, Outcome.SKIPPED, (), (finding,))
