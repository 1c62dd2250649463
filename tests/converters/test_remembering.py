"""What is remembered in little room is what a dict would remember."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from converters.remembering import Remembered

NUMBERS = st.integers(-(1 << 63), (1 << 63) - 1)


@given(acts=st.lists(st.tuples(st.sampled_from("abcdef"), NUMBERS), max_size=30))
def test_as_a_dict(acts: list[tuple[str, int]]) -> None:
    """Adding, asking and changing give what a dict gives."""
    remembered, known = Remembered(), dict[str, int]()
    for id_, number in acts:
        assert remembered.add(id_, number) is (id_ not in known)
        if id_ in known:
            remembered.renumber(id_, number)
        known[id_] = number
        assert {each: remembered.number(each) for each in known} == known


def test_growing_forgets_nothing() -> None:
    """Thousands of ids outgrow the first room and are all there, once each."""
    remembered = Remembered()
    assert all(remembered.add(f"x--{number}", number) for number in range(20_000))
    assert not any(remembered.add(f"x--{number}", 0) for number in range(20_000))
    assert all(remembered.number(f"x--{number}") == number for number in range(20_000))
