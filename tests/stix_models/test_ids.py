"""Identifiers that follow from content."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from stix2 import DomainName, File

from stix_models.ids import NAMESPACE, is_stix_id, observable_id, own_id, sco_id, type_of

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@settings(max_examples=200, deadline=None)
@given(key=st.lists(TEXT | st.integers(-(2**53) + 1, 2**53 - 1), max_size=4))
def test_own_id_is_the_uuid5_of_canonical_json(key: list[str | int]) -> None:
    """An id of the hub's own is the UUIDv5 of its key as RFC 8785 writes it, whatever is in it."""
    assert own_id("note", *key) == f"note--{uuid5(NAMESPACE, rfc8785.dumps(['note', *key]).decode())}"


@settings(max_examples=200, deadline=None)
@given(contributing=st.dictionaries(TEXT, TEXT | st.dictionaries(TEXT, TEXT, min_size=1, max_size=3), min_size=1))
def test_sco_id_is_the_uuid5_of_canonical_json(contributing: dict[str, Any]) -> None:
    """An id of an observable is the UUIDv5 of its contributing properties in the namespace of the standard."""
    space = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
    assert sco_id("x", contributing) == f"x--{uuid5(space, rfc8785.dumps(contributing).decode())}"


def test_ids_are_those_that_others_make() -> None:
    """An observable gets the id that the OASIS library gives it; of two hashes the preferred one counts."""
    made = observable_id({"type": "domain-name", "value": "example.com"})
    assert made == DomainName(value="example.com").id
    hashes = {"SHA-256": "a" * 64, "MD5": "b" * 32}
    assert observable_id({"type": "file", "hashes": hashes}) == File(hashes=hashes).id
    assert is_stix_id(made)
    assert type_of(made) == "domain-name"
