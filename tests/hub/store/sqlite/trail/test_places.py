"""Numbers of contributions come out of their packing as they went in, and small."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import StoreError
from hub.store.sqlite.trail.places import pack, unpack


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 2**62), min_size=1, max_size=50))
def test_numbers_come_back_in_order(places: list[int]) -> None:
    """Any numbers in any order, however far apart."""
    assert unpack(pack(places)) == places


@pytest.mark.parametrize(("step", "most_bytes"), [(1, 1_100), (100, 1_100), (1_000, 2_100)])
def test_a_page_of_a_thousand_is_small(step: int, most_bytes: int) -> None:
    """A byte an object where every hundredth is the reader's, two where every thousandth is."""
    assert len(pack(range(7, 7 + 1_000 * step, step))) < most_bytes


@pytest.mark.parametrize("packed", [b"", b"b", b"x" + bytes(8), b"h" + bytes(9)])
def test_what_was_not_packed_is_not_unpacked(packed: bytes) -> None:
    """A bent row is an error, never other numbers."""
    with pytest.raises(StoreError, match="damaged"):
        unpack(packed)
