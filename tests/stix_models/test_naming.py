"""What people call a STIX object and know it by."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stix_models.naming import MAX_TEXT_CHARS, MOST_TEXTS, aliases, known_by, seen, title
from stix_models.timestamps import parse_micros

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = ["id", "type", "name", "value", "aliases", "hashes", "pattern", "definition", "external_references", "created"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"type": "malware", "name": "Black  Basta", "aliases": ["x"]}, "Black Basta"),
        ({"type": "file", "hashes": {"MD5": "aa"}}, "aa"),
        ({"type": "file", "name": "a.exe", "hashes": {"MD5": "aa"}}, "a.exe"),
        ({"type": "autonomous-system", "number": 64512}, "AS64512"),
        ({"type": "bank-account", "iban": "DE00"}, "DE00"),
        ({"type": "relationship", "relationship_type": "uses"}, "uses"),
        ({"type": "marking-definition", "definition": {"statement": "for us"}}, "for us"),
        ({"type": "grouping", "id": "grouping--1"}, "grouping--1"),
        ({"type": "note", "name": 7, "abstract": " ", "explanation": "why"}, "why"),
    ],
)
def test_a_title_is_the_most_telling_text(value: dict[str, Any], expected: str):
    """The name if there is one, else what tells it from others of its type, else its id."""
    assert title(value) == expected


def test_aliases_are_taken_from_every_list_of_them():
    """Those of the standard and those of others' custom properties, each once."""
    value = {"aliases": ["one", "two", 3], "x_mitre_aliases": ["two", "three"], "alias": ["no"]}
    assert aliases(value) == ("one", "two", "three")


def test_an_object_is_known_by_its_values():
    """Names, aliases, hashes, the constants of its pattern and its ids elsewhere; keys of paths are no values."""
    value = {
        "name": "n",
        "aliases": ["a"],
        "hashes": {"SHA-256": "h"},
        "pattern_type": "stix",
        "pattern": r"[file:hashes.'SHA-256' = 'p' AND url:value = 'it\'s'] START t'2026-01-01T00:00:00Z' STOP t'2026'",
        "external_references": [{"source_name": "cve", "external_id": "CVE-2026-1"}],
    }
    assert known_by(value) == ("n", "a", "h", "p", "it's", "CVE-2026-1")
    assert known_by(value | {"pattern_type": "yara"}) == ("n", "a", "h", "CVE-2026-1")


def test_seen_is_when_it_was_seen_before_when_it_was_written():
    """First and last seen, else valid, else created and modified; an end is never before its beginning."""
    dates = {"created": "2026-01-01T00:00:00Z", "modified": "2026-03-01T00:00:00Z"}
    day = {month: parse_micros(f"2026-{month:02}-01T00:00:00Z") for month in (1, 2, 3)}
    assert seen(dates) == (day[1], day[3])
    assert seen(dates | {"valid_from": "2026-02-01T00:00:00Z"}) == (day[2], day[3])
    assert seen(dates | {"first_seen": "2026-03-01T00:00:00Z", "last_seen": "2026-02-01T00:00:00Z"}) == (day[3], day[3])
    assert seen({"last_seen": "2026-02-01T00:00:00Z"}) == (day[2], day[2])
    assert seen({"value": "a.test", "first_seen": "yesterday"}) is None


def test_long_ones_are_cut():
    """No text and no list of them is longer than its limit."""
    value = {"name": "n" * 5_000, "aliases": [str(number) for number in range(9_000)]}
    assert len(title(value)) == MAX_TEXT_CHARS
    assert len(known_by(value)) == MOST_TEXTS


@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING))
@settings(max_examples=60, deadline=None)
def test_no_object_is_too_strange(value: dict[str, Any]):
    """Whatever its properties hold, there is an answer and it is made of texts."""
    assert isinstance(title(value), str)
    assert all(isinstance(text, str) and text.strip() for text in known_by(value))
    assert seen(value) is None or len(seen(value) or ()) == 2
