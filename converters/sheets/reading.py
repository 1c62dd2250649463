"""One row under a mapping, read: what each cell says, and what is wrong with it. Nothing is built here yet."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from converters.frame import SHOWN_CHARS, Action, Finding
from converters.sheets import cells
from converters.sheets.mapping.columns import Column, Kind, SheetMapping, Unmapped
from converters.values import tlp
from converters.values.observables import RUINED, RUINED_WORDS, SCHEMELESS, Observable, detect, why_not
from converters.values.refang import refang
from stix_models.markings import Level

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


@dataclass(slots=True)
class Reading:
    """What a row says, filled cell by cell.

    values: (kind of the column, observable) in the order of the columns. names: (column, name as written).
    rest: (column, cell) of what no property takes, in order.
    raw: (column, cell) of values and names. level: the strictest that applies.
    """

    number: int
    level: Level
    values: list[tuple[Kind, Observable]] = field(default_factory=list)
    names: list[tuple[Column, str]] = field(default_factory=list)
    dates: dict[Kind, datetime] = field(default_factory=dict)
    confidence: int | None = None
    notes: list[str] = field(default_factory=list)
    descriptions: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    references: list[tuple[str, str]] = field(default_factory=list)
    rest: list[tuple[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    raw: list[tuple[str, str]] = field(default_factory=list)
    unit: str = "row"

    @property
    def locator(self) -> str:
        """Where the row stands, as a spreadsheet or an editor numbers it."""
        return f"{self.unit} {self.number}"

    @property
    def has_indicator(self) -> bool:
        """Whether the row says of any of its values that it is to be detected."""
        return any(kind is Kind.INDICATOR for kind, _ in self.values)

    def find(self, name: str, value: str, code: str, message: str, action: Action) -> None:
        """Add a finding about one cell."""
        self.findings.append(Finding(self.number, self.locator, name, value[:SHOWN_CHARS], code, message, action))


class RowReader:
    """Reads the rows of one sheet: knows which cell belongs to which column of the mapping."""

    def __init__(self, mapping: SheetMapping, header: list[str], level: Level, unit: str = "row") -> None:
        self.header = header
        self.unit = unit
        self._width = len(header)  # JSON lines may name more columns later
        place = {name.casefold(): index for index, name in reversed(list(enumerate(header)))}
        found = [(place.get(" ".join(column.name.split()).casefold()), column) for column in mapping.columns]
        self.columns = [(index, column) for index, column in found if index is not None]
        self.missing = [column.name for index, column in found if index is None]
        mapped = {index for index, _ in self.columns}
        self.unmapped = [(index, name) for index, name in enumerate(header) if index not in mapped]
        self._mapping = mapping
        self._level = max([level, *(column.floor for _, column in self.columns)], key=lambda each: each.rank)
        self._conditions = [
            (place[" ".join(each.column.split()).casefold()], each)
            for each in mapping.skip_if
            if " ".join(each.column.split()).casefold() in place
        ]
        self.needs_value = any(column.kind.is_value and not column.optional for _, column in self.columns)
        self.has_date = any(column.kind in (Kind.VALID_FROM, Kind.CREATED) for _, column in self.columns)

    def skip_reason(self, row: list[str]) -> str | None:
        """Why the row holds nothing to convert: `blank`, `comment` or `skip_if`; None if it may hold something."""
        if not any(cell and not cell.isspace() for cell in row):
            return "blank"
        if self._mapping.comment and row[0].lstrip().startswith(self._mapping.comment):
            return "comment"
        for index, condition in self._conditions:
            cell = row[index].strip() if index < len(row) else ""
            if (cell == condition.text) is condition.equal:
                return "skip_if"
        return None

    def read(self, number: int, row: list[str]) -> Reading:
        """Read the row; every cell ends in a field of the reading, in `rest` or in a finding."""
        reading = Reading(number, self._level, unit=self.unit)
        row = [cell.strip() for cell in row]
        if self._mapping.empty:
            row = ["" if cell.casefold() in self._mapping.empty else cell for cell in row]
        if not all(cell.isascii() for cell in row):
            row = self._texts(reading, row)
        for index, column in self.columns:
            if index < len(row) and row[index]:
                _READ[column.kind](reading, column, row[index])
                if column.kind.is_value or column.kind.is_name:
                    reading.raw.append((column.name, row[index]))
        if self._mapping.unmapped is Unmapped.KEEP:
            reading.rest += [(name, row[index]) for index, name in self.unmapped if index < len(row) and row[index]]
        # Cells beyond the header have no column that a mapping could mention: they are kept whatever it says.
        extra = enumerate(row[self._width :], self._width)
        reading.rest += [(self._name(index), cell) for index, cell in extra if cell]
        self._report_ruined(reading, row)
        if self.needs_value and not reading.values and not any(_is_about_value(each) for each in reading.findings):
            name = next(column.name for _, column in self.columns if column.kind.is_value)
            reading.find(name, "", "empty", "the cell is empty", Action.LEFT_OUT)
        return reading

    def _name(self, index: int) -> str:
        return self.header[index] if index < len(self.header) else f"column {index + 1}"

    def _report_ruined(self, reading: Reading, row: list[str]) -> None:
        """Tell of long numbers of which a spreadsheet has kept the first digits only; values tell it themselves."""
        told = {finding.field for finding in reading.findings}
        for index, cell in enumerate(row):
            if "E+" in cell and RUINED.fullmatch(cell) and self._name(index) not in told:
                reading.find(self._name(index), cell, *RUINED_WORDS, Action.ADJUSTED)

    def _texts(self, reading: Reading, row: list[str]) -> list[str]:
        """Give the cells in NFC; one with a byte that the encoding has not is left out."""
        texts = []
        for index, cell in enumerate(row):
            name = self._name(index)
            try:
                cell.encode()
            except UnicodeEncodeError:
                shown = cell.encode("ascii", "backslashreplace").decode()
                message = "a byte that the encoding has not; name the encoding in the mapping's table"
                reading.find(name, shown, "encoding", message, Action.LEFT_OUT)
                texts.append("")
            else:
                texts.append(unicodedata.normalize("NFC", cell))
        return texts


def _is_about_value(finding: Finding) -> bool:
    return finding.code not in ("date", "confidence", "marking")


def _read_value(reading: Reading, column: Column, cell: str) -> None:
    kept = False
    for part in cell.split(column.split) if column.split else [cell]:
        text = refang(part) if column.refang else part.strip()
        found = detect(text, column.detect) if text else None
        if found is None and column.scheme and SCHEMELESS.fullmatch(text):
            found = detect(f"{column.scheme}://{text}", ("url",))
            kept = kept or found is not None
        if found is not None:
            reading.values.append((column.kind, found))
            kept = kept or bool(found.rest)
        elif text:
            code, message = why_not(text, column.detect)
            reading.find(column.name, part.strip(), code, message, Action.LEFT_OUT)
    if kept:
        reading.rest.append((column.name, cell))


def _read_date(reading: Reading, column: Column, cell: str) -> None:
    try:
        reading.dates[column.kind] = cells.instant(cell, column.formats)
    except (ValueError, OverflowError) as error:
        reading.find(column.name, cell, "date", str(error), Action.LEFT_OUT)


def _read_confidence(reading: Reading, column: Column, cell: str) -> None:
    try:
        reading.confidence = cells.confidence(cell, column.words)
    except ValueError as error:
        reading.find(column.name, cell, "confidence", str(error), Action.LEFT_OUT)


def _read_marking(reading: Reading, column: Column, cell: str) -> None:
    try:
        level = tlp.level(cell)
    except ValueError as error:
        reading.find(column.name, cell, "marking", f"{error}; the row is marked red", Action.ADJUSTED)
        level = Level.RED
    reading.level = max(reading.level, level, key=lambda each: each.rank)


def _read_name(reading: Reading, column: Column, cell: str) -> None:
    for part in cell.split(column.split) if column.split else [cell]:
        if part.strip():
            reading.names.append((column, part.strip()))


def _read_label(reading: Reading, column: Column, cell: str) -> None:
    reading.labels += [part.strip() for part in (cell.split(column.split) if column.split else [cell]) if part.strip()]


_READ: dict[Kind, Callable[[Reading, Column, str], None]] = {
    **dict.fromkeys((kind for kind in Kind if kind.is_value), _read_value),
    **dict.fromkeys((kind for kind in Kind if kind.is_date), _read_date),
    **dict.fromkeys((kind for kind in Kind if kind.is_name), _read_name),
    Kind.CONFIDENCE: _read_confidence,
    Kind.MARKING: _read_marking,
    Kind.LABEL: _read_label,
    Kind.NOTE: lambda reading, _, cell: reading.notes.append(cell),
    Kind.DESCRIPTION: lambda reading, _, cell: reading.descriptions.append(cell),
    Kind.REFERENCE: lambda reading, column, cell: reading.references.append((column.name, cell)),
    Kind.IGNORE: lambda *_: None,
}
