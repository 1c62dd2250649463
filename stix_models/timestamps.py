"""STIX and TAXII timestamps (STIX 2.1 section 2.16, TAXII 2.1 section 2): text, order, µs since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

UNVERSIONED = "1970-01-01T00:00:00.000000Z"
"""The version of an object that has neither `modified` nor `created` (TAXII 2.1 section 5.3.1)."""

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - what is parsed and written here is UTC and naive
_AWARE_EPOCH = _EPOCH.replace(tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MICROS_DIGITS = 6
_SECONDS_END = 19
"""Length of `YYYY-MM-DDTHH:MM:SS`."""

# At most 60 fraction digits: every limit that a clock can reach, and an end.
_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,60})?Z")


def version_key(text: str) -> str:
    """Give the instant in a form whose text order is time order and that is equal for equal instants.

    Raises:
        ValueError: it is no timestamp, or an instant that does not exist.

    """
    _instant(text)
    key = text[:-1]
    return key.rstrip("0").rstrip(".") if len(key) > _SECONDS_END else key


def parse_micros(text: str) -> int:
    """Give the instant in µs since 1970 (UTC); digits beyond the sixth are cut off.

    Raises:
        ValueError: it is no timestamp, or an instant that does not exist (30 February, a leap second).

    """
    seconds = (_instant(text) - _EPOCH) // timedelta(seconds=1)
    fraction = text[_SECONDS_END + 1 : -1][:_MICROS_DIGITS]
    return seconds * 1_000_000 + int(fraction.ljust(_MICROS_DIGITS, "0"))


def format_micros(micros: int) -> str:
    """Write µs since 1970 (UTC) as a TAXII timestamp, `YYYY-MM-DDTHH:MM:SS.ssssssZ`.

    Raises:
        ValueError: it lies outside the years 0001 to 9999.

    """
    try:
        instant = _EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        raise ValueError(f"{micros} µs since 1970 lies outside the years 0001 to 9999") from None
    return instant.isoformat(timespec="microseconds") + "Z"


def instant_of(micros: int) -> datetime:
    """Give the aware time (UTC) of µs since 1970."""
    return _AWARE_EPOCH + micros * _MICROSECOND


def micros_of(instant: datetime) -> int:
    """Give µs since 1970 of an aware time."""
    return (instant - _AWARE_EPOCH) // _MICROSECOND


def _instant(text: str) -> datetime:
    if _FORM.fullmatch(text) is None:
        raise ValueError(f"{text[:60]!r} is no timestamp (YYYY-MM-DDTHH:MM:SS[.s…]Z)")
    try:
        return datetime.fromisoformat(text[:_SECONDS_END])
    except ValueError:
        raise ValueError(f"{text[:60]!r} does not exist in the calendar") from None
