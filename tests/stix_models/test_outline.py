"""The outline says what the rules of the hub need of an object, and nothing else."""

from __future__ import annotations

import pytest

from stix_models.outline import UNVERSIONED, Outline, outline

UUID = "8cb00c79-ab20-5ed4-b37d-337241b96a29"
TIMES = {"created": "2023-11-19T00:56:33.380Z", "modified": "2023-11-20T00:56:33.3800Z"}
MARKING = "marking-definition--55D920B0-5e8b-4f79-9ee9-91f868d9b421"
CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"


def test_the_outline_of_an_sdo():
    """Version as written, its key without idle zeros, markings in lower case, references by S11."""
    value = {
        "type": "report",
        "spec_version": "2.1",
        "id": f"report--{UUID}",
        **TIMES,
        "created_by_ref": f"identity--{UUID}",
        "revoked": True,
        "object_refs": [f"malware--{UUID}"],
        "object_marking_refs": [MARKING],
        "granular_markings": [
            {"marking_ref": MARKING.lower(), "selectors": ["id"]},
            {"lang": "de", "selectors": ["id"]},
        ],
    }
    assert outline(value) == Outline(
        id=f"report--{UUID}",
        type="report",
        version="2023-11-20T00:56:33.3800Z",
        version_key="2023-11-20T00:56:33.38",
        spec_version="2.1",
        created_by=f"identity--{UUID}",
        markings=(MARKING.lower(),),
        references=(f"malware--{UUID}",),
        revoked=True,
        statement=False,
        modified=1_700_441_793_380_000,
        observable=False,
    )


@pytest.mark.parametrize(
    "inside",
    [
        {"object_marking_refs": [MARKING]},
        {"granular_markings": [{"marking_ref": MARKING, "selectors": ["value"]}]},
        {"deeper": [[{"object_marking_refs": MARKING}]]},
    ],
)
def test_what_is_inside_an_object_marks_it_too(inside):
    """S3: all markings must be met, those of embedded objects and extensions as well, whatever their form."""
    embedded = {"type": "domain-name", "id": f"domain-name--{UUID}", "value": "x", **inside}
    value = {"type": "observed-data", "id": f"observed-data--{UUID}", **TIMES, "objects": {"0": embedded}}
    assert outline({**value, "object_marking_refs": [CLEAR]}).markings == (CLEAR, MARKING.lower())


@pytest.mark.parametrize(
    ("value", "spec_version", "version", "observable"),
    [
        ({"type": "url", "value": "x"}, "2.1", UNVERSIONED, True),
        ({"type": "x-coin", "value": "x"}, "2.1", UNVERSIONED, True),
        ({"type": "marking-definition", "created": TIMES["created"]}, "2.1", TIMES["created"], False),
        ({"type": "indicator", **TIMES}, "2.0", TIMES["modified"], False),
        ({"type": "x-gang", **TIMES}, "2.0", TIMES["modified"], False),
        ({"type": "indicator", "spec_version": "2.1", **TIMES}, "2.1", TIMES["modified"], False),
    ],
)
def test_what_an_object_leaves_unsaid(value, spec_version, version, observable):
    """Without spec_version an SDO is of 2.0, an SCO or a marking of 2.1; the version falls back to created, to 1970."""
    found = outline({"id": f"{value['type']}--{UUID}", **value})
    assert (found.spec_version, found.version, found.observable) == (spec_version, version, observable)


def test_only_statement_definitions_are_statements():
    """A definition counts as a statement by its definition_type (S6)."""
    value = {"type": "marking-definition", "id": f"marking-definition--{UUID}", "created": TIMES["created"]}
    assert outline({**value, "definition_type": "statement", "definition": {"statement": "x"}}).statement
    assert not outline({**value, "definition_type": "tlp", "definition": {"tlp": "red"}}).statement


@pytest.mark.parametrize("text", ["TLP:RED", "tlp_red", "TLPRED", "TLP2 red", "T.L.P. red", "Traffic Light: red"])
def test_a_statement_that_speaks_of_tlp_is_none(text):
    """S2, S6: it claims to be a level, so it is an unknown marking, however it is spelled."""
    value = {"type": "marking-definition", "id": f"marking-definition--{UUID}", "created": TIMES["created"]}
    stated = {**value, "definition_type": "statement"}
    assert not outline({**stated, "definition": {"statement": text}}).statement
    assert not outline({**stated, "name": text, "definition": {"statement": "x"}}).statement
    assert outline({**stated, "definition": {"statement": "Subtlpoint, Outlplaced"}}).statement
