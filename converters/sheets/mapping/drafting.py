"""A first mapping for a sheet, from its header and its first rows: to be read and edited, good enough to run."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, BinaryIO

import yaml

from converters.frame import ConversionError
from converters.sheets.mapping.columns import Kind
from converters.sheets.mapping.sensing import kind_of, sense
from converters.sheets.sources import Look, Rows, looks
from converters.sheets.table import columns_of, unnamed

LOOK_ROWS = 200
_HEADER_WITHIN = 20
_MOSTLY = 0.6
_VALUE_SCORE = 100
"""What a cell with a value counts against one with a name, when the sheet of a workbook is chosen."""
_SOMEBODY = re.compile(r"\bname$|^source$|^target$|caption|alias|entity|company|person", re.IGNORECASE)
_KEY = re.compile(r"(?:^|[ _.-])(?:id|uuid|guid)$", re.IGNORECASE)
_NOTHING = frozenset({"n/a", "none", "null", "nan", "-", "--"})
_TOTAL = re.compile(r"(?:grand |sub)?-?\s*totals?:?|sum:?|summe:?|gesamt:?", re.IGNORECASE)
_COMMENT = "#"


@dataclass(frozen=True, slots=True)
class _Draft:
    """A mapping drafted for one table. score: how many cells of the look hold values; unmapped: other columns."""

    table: dict[str, Any]
    columns: dict[str, dict[str, Any]]
    unmapped: list[str]
    score: int


def draft(stream: BinaryIO, *, sheet: str = "", names: bool = True) -> str:
    """Text of a mapping file for this table, its header found, its dates and values tried out.

    sheet: of a workbook; "" takes the one with most values. A column is an indicator only where its name says so
    (`IOC`, `Indicator`, …); values in any other were only seen. Where no column holds values, those that name
    somebody do, if names is set: people are not made objects without somebody having read the mapping.
    Raises ConversionError if no column could be understood, or there is no such sheet.
    """
    drafts = [_drafted(look, with_names=names) for look in looks(stream)]
    stream.seek(0)
    wanted = [each for each in drafts if sheet in ("", each.table.get("sheet"))]
    if not wanted and drafts:
        there = ", ".join(each.table["sheet"] for each in drafts if "sheet" in each.table)
        known = f"there are: {there}" if there else "the file is no workbook"
        raise ConversionError(f"no sheet {sheet!r}; {known}", code="sheet")
    best = max(wanted, key=lambda each: each.score, default=None)
    if best is None or not best.score:
        there = ", ".join(name for each in wanted for name in (*each.columns, *each.unmapped)) or "none"
        raise ConversionError(f"no column was understood: write a mapping by hand. There are: {there}", code="columns")
    others = [each.table["sheet"] for each in drafts if each is not best and "sheet" in each.table]
    return _text(best, others)


def _drafted(look: Look, *, with_names: bool) -> _Draft:
    found = [*islice(((number, row) for number, row in look.rows if isinstance(row, list)), LOOK_ROWS + _HEADER_WITHIN)]
    first, at = [row for _, row in found], None
    table: dict[str, Any] = dict(look.table)
    if look.header is None:
        at = _header_at(first)
        table = {"header_row": 0 if at is None else found[at][0], **table}
        names = columns_of(first[at]) if at is not None else unnamed(max(map(len, first), default=0))
    else:
        names = look.header
    body = [row for row in first[0 if at is None else at + 1 :] if any(row)]
    comments = [row for row in first if row and row[0].lstrip().startswith(_COMMENT)]
    totals = _totals(body, look.rows)
    if comments:
        table["comment"] = _COMMENT
    body = [row for row in body if row not in comments and row[0].strip() not in totals]
    if totals and names:
        table["skip_if"] = [f"{names[0]} == '{word}'" for word in totals]
    empty = sorted({cell.strip() for row in body for cell in row if cell.strip().casefold() in _NOTHING})
    if empty:
        table["empty"] = empty
        body = [["" if cell.strip().casefold() in _NOTHING else cell for cell in row] for row in body]
    columns, score = _columns(names, body, with_names=with_names)
    return _Draft(table, columns, [name for name in names if name not in columns], score)


def _totals(body: list[list[str]], rest: Rows) -> list[str]:
    """Words in the first column of rows that sum up and tell of nothing themselves; they stand at the end."""
    after = (row for _, row in rest if isinstance(row, list))
    found = dict.fromkeys(row[0].strip() for row in chain(body, after) if row and _TOTAL.fullmatch(row[0].strip()))
    return [word for word in found if "'" not in word]


def _header_at(first: list[list[str]]) -> int | None:
    """Index of the first row that is as wide as most and holds no value; None if values begin at once."""
    filled = [sum(1 for cell in row if cell.strip()) for row in first]
    usual = Counter(filled[_HEADER_WITHIN:] or filled).most_common(1)[0][0] if filled else 0
    for index, row in enumerate(first[:_HEADER_WITHIN]):
        if filled[index] >= usual * _MOSTLY:
            return None if any(kind_of(cell) for cell in row if cell.strip()) else index
    return None


def _columns(names: list[str], body: list[list[str]], *, with_names: bool) -> tuple[dict[str, dict[str, Any]], int]:
    """(columns that are understood, cells in those that hold values, or a hundredth of those that hold names)."""
    columns: dict[str, dict[str, Any]] = {}
    filled = {name: _filled(body, index) for index, name in enumerate(names)}
    keys = {cell for name in names if _KEY.search(name) for cell in filled[name]}
    for name in names:
        entry = sense(name, filled[name]) if filled[name] and not _KEY.search(name) else None
        if entry is None or (Kind(entry["kind"]).is_date and entry["kind"] in _kinds(columns)):
            continue  # a second date of one kind stays with the unmapped fields
        if Kind(entry["kind"]).is_value and keys.issuperset(filled[name]):
            continue  # it names other records
        columns[name] = entry
    values = [name for name, entry in columns.items() if Kind(entry["kind"]).is_value]
    about = sum(any(names.index(name) < len(row) and row[names.index(name)].strip() for name in values) for row in body)
    if about < len(body) * _MOSTLY:
        for name in values:
            columns[name]["optional"] = True
        somebody = [name for name in names if with_names and filled[name] and _SOMEBODY.search(name)]
        columns |= {name: {"kind": "identity"} for name in somebody}
    score = sum(_VALUE_SCORE * len(filled[name]) for name in values)
    score += sum(len(filled[name]) for name, entry in columns.items() if Kind(entry["kind"]).is_name)
    return columns, score


def _kinds(columns: dict[str, dict[str, Any]]) -> set[str]:
    return {entry["kind"] for entry in columns.values()}


def _filled(body: list[list[str]], index: int) -> list[str]:
    return [row[index].strip() for row in body if index < len(row) and row[index].strip()]


def _text(draft_: _Draft, others: list[str]) -> str:
    lines = [
        "# A first mapping, drafted from the header and the first rows. Read it, edit it, then: hub mapping check",
        "# observable: was seen. indicator: the source wants it detected. Dates: day before month where both fit.",
        *(f"# not read: sheet {' '.join(name.split())}" for name in others),
        "version: 1",
        f"table: {_flow(draft_.table)}",
        "columns:",
        *(f"  {_flow(name)}: {_flow(entry)}" for name, entry in draft_.columns.items()),
        *(f"  # not mapped, kept as it is: {' '.join(name.split())}" for name in draft_.unmapped),
        "unmapped: keep        # keep (in an extension) | warn | error",
    ]
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, allow_unicode=True, sort_keys=False)
    return text.removesuffix("\n...\n").strip()
