"""What stands in a cell: a date, a confidence. A cell that is not understood raises ValueError."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?)?")
_NAMED_MONTH = ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
_COMPACT = re.compile(r"(?:19|20)\d{6}")
_NUMBER = re.compile(r"(\d{1,3})(?:[.,](\d{1,4}))?\s*(%?)")
_FULL = 100
UNIX = "unix"


@lru_cache(maxsize=4096)
def instant(text: str, formats: tuple[str, ...]) -> datetime:
    """Give the date of a cell, UTC where it names no zone.

    formats: of strptime, tried in their order; `unix` is seconds since 1970. Always read is what can be read in one
    way only: ISO 8601 (`2026-11-24`, `20261124`, with time), `24 Nov 2026`, `Nov 24, 2026`.
    """
    text = text.strip()
    for form in formats:
        try:
            if form == UNIX:
                return datetime.fromtimestamp(float(text), UTC)
            return _utc(datetime.strptime(text, form))  # noqa: DTZ007  # made aware right here
        except (ValueError, OverflowError, OSError):
            continue
    if _ISO.fullmatch(text):
        return _utc(datetime.fromisoformat(text))
    for form in ("%Y%m%d",) if _COMPACT.fullmatch(text) else _NAMED_MONTH:
        try:
            return _utc(datetime.strptime(text, form))  # noqa: DTZ007  # made aware right here
        except ValueError:
            continue
    raise ValueError("not a date of a form that the mapping names or that can be read in one way only")


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def confidence(text: str, words: Mapping[str, int]) -> int:
    """Give a confidence 0..100 (STIX 2.1 section 3.2): a word of the mapping, `75`, `90%`, or a share such as `0.6`."""
    text = text.strip().lower()
    if text in words:
        return words[text]
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise ValueError(f"not a number, and not one of the mapping's words ({', '.join(words) or 'it has none'})")
    whole, fraction, percent = int(found[1]), found[2], found[3]
    value = whole + float(f"0.{fraction or 0}")
    scaled = value * _FULL if fraction and not percent and value <= 1 else value
    if not 0 <= scaled <= _FULL:
        raise ValueError("beyond 0..100")
    return round(scaled)
