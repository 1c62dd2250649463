"""Asking the trail in one line."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.errors import InvalidInputError
from hub.model.audit import Wanted
from hub.services.operation import asking


def us(*when: int) -> int:
    """Give a time of UTC as µs."""
    return int(datetime(*when, tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Wanted()),
        ("actor:x-pull  action:object:add", Wanted("x-pull", "object:add")),
        ('actor:"operator (alice)" object:indicator--1', Wanted("operator (alice)", None, "indicator--1")),
        ("from:2026-11-01 to:2026-11-30", Wanted(since=us(2026, 11, 1), until=us(2026, 12, 1))),
        ("from:2026-11-01T08:30", Wanted(since=us(2026, 11, 1, 8, 30))),
        ("to:2026-11-01T08:30Z", Wanted(until=us(2026, 11, 1, 8, 31))),
        ("to:2026-11-01T08:30:05Z", Wanted(until=us(2026, 11, 1, 8, 30, 6))),
    ],
)
def test_words_before_a_colon_narrow(text: str, wanted: Wanted):
    """Each names a field of the record; `to:` includes the day, minute or second it names."""
    assert asking.read(text) == wanted


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("x-pull", ["x-pull"]),
        ("who:x-pull actor:", ["who:x-pull", "actor:"]),
        ("actor:a actor:b", ["actor:b"]),
        ("from:yesterday", ["from:yesterday"]),
        ("from:2026-13-01 to:20261101", ["from:2026-13-01", "to:20261101"]),
        ("to:9999-12-31", ["to:9999-12-31"]),
    ],
)
def test_what_cannot_be_read_is_named_with_an_example(text: str, values: list[str]):
    """One finding for each word, all of them at once."""
    with pytest.raises(InvalidInputError) as caught:
        asking.read(text)
    assert [finding.value for finding in caught.value.findings] == values
    assert all(finding.place == "q" and finding.message for finding in caught.value.findings)


def test_a_line_has_an_end():
    """Beyond the limit nothing is read."""
    with pytest.raises(InvalidInputError):
        asking.read("a" * (asking.MAX_ASKED + 1))
