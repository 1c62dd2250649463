"""Identifiers: their form, and the deterministic ones."""

from __future__ import annotations

import pytest
import stix2

from stix_models.ids import CONTRIBUTING, SCO_TYPES, is_stix_id, observable_id, own_id, sco_id, type_of

OBSERVABLES = [
    stix2.v21.DomainName(value="example.com"),
    stix2.v21.URL(value="https://example.com/ä"),
    stix2.v21.AutonomousSystem(number=64496),
    stix2.v21.File(name="a.exe", hashes={"SHA-256": "0" * 64, "MD5": "0" * 32}),
    stix2.v21.X509Certificate(serial_number="12", hashes={"SHA-1": "0" * 40}),
    stix2.v21.Software(name="x", version="1"),
]


@pytest.mark.parametrize("made", OBSERVABLES, ids=lambda made: made.type)
def test_observables_get_the_ids_that_python_stix2_gives(made):
    """An SCO's id follows from its ID contributing properties, the same in every implementation."""
    assert made.id == observable_id(dict(made))


def test_an_observable_without_contributing_properties_has_no_such_id():
    """A process, and an artifact by url only, need a random id."""
    with pytest.raises(ValueError, match="random"):
        observable_id({"type": "process", "pid": 1})
    with pytest.raises(ValueError, match="random"):
        sco_id("artifact", {})


def test_own_ids_follow_from_type_and_key():
    """The same key gives the same id, another type or another cut of the key another one."""
    assert own_id("report", "a", "b") == own_id("report", "a", "b")
    assert len({own_id("report", "a", "b"), own_id("report", "ab"), own_id("note", "ab"), own_id("report", 1)}) == 4
    assert is_stix_id(own_id("report", "x"))


def test_the_form_of_an_id():
    """A STIX id is a type, two hyphens and a UUID of any version, and nothing around it."""
    uuid = "8CB00C79-ab20-5ed4-b37d-337241b96a29"
    assert is_stix_id(f"x-foo--{uuid}")
    assert type_of(f"x-foo--{uuid}") == "x-foo"
    assert not any(map(is_stix_id, [uuid, f"--{uuid}", f"a--{uuid}\n", f"a-{uuid}", f"A--{uuid}", f"a--{uuid[:-1]}"]))
    assert CONTRIBUTING.keys() == SCO_TYPES
