"""The mapping file: what each column of a sheet means (version 1, YAML).

version: 1
table: {sheet: IOCs, header_row: 3, skip_if: "Date seen == 'Total'", empty: ["N/A"], comment: "#", encoding: auto}
columns:
  Indicator:   {kind: indicator, detect: [ip, domain, url], split: ";", scheme: http}
  "Date seen": {kind: valid_from, formats: ["%d/%m/%Y"]}
  Actor:       {kind: intrusion-set, link: attributed-to, fold_case: true}
  Malware:     {kind: malware, link: indicates, is_family: true}
  Confidence:  {kind: confidence, words: {high: 85, medium: 50, low: 15}}
  TLP:         {kind: marking, floor: amber}
  Notes:       {kind: note}
unmapped: keep        # keep | warn | error
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

import yaml

from converters.frame import ConversionError
from converters.sheets.mapping.columns import Column, Condition, Kind, SheetMapping, Unmapped
from converters.values import tlp
from converters.values.observables import DETECTORS
from stix_models.markings import Level

MAX_MAPPING_CHARS = 100_000

Word = TypeVar("Word", bound=StrEnum)


def parse(text: str) -> SheetMapping:
    """Read a mapping file.

    Raises:
        ConversionError: code `mapping`; its text names every mistake, one a line, each with its place.

    """
    if len(text) > MAX_MAPPING_CHARS:
        raise ConversionError(f"longer than {MAX_MAPPING_CHARS} characters", place="mapping", code="mapping")
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise ConversionError(f"the mapping is no YAML: {error}", code="mapping") from error
    reader = _Reader()
    mapping = reader.document(document)
    if reader.mistakes:
        raise ConversionError("the mapping is wrong:\n  " + "\n  ".join(reader.mistakes), code="mapping")
    return mapping


_CONDITION = re.compile(r"""\s*(?P<column>.+?)\s*(?P<sign>==|!=)\s*(?:'(?P<one>[^']*)'|"(?P<two>[^"]*)")\s*""")
_VERB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TABLE_KEYS = frozenset({"sheet", "header_row", "skip_if", "encoding", "delimiter", "empty", "comment"})
_KEYS_OF_KIND = {
    **dict.fromkeys((Kind.OBSERVABLE, Kind.INDICATOR), frozenset({"detect", "split", "refang", "scheme", "optional"})),
    **dict.fromkeys((Kind.VALID_FROM, Kind.VALID_UNTIL, Kind.CREATED), frozenset({"formats"})),
    **dict.fromkeys((kind for kind in Kind if kind.is_name), frozenset({"link", "of", "fold_case", "split"})),
    Kind.MALWARE: frozenset({"link", "of", "fold_case", "split", "is_family"}),
    Kind.LABEL: frozenset({"split"}),
    Kind.CONFIDENCE: frozenset({"words"}),
    Kind.MARKING: frozenset({"floor"}),
}


