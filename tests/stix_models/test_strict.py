"""JSON that two readers could read differently never comes in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stix_models.strict import StrictJSONError, loads

HOSTILE = {
    "duplicate name": ('{"a": {"b": 1},\n "c": {"d": 1, "d": 2}}', "line 2, column 16"),
    "duplicate name by escape": ('{"ab": 1, "a\\u0062": 2}', "line 1, column 11"),
    "not a number": ("[1, NaN]", "line 1, column 5"),
    "infinity": ('{"a": -Infinity}', "line 1, column 7"),
    "beyond a double": ("[1e999]", "line 1, column 2"),
    "integer beyond a double": ("[\n" + "9" * 400 + "]", "line 2, column 1"),
    "lone high surrogate": ('["\\ud83d\\ude00", "\\ud83d"]', "line 1, column 18"),
    "lone low surrogate in a name": ('{"\\ude00": 1}', "line 1, column 2"),
    "not UTF-8": (b'{"a": "\xff"}', "byte 7"),
    "surrogate in UTF-8": (b'["\xed\xa0\x80"]', "byte 2"),
    "too deep": ("[" * 65 + "]" * 65, "line 1, column 65"),
    "deep beyond recursion": ('{"a":' * 50_000 + "1" + "}" * 50_000, "line 1, column 321"),
    "cut off": ('{"a": [1, 2', "line 1, column 12"),
    "trailing text": ("{} {}", "line 1, column 4"),
    "control character": ('["a\nb"]', "line 1, column 4"),
    "nothing": ("", "line 1, column 1"),
}


@pytest.mark.parametrize(("text", "place"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_json_is_refused_with_its_place(text, place):
    """What is no I-JSON is refused, and the error says where it went wrong."""
    with pytest.raises(StrictJSONError) as error:
        loads(text)
    assert place == error.value.place
    assert error.value.message


def test_what_json_allows_comes_in_exactly():
    """A byte order mark is skipped; long integers, NUL and surrogate pairs come as they are."""
    text = b'\xef\xbb\xbf {"n": 123456789012345678901234567890, "z": "\\u0000", "e": "\\ud83d\\ude00"}'
    assert loads(text) == {"n": 123456789012345678901234567890, "z": "\0", "e": "😀"}


def test_brackets_in_strings_are_no_depth():
    """Only arrays and objects count as levels, and exactly the limit is still taken."""
    assert loads(json.dumps(["[" * 1000])) == ["[" * 1000]
    assert loads("[" * 64 + "]" * 64)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_strict_json_reads_what_json_wrote(value):
    """Whatever the standard library writes of sound values, strict reading gives back."""
    assert value == loads(json.dumps(value)) == loads(json.dumps(value, ensure_ascii=False).encode())
