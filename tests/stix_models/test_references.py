"""References are exactly what S11 says."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from stix_models.references import references

UUID = "8cb00c79-ab20-5ed4-b37d-337241b96a2"
IDS = [f"{type_}--{UUID}{digit}" for type_ in ("identity", "malware", "x-foo") for digit in "012"]
NAMES = st.sampled_from(["source_ref", "object_refs", "x_who_ref", "x_who_refs", "created_by_ref", "name", "_ref"])
VALUES = st.recursive(
    st.sampled_from([*IDS, "malware", "malware--1", 7]),
    lambda s: st.lists(s) | st.dictionaries(NAMES, s),
    max_leaves=20,
)


def by_definition(value, name="", top=False):
    """S11 read aloud: every `_ref(s)` at any depth that holds ids, less four exceptions at the top."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if top and key in {"created_by_ref", "object_marking_refs", "granular_markings"}:
                continue
            for id_ in by_definition(inner, key):
                direct = inner == id_ or (isinstance(inner, list) and id_ in inner)
                nested = id_ in set(by_definition(inner, "")) if isinstance(inner, dict | list) else False
                if not (top and key.startswith("x_") and id_.startswith("identity--") and direct and not nested):
                    yield id_
    elif isinstance(value, list):
        for inner in value:
            yield from by_definition(inner, name if isinstance(inner, str) else "")
    elif name.endswith(("_ref", "_refs")) and value in IDS:
        yield value


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(NAMES, VALUES))
def test_references_are_those_of_the_definition(value):
    """Whatever the object, its references are the definition's, sorted and each once."""
    assert tuple(sorted(set(by_definition(value, top=True)))) == references(value)


def test_exceptions_hold_at_the_top_level_only():
    """Creator, markings and a custom pointer to an identity refer to nobody; the same names deeper do."""
    value = {
        "created_by_ref": IDS[0],
        "object_marking_refs": [IDS[1]],
        "granular_markings": [{"marking_ref": IDS[2], "selectors": ["name"]}],
        "x_analyst_ref": IDS[0],
        "x_seen_refs": [IDS[0], IDS[3]],
        "extensions": {"extension-definition--x": {"created_by_ref": IDS[4], "x_who_ref": IDS[1]}},
        "name": IDS[5],
    }
    assert (IDS[1], IDS[3], IDS[4]) == references(value)
