"""What each column of a sheet means, and what stands around it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from converters.values.observables import DETECTORS
from stix_models.markings import Level


class Kind(StrEnum):
    """What the cells of a column are. An observable was seen; that it is an indicator, the sheet must say."""

    OBSERVABLE = "observable"
    INDICATOR = "indicator"
    VALID_FROM = "valid_from"
    VALID_UNTIL = "valid_until"
    CREATED = "created"
    CONFIDENCE = "confidence"
    MARKING = "marking"
    NOTE = "note"
    DESCRIPTION = "description"
    LABEL = "label"
    REFERENCE = "reference"
    INTRUSION_SET = "intrusion-set"
    MALWARE = "malware"
    TOOL = "tool"
    CAMPAIGN = "campaign"
    THREAT_ACTOR = "threat-actor"
    IDENTITY = "identity"
    IGNORE = "ignore"

    @property
    def is_value(self) -> bool:
        """Whether its cells are what the row is about."""
        return self in (Kind.OBSERVABLE, Kind.INDICATOR)

    @property
    def is_name(self) -> bool:
        """Whether its cells name something that other rows may name too."""
        return self in _NAMES

    @property
    def is_date(self) -> bool:
        """Whether its cells are dates."""
        return self in (Kind.VALID_FROM, Kind.VALID_UNTIL, Kind.CREATED)


_NAMES = frozenset({Kind.INTRUSION_SET, Kind.MALWARE, Kind.TOOL, Kind.CAMPAIGN, Kind.THREAT_ACTOR, Kind.IDENTITY})


class Unmapped(StrEnum):
    """What becomes of cells that the mapping does not mention."""

    KEEP = "keep"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the mapping.

    detect: kinds of values it may hold. split: what separates several in one cell, "" if never.
    formats: of dates, as strptime has them. words: confidence words, lower case, to 0..100.
    link: verb from the row's values (or from what column `of` names) to what this column names.
    floor: a row is never marked below it. scheme: of URLs that are written without one, "" if there are none.
    optional: a row that has none of its values can still be about what it names.
    """

    name: str
    kind: Kind
    detect: tuple[str, ...] = tuple(DETECTORS)
    split: str = ""
    refang: bool = True
    formats: tuple[str, ...] = ()
    words: Mapping[str, int] = field(default_factory=dict, hash=False)
    link: str = "indicates"
    of: str = ""
    fold_case: bool = False
    is_family: bool = True
    floor: Level = Level.CLEAR
    scheme: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """A row is skipped where the column equals (or not) the text."""

    column: str
    equal: bool
    text: str


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """A mapping file, checked.

    header_row: from 1, 0 for a sheet without a header. sheet: of a workbook, "" for the one that fits best.
    empty: words, in small letters, that stand in cells that say nothing. comment: what begins a row that is none.
    """

    columns: tuple[Column, ...]
    header_row: int = 1
    skip_if: tuple[Condition, ...] = ()
    encoding: str = "auto"
    delimiter: str = "auto"
    sheet: str = ""
    empty: frozenset[str] = frozenset()
    comment: str = ""
    unmapped: Unmapped = Unmapped.KEEP