class _Reader:
    """Reads a mapping and collects every mistake, so that one run tells them all."""

    def __init__(self) -> None:
        self.mistakes: list[str] = []

    def document(self, value: Any) -> SheetMapping:
        document = self._dict(value, "mapping", frozenset({"version", "table", "columns", "unmapped"}))
        if document.get("version", 1) != 1:
            self._wrong("version", "only 1 is known", document["version"])
        table = self._dict(document.get("table") or {}, "table", _TABLE_KEYS)
        columns = document.get("columns")
        if not isinstance(columns, dict) or not columns:
            self._wrong("columns", "name at least one column", columns)
            columns = {}
        read = tuple(column for name, entry in columns.items() if (column := self._column(str(name), entry)))
        self._check_links(read)
        return SheetMapping(
            columns=read,
            header_row=self._number(table.get("header_row", 1), "table.header_row", 0, 1000),
            skip_if=self._conditions(table.get("skip_if")),
            encoding=self._text(table.get("encoding", "auto"), "table.encoding"),
            delimiter=self._delimiter(table.get("delimiter", "auto")),
            sheet=self._text(table["sheet"], "table.sheet") if "sheet" in table else "",
            empty=frozenset(text.casefold() for text in self._texts(table["empty"], "table.empty"))
            if "empty" in table
            else frozenset(),
            comment=self._text(table["comment"], "table.comment") if "comment" in table else "",
            unmapped=self._one_of(Unmapped, document.get("unmapped", "keep"), "unmapped") or Unmapped.KEEP,
        )

    def _column(self, name: str, value: Any) -> Column | None:
        place = f"columns.{name}"
        if not isinstance(value, dict):
            self._wrong(place, "write {kind: …}", value)
            return None
        kind = self._one_of(Kind, value.get("kind"), f"{place}.kind")
        if kind is None:
            return None
        self._dict(value, place, _KEYS_OF_KIND.get(kind, frozenset()) | {"kind"})
        readers: dict[str, Callable[[Any, str], Any]] = {
            "detect": self._detect,
            "split": self._text,
            "refang": self._flag,
            "formats": self._texts,
            "words": self._words,
            "link": self._verb,
            "of": self._text,
            "fold_case": self._flag,
            "is_family": self._flag,
            "floor": self._level,
            "scheme": self._verb,
            "optional": self._flag,
        }
        given = {key: read(value[key], f"{place}.{key}") for key, read in readers.items() if key in value}
        return Column(name=name, kind=kind, **given)

    def _check_links(self, columns: tuple[Column, ...]) -> None:
        named = {column.name for column in columns if column.kind.is_name}
        for column in columns:
            if column.of and (column.of not in named or column.of == column.name):
                self._wrong(
                    f"columns.{column.name}.of", "name another column of this mapping that names things", column.of
                )

    def _wrong(self, place: str, message: str, value: Any) -> None:
        self.mistakes.append(f"{place}: {message} (here: {reprlib.repr(value)})")

    def _dict(self, value: Any, place: str, known: frozenset[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._wrong(place, "write names and values", value)
            return {}
        for key in value:
            if key not in known:
                self._wrong(place, f"unknown name; known are {', '.join(sorted(known))}", key)
        return value

    def _one_of(self, words: type[Word], value: Any, place: str) -> Word | None:
        try:
            return words(value)
        except ValueError:
            self._wrong(place, f"one of {', '.join(words)}", value)
            return None

    def _number(self, value: Any, place: str, low: int, high: int) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self._wrong(place, f"a number {low} to {high}", value)
        return low

    def _text(self, value: Any, place: str) -> str:
        if not isinstance(value, str) or not value:
            self._wrong(place, "a text", value)
            return ""
        return value

    def _texts(self, value: Any, place: str) -> tuple[str, ...]:
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not values:
            self._wrong(place, "a list of texts", value)
            return ()
        return tuple(self._text(each, place) for each in values)

    def _flag(self, value: Any, place: str) -> bool:
        if not isinstance(value, bool):
            self._wrong(place, "true or false", value)
        return bool(value)

    def _detect(self, value: Any, place: str) -> tuple[str, ...]:
        kinds = self._texts(value, place)
        for kind in kinds:
            if kind not in DETECTORS:
                self._wrong(place, f"known are {', '.join(DETECTORS)}", kind)
        return tuple(kind for kind in DETECTORS if kind in kinds)

    def _words(self, value: Any, place: str) -> dict[str, int]:
        if not isinstance(value, dict):
            self._wrong(place, "words with their numbers 0 to 100", value)
            return {}
        return {str(word).lower(): self._number(number, f"{place}.{word}", 0, 100) for word, number in value.items()}

    def _verb(self, value: Any, place: str) -> str:
        if not isinstance(value, str) or not _VERB.fullmatch(value):
            self._wrong(place, "a word in small letters and hyphens", value)
            return ""
        return value

    def _level(self, value: Any, place: str) -> Level:
        try:
            return tlp.level(str(value))
        except ValueError as error:
            self._wrong(place, str(error), value)
            return Level.RED

    def _delimiter(self, value: Any) -> str:
        if value in ("auto", "tab") or (isinstance(value, str) and len(value) == 1 and value not in '"\r\n'):
            return "\t" if value == "tab" else value
        self._wrong("table.delimiter", "auto, tab or one character", value)
        return "auto"

    def _conditions(self, value: Any) -> tuple[Condition, ...]:
        conditions = []
        for text in self._texts(value, "table.skip_if") if value is not None else ():
            found = _CONDITION.fullmatch(text)
            if found is None:
                self._wrong("table.skip_if", "write COLUMN == 'text' or COLUMN != 'text'", text)
                continue
            wanted = found["two"] if found["one"] is None else found["one"]
            conditions.append(Condition(found["column"].strip("'\"`"), found["sign"] == "==", wanted))
        return tuple(conditions)
