"""CSV, XLSX and JSON lines to STIX 2.1, by a mapping file, or by the draft that `hub mapping init` would write."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

from converters.frame import Action, ConversionError, Finding, Options, Outcome, Result
from converters.sheets.composing import Composer
from converters.sheets.lines import Unreadable
from converters.sheets.mapping import drafting
from converters.sheets.mapping.columns import SheetMapping, Unmapped
from converters.sheets.mapping.file import parse
from converters.sheets.reading import RowReader
from converters.sheets.sources import open_source
from converters.sheets.table import cells_of, delimiter_of
from stix_models import strict

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = (".csv", ".tsv", ".tab")
_SURE, _LIKELY = 80, 50
_ZIPPED, _LINES = 90, 60
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


def sniff_workbook(head: bytes, name: str) -> int:
    """Give 90 for a ZIP file with a workbook's name or members, 0 else."""
    is_zip = head.startswith(b"PK\x03\x04")
    return _ZIPPED if is_zip and (name.lower().endswith((".xlsx", ".xlsm")) or b"xl/workbook.xml" in head) else 0


def sniff_lines(head: bytes, name: str) -> int:
    """Give 60 where the first two lines are a JSON object each, or the only one in a file so named; 0 else."""
    first, *more = head.removeprefix(b"\xef\xbb\xbf").splitlines()[:3] or [b""]
    objects = [line for line in (first, *more[:1]) if _is_object(line)]
    if not objects or objects[0] is not first:
        return 0
    named = name.lower().endswith((".jsonl", ".ndjson"))
    return _LINES if len(objects) > 1 or named else 0


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(strict.loads(line), dict)
    except strict.StrictJSONError:
        return False


def convert(stream: BinaryIO, options: Options) -> Iterator[Result]:
    """One result a row, after one for what is to be said of the sheet as a whole."""
    drafted = options.mapping is None
    mapping = parse(drafting.draft(stream, names=False) if options.mapping is None else options.mapping)
    source = open_source(stream, mapping)
    reader = RowReader(mapping, source.header, options.level, source.unit)
    check_columns(reader, mapping)
    yield Result(0, "", Outcome.NONE, (), (*source.remarks, *_remarks(reader, mapping, drafted=drafted)))
    if options.as_of is None and not reader.has_date:
        raise ConversionError("the mapping names no column with dates: give --as-of DATE", code="no-date")
    composer = Composer(options)
    for number, row in source.rows:
        if isinstance(row, Unreadable):
            yield _unreadable(number, source.unit, row)
            continue
        reason = reader.skip_reason(row)
        if reason is not None:
            yield _skipped(number, source.unit, reason)
        else:
            yield composer.compose(reader.read(number, row), needs_value=reader.needs_value)


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


def _remarks(reader: RowReader, mapping: SheetMapping, *, drafted: bool) -> Iterator[Finding]:
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


_SKIPPED = {
    "blank": "the row is empty",
    "comment": "a comment, by the mapping's `comment`",
    "skip_if": "the mapping's skip_if says so",
}


def _skipped(number: int, unit: str, reason: str) -> Result:
    locator = f"{unit} {number}"
    finding = Finding(number, locator, "", "", reason, _SKIPPED[reason], Action.SKIPPED)
    return Result(number, locator, Outcome.SKIPPED, (), (finding,))


def _unreadable(number: int, unit: str, wrong: Unreadable) -> Result:
    locator = f"{unit} {number}"
    finding = Finding(number, locator, "", wrong.value, wrong.code, wrong.message, Action.REJECTED)
    return Result(number, locator, Outcome.REJECTED, (), (finding,))
