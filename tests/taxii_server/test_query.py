"""Query strings, read strictly."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from hub.store.query import ALL, FIRST, LAST, Query
from stix_models.timestamps import format_micros, version_key
from taxii_server.errors import RefusedError
from taxii_server.query import Endpoint, Question, read_deletion, read_question

MODIFIED = "2026-03-01T10:00:00.000Z"


def ask(*arguments: tuple[str, str], endpoint: Endpoint = Endpoint.OBJECTS) -> Question:
    """Read arguments with a default page of 100 and at most 1,000."""
    return read_question(MultiDict(arguments), endpoint, 100, 1_000)


def test_an_empty_query_string_asks_for_the_latest_versions():
    """Without parameters the latest version of each object is asked for, a default page of them (R230)."""
    assert ask() == Question(Query(), 100, None)


def test_every_parameter_is_read():
    """Filters are sets of alternatives, instants are µs or version keys (R222 to R236, R249, R250)."""
    question = ask(
        ("match[id]", "a--1,b--2"),
        ("match[type]", "indicator,x-unknown"),
        ("match[version]", f"first,{MODIFIED}"),
        ("match[spec_version]", "2.0,2.1"),
        ("added_after", "1970-01-01T00:00:01.5Z"),
        ("limit", "7"),
        ("next", "abc"),
    )
    assert question == Question(
        Query(
            ids=frozenset({"a--1", "b--2"}),
            types=frozenset({"indicator", "x-unknown"}),
            versions=frozenset({FIRST, version_key(MODIFIED)}),
            spec_versions=frozenset({"2.0", "2.1"}),
            added_after=1_500_000,
        ),
        7,
        "abc",
    )


@pytest.mark.parametrize(
    ("endpoint", "expected"),
    [
        (Endpoint.MANIFEST, Query(ids=frozenset({"a"}), types=frozenset({"b"}), bodies=False)),
        (Endpoint.OBJECT, Query()),
        (Endpoint.VERSIONS, Query(versions=frozenset({ALL}), bodies=False)),
    ],
)
def test_an_endpoint_reads_its_own_fields(endpoint, expected):
    """A match field the endpoint does not know is ignored; only objects need bodies (R254)."""
    assert ask(("match[id]", "a"), ("match[type]", "b"), endpoint=endpoint).query == expected


MALFORMED = [
    ("R212", ("added_after", "yesterday")),
    ("R212", ("added_after", "2026-02-30T00:00:00Z")),
    ("R212", ("added_after", "2026-01-01T00:00:60Z")),
    ("R212", ("added_after", "0000-01-01T00:00:00Z")),
    ("R212", ("added_after", "2026-01-01T00:00:00.Z")),
    ("R214", ("added_after", "")),
    ("R217", ("added_after", "2026-01-01T00:00:00+00:00")),
    ("R217", ("added_after", "2026-01-01t00:00:00z")),
    ("R217", ("added_after", "2026-01-01T00:00:00.1234567Z")),
    ("R217", ("added_after", "\uff12026-01-01T00:00:00Z")),
    ("R242", ("match[version]", "newest")),
    ("R242", ("match[version]", "2026-13-01T00:00:00.000Z")),
    ("R243", ("match[version]", "all,first")),
    ("R256", ("match[id]", "")),
    ("R256", ("match[type]", "indicator,")),
    ("R256", ("match[version]", "")),
    ("R261", ("limit", "0")),
    ("R261", ("limit", "-1")),
    ("R261", ("limit", "1.0")),
    ("R261", ("limit", "ten")),
    ("R261", ("limit", "1\uff10")),
    ("R261", ("limit", "1_0")),
    ("R261", ("limit", "+7")),
    ("R261", ("limit", " 5")),
    ("R261", ("limit", "")),
    ("R263", ("limit", "9" * 5_000)),
    ("R292", ("next", "")),
]


@pytest.mark.parametrize(("row", "argument"), MALFORMED)
def test_a_malformed_parameter_is_refused(row, argument):
    """A malformed or empty parameter is 400, never guessed at."""
    with pytest.raises(RefusedError) as refusal:
        ask(argument)
    assert refusal.value.status == 400, row


@pytest.mark.parametrize(
    ("row", "name", "value"),
    [
        ("R215", "added_after", "2026-01-01T00:00:00Z"),
        ("R255", "match[id]", "a"),
        ("R255", "match[type]", "a"),
        ("R255", "match[version]", "last"),
        ("R255", "match[spec_version]", "2.1"),
        ("R264", "limit", "5"),
        ("R264", "next", "abc"),
    ],
)
def test_a_parameter_twice_is_refused(row, name, value):
    """A parameter is there once; which of two is meant is not for the server to guess."""
    with pytest.raises(RefusedError) as refusal:
        ask((name, value), (name, value))
    assert refusal.value.status == 400, row


@pytest.mark.parametrize("limit", ["1000", "1001", "99999999999999999"])
def test_a_large_limit_is_the_largest_page(limit):
    """More than a page can hold is a whole page (R263)."""
    assert ask(("limit", limit)).limit == 1_000


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 253_402_300_799_999_999), st.integers(0, 6))
def test_added_after_may_leave_out_trailing_zeros(micros, kept):
    """Clients that send none, three or six digits of a second are understood (R211, R216, R278)."""
    unit = 10 ** (6 - kept)
    whole = micros // unit * unit
    head, fraction = format_micros(whole).rstrip("Z").split(".")
    text = f"{head}.{fraction[:kept]}Z" if kept else f"{head}Z"
    assert ask(("added_after", text)).query.added_after == whole


def test_added_after_before_1970_asks_for_everything():
    """The hub's clock begins in 1970; earlier is the beginning."""
    assert ask(("added_after", "0001-01-01T00:00:00Z")).query.added_after == 0


def test_equal_instants_are_one_version():
    """A version with more zeros is the same instant (R245)."""
    once = ask(("match[version]", MODIFIED)).query.versions
    assert once == ask(("match[version]", "2026-03-01T10:00:00Z,2026-03-01T10:00:00.000000Z")).query.versions


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], (frozenset({ALL}), None)),
        ([("match[version]", "all")], (frozenset({ALL}), None)),
        ([("match[version]", "first,last")], (frozenset({FIRST, LAST}), None)),
        ([("match[spec_version]", "2.0")], (frozenset({ALL}), frozenset({"2.0"}))),
    ],
)
def test_a_deletion_is_of_all_versions_unless_some_are_named(arguments, expected):
    """DELETE without a version removes the object: no older version reappears (R309)."""
    assert read_deletion(MultiDict(arguments)) == expected


def test_a_malformed_deletion_is_refused():
    """Nothing is deleted on a guess (R313)."""
    with pytest.raises(RefusedError):
        read_deletion(MultiDict([("match[version]", "newest")]))
