"""A push is taken apart: every object gets its own answer, in order, with its bytes as they came."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.errors import InvalidInputError, TooLargeError
from hub.vetting.checks import Limits, inspect

SECTORS = (Path(__file__).parents[2] / "fixtures/stix21/sectors.json").read_bytes()
GOOD = b'{"type": "url", "id": "url--8cb00c79-ab20-5ed4-b37d-337241b96a29", "value": "x"}'
BAD = {
    b'{"type": "url", "id": "url--8cb00c79-ab20-5ed4-b37d-337241b96a29"}': ("url--8cb0", '"value" is a required'),
    b'{"type": "url", "id": "me", "value": "x"}': ("me", "id: "),
    b'{"type": "url", "id": 7, "value": "x"}': ("objects[1]", "id: "),
    b'{"type": "url", "value": "x", "value": "y"}': ("objects[1]", "duplicate name 'value' at line 1, column 31 of"),
    b'{"type": "url", "id": "\\ud83d"}': ("objects[1]", "lone surrogate"),
    b'{"type": "url", "id": "a\\nb", "value": "x"}': ("objects[1]", "id: "),
    b"[" * 65 + b"]" * 65: ("objects[1]", "nested deeper than 64 levels"),
    b'"\xff"': ("objects[1]", "not UTF-8"),
    b"17": ("objects[1]", "no JSON object"),
}


@pytest.mark.parametrize(("raw", "told"), BAD.items(), ids=[told for _, told in BAD.values()])
def test_one_bad_object_never_costs_the_others(raw, told):
    """Its problem stands beside it under its id, or its place if it has none; its neighbours come in."""
    first, bad, last = inspect(b'{"objects": [' + b", ".join([GOOD, raw, GOOD]) + b"]}")
    name, problem = told
    assert bad.name.startswith(name)
    assert problem in bad.problem
    assert bad.outline is None
    for offer in (first, last):
        assert (offer.raw, offer.problem, offer.outline.type) == (GOOD, None, "url")
    assert [first.position, bad.position, last.position] == [0, 1, 2]


def test_a_real_bundle_comes_in_byte_for_byte():
    """Every object of OpenCTI's bundle conforms, and the bytes of each stand in the file as they are."""
    offers = inspect(SECTORS)
    assert [offer.problem for offer in offers] == [None] * 8
    assert all(offer.raw in SECTORS for offer in offers)
    assert offers[1].outline.created_by == offers[0].name
    assert inspect(b'{"objects": []}') == ()


def test_files_are_taken_only_where_files_are_meant():
    """JSON lines come in from a file with the line of the bad one, and are no envelope for TAXII."""
    lines = GOOD + b"\n" + b"{\n" + GOOD + b"\n"
    assert [offer.name for offer in inspect(lines, from_file=True) if offer.problem] == ["line 2"]
    with pytest.raises(InvalidInputError):
        inspect(lines)


def test_a_document_that_breaks_off_says_where():
    """What can't be read as a whole is one error with one finding that has the place."""
    with pytest.raises(InvalidInputError, match="ends too early") as error:
        inspect(b'{"objects":\n [' + GOOD)
    (finding,) = error.value.findings
    assert finding.place == f"line 2, column {len(GOOD) + 3}"


@pytest.mark.parametrize(
    ("limits", "size"),
    [
        (Limits(max_content_bytes=100), "bytes, more than the 100"),
        (Limits(max_objects=1), "2 objects, more than the 1"),
        (Limits(max_containers=3), "4 opening brackets, more than the 3"),
    ],
)
def test_beyond_the_limits_of_a_push_nothing_is_looked_at(limits, size):
    """Too many bytes, objects or brackets refuse the whole, and the text names limit and size."""
    with pytest.raises(TooLargeError, match=size):
        inspect(b'{"objects": [' + GOOD + b"," + GOOD + b"]}", limits)


@pytest.mark.parametrize(
    ("limits", "problem"),
    [
        (Limits(max_object_bytes=100), "more than the 100 an object may have"),
        (Limits(max_depth=2), "nested deeper than 2 levels"),
        (Limits(max_pattern_chars=8), "9 characters, more than the 8"),
    ],
)
def test_beyond_the_limits_of_an_object_only_that_one_fails(limits, problem):
    """An object too long, too deep or with too long a pattern is its own problem."""
    large = (
        b'{"type": "indicator", "spec_version": "2.1", "id": "indicator--8cb00c79-ab20-5ed4-b37d-337241b96a29", '
        b'"created": "2023-11-19T00:56:33.387Z", "modified": "2023-11-19T00:56:33.387Z", '
        b'"valid_from": "2023-11-19T00:56:33.387Z", "pattern_type": "stix", "pattern": "[a:b = 1]", "x_a": [[1]]}'
    )
    good, bad = inspect(b'{"objects": [' + GOOD + b"," + large + b"]}", limits)
    assert good.problem is None
    assert problem in bad.problem
