"""The algebra of spans against plain sets of instants."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.policy.spans import ALWAYS, FOREVER, NEVER, Spans, contains, intersect, subtract, unite

HORIZON = 12  # instants 0..11 are looked at one by one, FOREVER stands for all that follow


@st.composite
def spans(draw: st.DrawFn) -> Spans:
    """Any well-formed spans with edges below the horizon, perhaps open to the end."""
    edges = sorted(draw(st.sets(st.integers(0, HORIZON - 1), max_size=8)))
    if len(edges) % 2:
        edges.append(FOREVER)
    return tuple(zip(edges[::2], edges[1::2], strict=True))


def instants(value: Spans) -> set[int]:
    """Give the instants up to the horizon that the spans hold, found the slow way."""
    return {t for t in range(HORIZON + 1) for since, until in value if since <= t < until}


def well_formed(value: Spans) -> bool:
    """Whether they are sorted, none empty, none touching the next."""
    return all(a < b for a, b in value) and all(left[1] < right[0] for left, right in pairwise(value))


@given(st.lists(spans(), max_size=4))
@settings(max_examples=200, deadline=None)
def test_union_and_intersection(many: list[Spans]) -> None:
    """They are the union and the intersection of the instants, in the one well-formed way to say it."""
    union, common = unite(*many), intersect(*many)
    everything = set(range(HORIZON + 1))
    assert instants(union) == set().union(*map(instants, many))
    assert instants(common) == everything.intersection(*map(instants, many))
    assert well_formed(union)
    assert well_formed(common)


@given(spans(), spans())
@settings(max_examples=200, deadline=None)
def test_difference(left: Spans, right: Spans) -> None:
    """What is taken away and what is left make up the whole again."""
    rest = subtract(left, right)
    assert instants(rest) == instants(left) - instants(right)
    assert well_formed(rest)
    assert unite(rest, intersect(left, right)) == left


@given(spans(), st.integers(0, HORIZON))
@settings(max_examples=200, deadline=None)
def test_membership(value: Spans, instant: int) -> None:
    """An instant is contained exactly if some span holds it: from on, until excluded."""
    assert contains(value, instant) == (instant in instants(value))


def test_edges() -> None:
    """Nothing united is never, nothing intersected is always, and touching spans are one."""
    assert unite() == NEVER
    assert intersect() == ALWAYS
    assert unite(((1, 5),), ((5, 9),)) == ((1, 9),)
    assert not contains(NEVER, 3)
    assert contains(ALWAYS, 0)
