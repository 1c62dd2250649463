"""STIX 2.1 is passed on as it is."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converters import CONVERTERS, ConversionError, Options, Outcome, Result, scores

BUNDLE = Path(__file__).parents[1] / "fixtures" / "converters" / "ipsum-bundle.json"
ID = "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7"
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('abc{}[]",:\\', max_size=4), inner, max_size=3),
    max_leaves=8,
)


def convert(document: bytes) -> list[Result]:
    """Pass a document on."""
    return list(CONVERTERS["stix21"].convert(io.BytesIO(document), Options("document", "ACME")))


def objects(results: list[Result]) -> list[bytes]:
    """Give the objects that came out, in order."""
    return [made for result in results for made in result.objects if isinstance(made, bytes)]


def test_bytes_are_those_of_the_source() -> None:
    """Each object of a real bundle comes out with the bytes that stood in it, in its order."""
    document = BUNDLE.read_bytes()
    results = convert(document)
    given_objects = json.loads(document)["objects"]
    assert [json.loads(made) for made in objects(results)] == given_objects
    at = 0
    for made in objects(results):
        at = document.index(made, at) + len(made)
    assert [result.locator for result in results][:2] == ["objects[0]", "objects[1]"]


@settings(max_examples=60, deadline=None)
@given(values=st.lists(JSON_VALUES, max_size=4), other=JSON_VALUES, indent=st.sampled_from([None, 2]))
def test_any_members_keep_their_bytes(values: list[object], other: object, indent: int | None) -> None:
    """Whatever JSON stands in an object or beside the list, members come out equal, one for one."""
    members = [{"type": "domain-name", "id": ID, "n": number, "x": value} for number, value in enumerate(values)]
    document = json.dumps({"x": other, "objects": members, "y": {"objects": [1]}}, indent=indent).encode()
    assert [json.loads(made) for made in objects(convert(document))] == members


def test_json_lines_may_have_bad_ones() -> None:
    """A line that is no object of STIX 2.1 is rejected with its number; the others go through."""
    good = json.dumps({"type": "domain-name", "id": ID, "value": "a.example"})
    bad = ['{"type": "domain-name"', '{"type":"domain-name","id":"x"}', '{"type":"a","type":"b"}', "7"]
    results = convert("\n".join([good, *bad, "", good]).encode())
    assert objects(results) == [good.encode()]
    assert [(each.locator, each.outcome) for each in results] == [
        ("line 1", Outcome.CONVERTED),
        *((f"line {number}", Outcome.REJECTED) for number in (2, 3, 4, 5)),
        ("line 7", Outcome.SKIPPED),
    ]


def test_a_document_that_breaks_off_gives_what_was_complete() -> None:
    """Cut anywhere, a bundle gives its whole objects and then one rejected record that says it is cut."""
    document = (
        b'{"type":"bundle","objects":[{"type":"domain-name","id":"%s"}, {"type":"domain-name","id":"%s","v":1}]}'
        % ((ID.encode(),) * 2)
    )
    for end in range(document.index(b"}") + 2, len(document) - 1):
        results = convert(document[:end])
        assert results[0].outcome is Outcome.CONVERTED
        assert [each.code for each in results[-1].findings] == ["truncated"]
        assert results[-1].outcome is Outcome.REJECTED


@pytest.mark.parametrize("document", [b"{\n}", b'{"objects":{}}', b'{"a":\n{"objects":[1]}}'])
def test_a_document_without_objects_is_refused(document: bytes) -> None:
    """JSON without a list `objects` of its own is no bundle."""
    with pytest.raises(ConversionError):
        convert(document)


def test_stix_2_0_is_not_taken_for_2_1() -> None:
    """An object with a date and without spec_version is of STIX 2.0 and rejected."""
    document = {
        "objects": [{"type": "tool", "id": ID.replace("domain-name", "tool"), "created": "2020-01-01T00:00:00Z"}]
    }
    assert [each.code for each in convert(json.dumps(document).encode())[0].findings] == ["version"]


def test_formats_tell_themselves() -> None:
    """A bundle is known whatever its name, a sheet by its name or its even lines, other things by nobody."""
    assert scores(BUNDLE.read_bytes()[:4096], "x.txt")[0] == ("stix21", 95)
    assert scores(b"a,b\n1,2\n3,4\n5,6\n", "x")[0] == ("csv", 50)
    assert scores(b"a;b\n", "x.csv")[0] == ("csv", 80)
    for other in (b"", b"<xml/>", b"%PDF-1.7", b"PK\x03\x04", b"\x00\x01\x02", b'{"log":{"entries":[]}}'):
        assert scores(other, "x")[0][1] == 0
