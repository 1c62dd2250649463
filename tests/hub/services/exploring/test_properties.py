"""Properties laid out for reading."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.services.exploring.properties import MAX_TEXT_CHARS, MOST_PAIRS, properties

ID = "malware--00000000-0000-4000-8000-000000000001"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def test_what_tells_most_comes_first_and_formalities_last():
    """Known properties in their order, others between by name; what stands elsewhere on the page is left out."""
    value = {
        "type": "indicator",
        "id": "x",
        "name": "n",
        "modified": "m",
        "x_b": 1,
        "x_a": True,
        "pattern": "p",
        "description": "d",
        "object_refs": [ID],
        "created_by_ref": ID,
    }
    assert [each.name for each in properties(value).listed] == ["description", "pattern", "x_a", "x_b", "modified"]


def test_what_is_inside_is_told_with_its_path():
    """Lists entry by entry, objects by their paths; a reference that is none is shown as it is."""
    value = {
        "labels": ["a", "b"],
        "external_references": [{"source_name": "s", "hashes": {"MD5": "m"}}, {"source_name": "t"}],
        "x_deep": {"list": [{"n": [1, 2]}], "none": None},
        "x_odd_ref": "not an id",
    }
    told = {each.name: each.entries for each in properties(value).listed}
    assert told == {
        "labels": ((("", "a"),), (("", "b"),)),
        "external_references": ((("source_name", "s"), ("hashes.MD5", "m")), (("source_name", "t"),)),
        "x_deep": ((("list[0].n", "1, 2"), ("none", "null")),),
        "x_odd_ref": ((("", "not an id"),),),
    }


def test_a_large_object_is_cut_and_says_so():
    """Neither the number of entries nor the length of one has no end."""
    many, long = properties({"labels": ["x"] * 10_000}), properties({"description": "x" * 100_000})
    assert sum(len(each.entries) for each in many.listed) == MOST_PAIRS
    assert len(long.listed[0].entries[0][0][1]) == MAX_TEXT_CHARS
    assert not many.whole
    assert not long.whole
    assert properties({"labels": ["x"]}).whole


@given(st.dictionaries(st.text(max_size=6) | st.just("labels") | st.just("x_refs"), VALUES, max_size=6))
@settings(max_examples=80, deadline=None)
def test_every_object_can_be_laid_out(value: dict[str, Any]):
    """Whatever the properties hold, all of it is text."""
    told = properties(value)
    assert all(
        isinstance(path, str) and isinstance(text, str)
        for each in told.listed
        for entry in each.entries
        for path, text in entry
    )
