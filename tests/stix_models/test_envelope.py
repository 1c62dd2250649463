"""A document is split into members whose bytes nobody touched, or refused as a whole."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stix_models.envelope import EnvelopeError, split, split_file

REFUSED = {
    "nothing": (b"", "line 1, column 1"),
    "cut off": (b'{"objects": [{"a": 1', "line 1, column 21"),
    "no JSON in a member": (b'{"objects": [\n{"a": NaN}]}', "line 2, column 7"),
    "trailing text": (b'{"objects": []} x', "line 1, column 17"),
    "a list": (b"[]", ""),
    "no objects": (b'{"more": false}', ""),
    "objects twice": (b'{"objects": [1], "\\u006fbjects": [2]}', ""),
    "objects is an object": (b'{"objects": {}}', ""),
    "objects is null": (b'{"objects": null}', ""),
    "a STIX object": (b'{"type": "report", "objects": []}', ""),
    "nested without end": (b'{"objects": [' + b"[" * 100_000, ""),
    "a name that is not UTF-8": (b'{"\xff": 1, "objects": []}', ""),
}


@pytest.mark.parametrize(("body", "place"), REFUSED.values(), ids=REFUSED.keys())
def test_a_broken_document_is_refused_as_a_whole(body, place):
    """What is no envelope gives no members at all, and the place if it has one."""
    with pytest.raises(EnvelopeError) as error:
        split(body)
    assert place == error.value.place


def test_envelopes_and_bundles_are_split_into_exact_bytes():
    """Members keep their spaces, escapes and order, whatever else the envelope says."""
    body = b'{"more": true, "next": "x", "x_foo": [1], "objects": [{"a" : 1e2,"\\u0061b":"\xc3\xa9"} , 2]}'
    assert [member.raw for member in split(body)] == [b'{"a" : 1e2,"\\u0061b":"\xc3\xa9"}', b"2"]
    bundle = b'\xef\xbb\xbf{"type": "bundle", "id": "bundle--1", "spec_version": "2.0", "objects": [{}]}'
    assert [(m.position, m.place, m.raw) for m in split(bundle)] == [(0, "objects[0]", b"{}")]
    assert split(b'{"objects": []}') == ()


def test_a_lone_surrogate_costs_its_own_member_only():
    """The member with half a character can't be read; the others keep their bytes, pairs included."""
    body = rb'{"objects": [{"a": "\ud83d"}, {"b": "\ud83d\ude00 \\ud83d"}]}'
    spoilt, sound = split(body)
    with pytest.raises(UnicodeDecodeError):
        spoilt.raw.decode()
    assert sound.raw == rb'{"b": "\ud83d\ude00 \\ud83d"}'


def test_files_may_also_be_lists_lines_and_single_objects():
    """A file is a bundle, a list, one object a line with its line number, or one object."""
    lines = b'{"a": 1}\n\n{"b": \r\n{"c": 3}\n'
    assert [(member.place, member.raw) for member in split_file(lines)] == [
        ("line 1", b'{"a": 1}'),
        ("line 3", b'{"b": '),
        ("line 4", b'{"c": 3}'),
    ]
    assert [member.raw for member in split_file(b" [1, {}]\n")] == [b"1", b"{}"]
    assert [member.raw for member in split_file(b'{\n"objects": [{}]}')] == [b"{}"]
    observed = b'{"type": "observed-data", "objects": {"0": {}}}'
    assert [observed] == [member.raw for member in split_file(observed + b"\n")]
    with pytest.raises(EnvelopeError, match="ends too early at line 2, column 14"):
        split_file(b'{"type": "bundle",\n"objects": [{')


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.recursive(st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s))),
    st.sampled_from([None, 1]),
    st.booleans(),
)
def test_the_bytes_of_members_make_the_list_again(values, indent, ascii_only):
    """Split and joined, an envelope's members are what was written, byte for byte."""
    written = [json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode() for value in values]
    body = b'{"objects": [' + b" ,\n".join(written) + b"]}"
    assert written == [member.raw for member in split(body)]
