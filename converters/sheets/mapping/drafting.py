"""A first mapping for a sheet, from its header and its first rows: to be read and edited, good enough to run."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

import yaml

from converters.frame import ConversionError
from converters.sheets import cells
from converters.sheets.mapping.columns import Kind
from converters.sheets.table import Form, columns_of, delimiter_of, encoding_of, head_text, rows, unnamed
from converters.values import tlp
from converters.values.observables import DETECTORS, detect
from converters.values.refang import refang

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOK_ROWS = 200
_HEADER_WITHIN = 20
_MOSTLY = 0.6
_ALL_KINDS = tuple(DETECTORS)
_TOGETHER = ({"ip", "domain", "url"}, {"hash"}, {"iban"}, {"wallet"}, {"email"}, {"telegram"})
_DATE_FORMATS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d"),
    *("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M", "%d/%m/%y %H:%M", "%m/%d/%y %H:%M", "%d.%m.%Y %H:%M"),
)
_WORDS = {"very high": 95, "high": 85, "medium": 50, "moderate": 50, "low": 15, "very low": 5, "none": 0}
_INTENT = re.compile(r"\bioc'?s?\b|indicator|malicious|\bc2\b|block", re.IGNORECASE)
_BY_NAME = (
    (Kind.MARKING, r"\btlp\b|marking|classification"),
    (Kind.CONFIDENCE, r"confidence"),
    (Kind.NOTE, r"note|comment|description|remark"),
    (Kind.REFERENCE, r"reference|\blink\b|\bsource\b|report(?!ed|_date| date)"),
    (Kind.LABEL, r"\btags?\b|\blabels?\b"),
    (Kind.MALWARE, r"malware|\bfamily\b"),
    (Kind.INTRUSION_SET, r"\bactor|\bapt\b|intrusion|adversary"),
    (Kind.CAMPAIGN, r"campaign"),
    (Kind.TOOL, r"\btools?\b"),
)
_DOTTED_NAME = re.compile(r"file|package|version|type|kind|path|pdb", re.IGNORECASE)
_UNTIL = re.compile(r"until|expir|valid to", re.IGNORECASE)
_CREATED = re.compile(r"created|added|published", re.IGNORECASE)


def draft(stream: BinaryIO) -> str:
    """Text of a mapping file for this table, its header found, its dates and values tried out.

    A column is an indicator only where its name says so (`IOC`, `Indicator`, …); values in any other were only seen.
    Raises ConversionError if no column could be understood.
    """
    encoding, fallback = encoding_of(stream, "auto")
    delimiter = delimiter_of(head_text(stream, encoding))
    look = [*islice(rows(stream, Form(encoding, delimiter, 1)), LOOK_ROWS + _HEADER_WITHIN)]
    stream.seek(0)
    first = [row for _, row in look]
    at = _header_at(first)
    names = columns_of(first[at]) if at is not None else unnamed(max(map(len, first), default=0))
    columns = _columns(names, first if at is None else first[at + 1 :])
    if not any(Kind(entry["kind"]).is_value or Kind(entry["kind"]).is_name for entry in columns.values()):
        there = ", ".join(names) or "none"
        raise ConversionError(f"no column was understood: write a mapping by hand. There are: {there}", code="columns")
    table = {
        "header_row": 0 if at is None else look[at][0],
        "encoding": encoding if fallback else "auto",
        "delimiter": "tab" if delimiter == "\t" else delimiter,
    }
    return _text(table, columns, [name for name in names if name not in columns])


def _header_at(first: list[list[str]]) -> int | None:
    """Index of the first row that is as wide as most and holds no value; None if values begin at once."""
    filled = [sum(1 for cell in row if cell.strip()) for row in first]
    usual = Counter(filled[_HEADER_WITHIN:] or filled).most_common(1)[0][0] if filled else 0
    for index, row in enumerate(first[:_HEADER_WITHIN]):
        if filled[index] >= usual * _MOSTLY:
            return None if any(_kind_of(cell) for cell in row if cell.strip()) else index
    return None


def _kind_of(cell: str) -> str | None:
    text = refang(cell)
    return next((kind for kind in DETECTORS if detect(text, (kind,))), None)


def _columns(names: list[str], body: list[list[str]]) -> dict[str, dict[str, Any]]:
    columns: dict[str, dict[str, Any]] = {}
    for index, name in enumerate(names):
        filled = [row[index].strip() for row in body if index < len(row) and row[index].strip()]
        entry = _entry(name, filled) if filled else None
        if entry is None or (
            Kind(entry["kind"]).is_date and entry["kind"] in {each["kind"] for each in columns.values()}
        ):
            continue  # a second date of one kind stays with the unmapped fields
        columns[name] = entry
    return columns


def _entry(name: str, filled: list[str]) -> dict[str, Any] | None:
    """Give what the column seems to be; None if nothing can be said."""
    words = name.replace("_", " ")
    formats = _date_formats(filled)
    if formats is not None:
        kind = Kind.VALID_UNTIL if _UNTIL.search(words) else Kind.CREATED if _CREATED.search(words) else Kind.VALID_FROM
        return {"kind": str(kind)} | ({"formats": formats} if formats else {})
    for kind, pattern in _BY_NAME:
        if re.search(pattern, words, re.IGNORECASE):
            return _named_entry(kind, filled)
    return _value_entry(words, filled)


def _named_entry(kind: Kind, filled: list[str]) -> dict[str, Any] | None:
    entry: dict[str, Any] = {"kind": str(kind)}
    if kind is Kind.CONFIDENCE:
        seen = {cell.lower() for cell in filled}
        entry["words"] = {word: value for word, value in _WORDS.items() if word in seen} or {"high": 85}
    elif kind is Kind.MARKING:
        return entry if sum(_is_level(cell) for cell in filled) >= len(filled) * _MOSTLY else None
    elif kind is Kind.LABEL:
        entry["split"] = ";" if any(";" in cell for cell in filled) else ","
    elif kind.is_name:
        entry["fold_case"] = True
    return entry


def _is_level(cell: str) -> bool:
    try:
        tlp.level(cell)
    except ValueError:
        return False
    return True


def _value_entry(words: str, filled: list[str]) -> dict[str, Any] | None:
    split, kinds = "", Counter(map(_kind_of, filled))
    for separator in (";", ","):
        parts = [part for cell in filled for part in cell.split(separator) if part.strip()]
        found = Counter(map(_kind_of, parts))
        if found[None] < kinds[None]:
            split, kinds = separator, found
    if kinds[None] > sum(kinds.values()) * (1 - _MOSTLY):
        return None
    seen = {kind for kind in kinds if kind is not None}
    if seen == {"domain"} and _DOTTED_NAME.search(words):
        return None  # `setup.exe` and `com.android.chrome` have the form of a domain
    detect_kinds = next((together for together in _TOGETHER if seen <= together), set(_ALL_KINDS))
    entry: dict[str, Any] = {"kind": str(Kind.INDICATOR if _INTENT.search(words) else Kind.OBSERVABLE)}
    entry["detect"] = [kind for kind in _ALL_KINDS if kind in detect_kinds]
    return entry | ({"split": split} if split else {}) | {"refang": True}


def _date_formats(filled: list[str]) -> list[str] | None:
    """Give formats with which most cells are dates, the fewest that do; None if they are none.

    Between day and month first the cells decide; where both fit all of them, the day comes first.
    """
    chosen: list[str] = []
    left = [cell for cell in filled if not _is_date(cell, ())]
    while left:
        score = {form: sum(_is_date(cell, (form,)) for cell in left) for form in _DATE_FORMATS}
        best = max(_DATE_FORMATS, key=lambda form: score[form])
        if score[best] == 0:
            break
        chosen.append(best)
        left = [cell for cell in left if not _is_date(cell, (best,))]
    return chosen if len(left) <= len(filled) * (1 - _MOSTLY) else None


def _is_date(cell: str, formats: tuple[str, ...]) -> bool:
    try:
        cells.instant(cell, formats)
    except (ValueError, OverflowError):
        return False
    return True


def _text(table: dict[str, Any], columns: dict[str, dict[str, Any]], unmapped: Iterable[str]) -> str:
    lines = [
        "# A first mapping, drafted from the header and the first rows. Read it, edit it, then: hub mapping check",
        "# observable: was seen. indicator: the source wants it detected. Dates: day before month where both fit.",
        "version: 1",
        f"table: {_flow(table)}",
        "columns:",
        *(f"  {_flow(name)}: {_flow(entry)}" for name, entry in columns.items()),
        *(f"  # not mapped, kept as it is: {' '.join(name.split())}" for name in unmapped),
        "unmapped: keep        # keep (in an extension) | warn | error",
    ]
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=10_000, allow_unicode=True, sort_keys=False)
    return text.removesuffix("\n...\n").strip()
