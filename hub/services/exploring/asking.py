"""The language of the search box: words, "phrases", values in any spelling, ids, and filters `name:value`.

What is no filter is a word; a filter that can't be understood is named, and the rest is searched all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches

from converters.values import tlp
from converters.values.observables import DETECTORS, detect
from converters.values.refang import refang
from hub.errors import Finding, InvalidInputError, TooLargeError
from hub.store.query import Match, Term
from stix_models.ids import SCO_TYPES, is_stix_id
from stix_models.markings import Level
from stix_models.timestamps import micros_of

MAX_QUERY_CHARS = 4_000
MOST_TERMS = 20
MOST_LINES = 200
"""How long a question, and a list of values, may be."""

FILTERS = ("type", "tlp", "source", "seen")
TYPES = SCO_TYPES | {
    "attack-pattern",
    "campaign",
    "course-of-action",
    "grouping",
    "identity",
    "indicator",
    "infrastructure",
    "intrusion-set",
    "language-content",
    "location",
    "malware",
    "malware-analysis",
    "marking-definition",
    "note",
    "observed-data",
    "opinion",
    "relationship",
    "report",
    "sighting",
    "threat-actor",
    "tool",
    "vulnerability",
}
"""The types of STIX 2.1; a hub may hold others."""

_PART = re.compile(
    r"(?:(?P<filter>(?i:type|tlp|source|seen)):\s*|(?P<name>[A-Za-z]{2,12}):)?"
    r'(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]\S*))'
)
_LOOKS_LIKE_FILTER = re.compile(r"[A-Za-z]{2,12}:(?![/:])[^:]*")
"""What is neither a URL nor a list of bytes."""

_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_KINDS = tuple(kind for kind in DETECTORS if kind != "telegram")
_FIRST, _LAST = 0, 2**62


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, understood. sources: as written, to be looked up; wrong: filters that were left out, and why.

    whole: the words and values as one text, in their live spelling.
    """

    terms: tuple[Term, ...] = ()
    whole: str = ""
    types: frozenset[str] | None = None
    levels: frozenset[Level] | None = None
    sources: tuple[str, ...] = ()
    seen: tuple[tuple[int, int], ...] | None = None
    wrong: tuple[Finding, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is asked for."""
        return not any((self.terms, self.sources, self.types, self.levels, self.seen))


@dataclass(slots=True)
class _Reading:
    """A question half read."""

    terms: list[Term] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    types: set[str] = field(default_factory=set)
    levels: set[Level] = field(default_factory=set)
    sources: list[str] = field(default_factory=list)
    seen: list[tuple[int, int]] = field(default_factory=list)
    wrong: list[Finding] = field(default_factory=list)

    def filter(self, name: str, value: str) -> None:
        """Take in `name:value`; several of a name are alternatives."""
        try:
            match name:
                case "type":
                    self.types.update(_type(each) for each in _listed(value))
                case "tlp":
                    self.levels.update(tlp.level(each) for each in _listed(value))
                case "seen":
                    self.seen.extend(_span(each) for each in _listed(value))
                case _:
                    self.sources.append(value)
        except ValueError as error:
            self.wrong.append(Finding(name, str(error), value))

    def word(self, text: str, *, quoted: bool) -> None:
        """Take in a word, a phrase, a value or an id."""
        live = refang(text)
        if is_stix_id(live):
            self.terms.append(Term(Match.ID, live))
            return
        if not any(character.isalnum() for character in live):
            self.wrong.append(Finding("", "there is no letter and no digit in it", text))
            return
        value = detect(live, _KINDS)
        if value is not None and not value.rest:
            live = value.text
        self.terms.append(Term(Match.PHRASE if quoted or value is not None else Match.WORDS, live))
        self.texts.append(live)


def understand(text: str) -> Asked:
    """Read a question. Raises: TooLargeError: it is longer than MAX_QUERY_CHARS."""
    if len(text) > MAX_QUERY_CHARS:
        raise TooLargeError(f"{len(text)} characters: a question has {MAX_QUERY_CHARS} at most")
    found = _Reading()
    for number, part in enumerate(_PART.finditer(text)):
        if number >= MOST_TERMS:
            found.wrong.append(Finding("", f"only the first {MOST_TERMS} words and filters are searched"))
            break
        _take(found, part)
    return Asked(
        tuple(found.terms),
        " ".join(found.texts),
        frozenset(found.types) or None,
        frozenset(found.levels) or None,
        tuple(found.sources),
        tuple(found.seen) or None,
        tuple(found.wrong),
    )


def lines_of(text: str) -> tuple[str, ...]:
    """Give the values of a pasted list, one a line, in their live spelling and normal form, no repeats.

    Raises: InvalidInputError: there is none, or there are more than MOST_LINES.
    """
    listed = dict.fromkeys(_normal(line) for line in text.splitlines() if line.strip())
    if not listed:
        raise InvalidInputError("nothing to search", (Finding("list", "paste one value a line"),))
    if len(listed) > MOST_LINES:
        message = f"paste {MOST_LINES} lines at most, these are {len(listed)}"
        raise InvalidInputError("the list is too long", (Finding("list", message),))
    return tuple(listed)


def _take(found: _Reading, part: re.Match[str]) -> None:
    name, quoted, bare = part["name"], part["quoted"], part["bare"]
    value = quoted if quoted is not None else bare
    if part["filter"]:
        found.filter(part["filter"].lower(), value)
    elif name and quoted is None and _LOOKS_LIKE_FILTER.fullmatch(part[0]) and detect(refang(part[0]), _KINDS) is None:
        message = f"there is no such filter: {', '.join(FILTERS)}"
        found.wrong.append(Finding(name, message, value))
    else:
        found.word(value if quoted is not None else part[0], quoted=quoted is not None)


def _normal(line: str) -> str:
    live = refang(line.strip()[:MAX_QUERY_CHARS])
    value = detect(live, _KINDS)
    return value.text if value is not None else live


def _listed(value: str) -> list[str]:
    found = [each.strip() for each in value.split(",") if each.strip()]
    if not found:
        raise ValueError("a value is missing behind the colon")
    return found


def _type(text: str) -> str:
    name = text.lower()
    if not re.fullmatch(r"[a-z0-9-]{3,250}", name):
        raise ValueError("a type is written in small letters, digits and hyphens, as in threat-actor")
    near = get_close_matches(name, TYPES, 1, 0.75)
    if name not in TYPES and near:
        raise ValueError(f"there is no type {name}: did you mean {near[0]}?")
    return name


def _span(text: str) -> tuple[int, int]:
    """Read a year, month or day, or two of them with `..` between; either end may be left open."""
    began, dots, ended = text.partition("..")
    since = _days(began)[0] if began or not dots else _FIRST
    until = _days(ended if dots else began)[1] if ended or not dots else _LAST
    if since >= until:
        raise ValueError("it ends before it begins")
    return since, until


def _days(text: str) -> tuple[int, int]:
    """Give the beginning and the end of a year, month or day, in µs since 1970."""
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError("write a year, a month or a day, or two with .. between, as in 2026-01..2026-06")
    year, month, day = (int(each) if each else None for each in found.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        last = first if day else (date(first.year, month or 12, 28) + timedelta(days=4)).replace(day=1)
        after = last + timedelta(days=1) if day else last
    except (ValueError, OverflowError):
        raise ValueError("there is no such day") from None
    return _micros(first), _micros(after)


def _micros(day: date) -> int:
    return micros_of(datetime(day.year, day.month, day.day, tzinfo=UTC))
