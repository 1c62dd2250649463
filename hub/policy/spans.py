"""The algebra of time that all of the policy is made of: sets of instants as sorted, disjoint spans.

Every function takes and gives well-formed `Spans`. Most of a hub's are NEVER, ALWAYS or a single one open to
the end, so those have short cuts.
"""

from __future__ import annotations

from bisect import bisect_right

FOREVER = 2**63 - 1
Spans = tuple[tuple[int, int], ...]
"""Sorted, disjoint, not touching [from, until) intervals of hub-clock µs; FOREVER ends what is open."""

ALWAYS: Spans = ((0, FOREVER),)
NEVER: Spans = ()


def unite(*spans: Spans) -> Spans:
    """Give the instants that are in any of them; nothing for none. Touching spans join."""
    some = [each for each in spans if each]
    if len(some) <= 1:
        return some[0] if some else NEVER
    if ALWAYS in some:
        return ALWAYS
    pieces = sorted(piece for each in some for piece in each)
    joined = [pieces[0]]
    for since, until in pieces[1:]:
        if since > joined[-1][1]:
            joined.append((since, until))
        elif until > joined[-1][1]:
            joined[-1] = (joined[-1][0], until)
    return tuple(joined)


def intersect(*spans: Spans) -> Spans:
    """Give the instants that are in each of them; all time for none."""
    if NEVER in spans:
        return NEVER
    some = [each for each in spans if each != ALWAYS]
    if not some:
        return ALWAYS
    common = some[0]
    for each in some[1:]:
        common = _both(common, each)
    return common


def subtract(left: Spans, right: Spans) -> Spans:
    """Give the instants of left that are not in right."""
    if not left or not right:
        return left
    return intersect(left, _others(right))


def contains(spans: Spans, instant: int) -> bool:
    """Whether the instant (µs of the hub clock) is in one of the spans."""
    return span_at(spans, instant) is not None


def span_at(spans: Spans, instant: int) -> tuple[int, int] | None:
    """Give the span that holds the instant, if one does."""
    at = bisect_right(spans, (instant, FOREVER)) - 1
    return spans[at] if at >= 0 and spans[at][0] <= instant < spans[at][1] else None


def _both(left: Spans, right: Spans) -> Spans:
    """Walk two sorted lists at once, keeping what they share."""
    shared: list[tuple[int, int]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        since, until = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if since < until:
            shared.append((since, until))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return tuple(shared)


def _others(spans: Spans) -> Spans:
    """Give all instants from 0 to FOREVER that are in none of them."""
    edges = [0, *(edge for span in spans for edge in span), FOREVER]
    return tuple((since, until) for since, until in zip(edges[::2], edges[1::2], strict=True) if since < until)
