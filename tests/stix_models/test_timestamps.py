"""Timestamps: one order, one key for one instant, and only instants that exist."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stix_models.timestamps import UNVERSIONED, format_micros, parse_micros, version_key

INSTANTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59))  # noqa: DTZ001 - made UTC by the Z
FRACTIONS = st.text("0123456789", max_size=12)


def written(instant, fraction):
    """Write an instant's seconds with fraction digits as they are given."""
    return instant.isoformat(timespec="seconds") + (f".{fraction}" if fraction else "") + "Z"


@settings(max_examples=200, deadline=None)
@given(INSTANTS, FRACTIONS, INSTANTS, FRACTIONS)
def test_text_order_of_keys_is_time_order(first, fraction, second, other):
    """Keys compare as the instants do, to the last digit, and equal instants have equal keys."""
    a = (first.replace(microsecond=0), int(fraction.ljust(12, "0")))
    b = (second.replace(microsecond=0), int(other.ljust(12, "0")))
    one, two = version_key(written(first, fraction)), version_key(written(second, other))
    assert (a < b, a == b) == (one < two, one == two)
    same, close = version_key(written(first, other)), version_key(written(first, fraction + "000"))
    assert (int(fraction.ljust(12, "0")) < int(other.ljust(12, "0"))) == (one < same)
    assert one == (close if fraction else one)


@settings(max_examples=100, deadline=None)
@given(INSTANTS)
def test_micros_go_out_and_come_back(instant):
    """µs since 1970 written as a TAXII timestamp are the same µs when read, and agree with the calendar."""
    text = instant.isoformat(timespec="microseconds") + "Z"
    since_1970 = instant.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    assert since_1970 // timedelta(microseconds=1) == parse_micros(text)
    assert text == format_micros(parse_micros(text))


def test_further_digits_are_cut_off():
    """A nanosecond is not rounded up into a microsecond that has not come yet."""
    assert parse_micros("1970-01-01T00:00:00.0000019Z") == 1
    assert parse_micros(UNVERSIONED) == 0


@pytest.mark.parametrize(
    "text",
    [
        *("2023-02-30T00:00:00Z", "2023-13-01T00:00:00Z", "2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z"),
        *("2023-01-01T00:00:00+00:00", "2023-01-01T00:00:00z", "2023-01-01 00:00:00Z", "2023-01-01T00:00:00.Z"),
        *(
            "2023-01-01T00:00:00Z\n",
            "2023-01-01T00:00Z",
            "",
            "٢٠٢٣-01-01T00:00:00Z",
            f"2023-01-01T00:00:00.{'1' * 61}Z",
        ),
    ],
)
def test_what_is_no_instant_is_refused(text):
    """Days that don't exist, leap seconds, offsets and other forms raise ValueError with the text."""
    for read in (version_key, parse_micros):
        with pytest.raises(ValueError, match=r"is no timestamp|does not exist"):
            read(text)


def test_years_end_at_9999():
    """What lies outside the calendar can't be written."""
    with pytest.raises(ValueError, match="outside the years"):
        format_micros(2**63 - 1)
