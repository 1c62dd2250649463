"""What one column seems to be, by its name and its cells."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from converters.sheets import cells
from converters.sheets.mapping.columns import Kind
from converters.values import tlp
from converters.values.observables import DETECTORS, SCHEMELESS, detect
from converters.values.refang import refang

_MOSTLY = 0.6
_ALL_KINDS = tuple(DETECTORS)
_TOGETHER = ({"ip", "domain", "url"}, {"hash"}, {"iban"}, {"wallet"}, {"email"}, {"telegram"})
_DATE_FORMATS = (
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d"),
    *("%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d.%m.%Y %H:%M:%S"),
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
_SEPARATORS = (";", ",", "\n", "|")
_DOTTED_NAME = re.compile(r"file|package|version|type|kind|path|pdb", re.IGNORECASE)
_TIME = re.compile(r"time|date|seen|created|first|last", re.IGNORECASE)
_SECONDS = re.compile(r"[12]\d{9}(?:\.\d+)?")
_UNTIL = re.compile(r"until|expir|valid to", re.IGNORECASE)
_CREATED = re.compile(r"created|added|published", re.IGNORECASE)


def kind_of(cell: str) -> str | None:
    """Give the kind of value that a cell holds, if it holds one."""
    text = refang(cell)
    return next((kind for kind in DETECTORS if detect(text, (kind,))), None)


def sense(name: str, filled: list[str]) -> dict[str, Any] | None:
    """Give what the column seems to be; None if nothing can be said."""
    words = name.replace("_", " ")
    formats = _date_formats(filled)
    if formats is None and _TIME.search(words) and all(map(_SECONDS.fullmatch, filled)):
        formats = [cells.UNIX]
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
    split, kinds = "", Counter(map(kind_of, filled))
    for separator in _SEPARATORS:
        parts = [part for cell in filled for part in cell.split(separator) if part.strip()]
        found = Counter(map(kind_of, parts))
        if found[None] < kinds[None]:
            split, kinds = separator, found
    without = [cell for cell in filled if not kind_of(cell) and SCHEMELESS.fullmatch(refang(cell))]
    if kinds[None] - len(without) > sum(kinds.values()) * (1 - _MOSTLY):
        return None
    if without:
        kinds["url"] += len(without)
    seen = {kind for kind in kinds if kind is not None}
    if seen == {"domain"} and _DOTTED_NAME.search(words):
        return None  # `setup.exe` and `com.android.chrome` have the form of a domain
    detect_kinds = next((together for together in _TOGETHER if seen <= together), set(_ALL_KINDS))
    entry: dict[str, Any] = {"kind": str(Kind.INDICATOR if _INTENT.search(words) else Kind.OBSERVABLE)}
    entry["detect"] = [kind for kind in _ALL_KINDS if kind in detect_kinds]
    return entry | ({"split": split} if split else {}) | ({"scheme": "http"} if without else {}) | {"refang": True}


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
