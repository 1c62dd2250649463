"""XLSX workbooks as rows of text (ECMA-376): measured before they are opened, since what opens one takes it whole."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import BinaryIO, NoReturn, TypeAlias
from xml.parsers import expat

import python_calamine

from converters.frame import ConversionError

Workbook: TypeAlias = python_calamine.CalamineWorkbook

MAX_FILE_BYTES = 64 << 20
MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 512 << 20
MAX_RATIO = 200
"""Bytes unpacked for each packed one, of a member that unpacks to more than a megabyte; sheets reach some 50."""
MAX_CELLS = 5_000_000
"""Of a sheet's used range: the reader makes room for all of them, full or not."""

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_ROW = re.compile(r"[0-9]{1,7}")
_CHUNK = 1 << 20
_MEGABYTE = 1 << 20
_EXACT = 10**15
"""Excel keeps 15 digits of a number: from here on the last ones are not those that were typed."""


def open_workbook(stream: BinaryIO) -> Workbook:
    """Open a workbook whose size is within the limits. The stream is set back to its beginning.

    Raises ConversionError: no workbook, protected by a password, or beyond a limit; its place is the member.
    """
    measure(stream)
    try:
        return python_calamine.CalamineWorkbook.from_filelike(stream)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise ConversionError(f"no workbook that can be read: {error}", code="workbook") from error


def measure(stream: BinaryIO) -> None:
    """Hold a workbook to the limits, by what its members say and by what they are."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > MAX_FILE_BYTES:
        raise ConversionError(f"more than {MAX_FILE_BYTES} bytes", code="size")
    try:
        with zipfile.ZipFile(stream) as archive:
            _measure_members(archive.infolist())
            for member in archive.infolist():
                if _SHEET.fullmatch(member.filename):
                    _measure_sheet(archive, member)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise ConversionError(f"no workbook: {error}", code="workbook") from error
    finally:
        stream.seek(0)


def _measure_members(members: list[zipfile.ZipInfo]) -> None:
    if len(members) > MAX_MEMBERS:
        raise ConversionError(f"{len(members)} members, more than {MAX_MEMBERS}", code="members")
    total = 0
    for member in members:
        total += member.file_size
        if member.file_size > _MEGABYTE and member.file_size > MAX_RATIO * max(member.compress_size, 1):
            message = f"unpacks to {member.file_size} bytes, more than {MAX_RATIO} times its size: a zip bomb"
            raise ConversionError(message, place=member.filename, code="ratio")
    if total > MAX_UNPACKED_BYTES:
        raise ConversionError(f"unpacks to {total} bytes, more than {MAX_UNPACKED_BYTES}", code="unpacked")


def _measure_sheet(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Hold the range that a sheet's cells take up to the limit."""
    extent, parser = _Extent(), expat.ParserCreate()
    parser.StartElementHandler = extent.begin
    parser.StartDoctypeDeclHandler = _refuse_document_type  # and with it every entity
    try:
        with archive.open(member) as sheet:
            while chunk := sheet.read(_CHUNK):
                parser.Parse(chunk)
                if extent.cells > MAX_CELLS:
                    message = f"{extent.rows} rows of {extent.columns} columns are more than {MAX_CELLS} cells"
                    raise ConversionError(f"{message}: save it as CSV", place=member.filename, code="cells")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ConversionError(f"no XML: {error}", place=member.filename, code="workbook") from error


def _refuse_document_type(*_: object) -> NoReturn:
    raise ConversionError("has a document type, which no workbook needs", code="workbook")


class _Extent:
    """How far a sheet's cells reach: a cell stands where its `r` says, without one behind the last (18.3.1.4)."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = 0

    @property
    def cells(self) -> int:
        """How many the reader makes room for."""
        return self.rows * self.columns

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        """Take an element in."""
        if name == "c" or name.endswith(":c"):
            place = _PLACE.fullmatch(attributes["r"]) if "r" in attributes else None
            if place is None:
                self._column += 1
                self.rows = max(self.rows, self._row)
            else:
                self._column = _column(place[1])
                self.rows = max(self.rows, int(place[2]))
            self.columns = max(self.columns, self._column)
        elif name == "row" or name.endswith(":row"):
            said = attributes.get("r", "")
            self._row, self._column = int(said) if _ROW.fullmatch(said) else self._row + 1, 0


@lru_cache(maxsize=2048)
def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def sheet_names(workbook: Workbook) -> list[str]:
    """Names of its sheets of cells, in order, those that are hidden too."""
    cells = python_calamine.SheetTypeEnum.WorkSheet
    return [each.name for each in workbook.sheets_metadata if each.typ == cells]


def sheet_rows(workbook: Workbook, name: str) -> Iterator[tuple[int, list[str]]]:
    """(row number as the spreadsheet counts, cells as text) of a sheet; column A is the first, empty or not.

    Raises ConversionError: there is no such sheet, or it can't be read.
    """
    try:
        sheet = workbook.get_sheet_by_name(name)
    except python_calamine.WorksheetNotFound:
        there = ", ".join(sheet_names(workbook))
        raise ConversionError(f"no sheet {name!r}; there are: {there}", place="table.sheet", code="sheet") from None
    except (python_calamine.CalamineError, ValueError) as error:
        raise ConversionError(f"the sheet can't be read: {error}", place=name, code="workbook") from error
    # The reader gives the empty rows above the first used cell, and leaves out the empty columns before it.
    before = [""] * (sheet.start or (0, 0))[1]
    for number, row in enumerate(sheet.iter_rows(), 1):
        yield number, before + [cell if type(cell) is str else text_of(cell) for cell in row]


def text_of(cell: object) -> str:
    """Write a cell as people see it: whole numbers without a point, dates in ISO 8601.

    A number from 10^15 on is written as Excel shows it, `1.23456789012346E+15`: not all of its digits are known.
    """
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int | float):
        if abs(cell) >= _EXACT:
            return f"{cell:.15G}"
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else ""
