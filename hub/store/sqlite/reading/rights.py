"""What one reader could see of one collection, and when: his lanes, cut into stretches of unchanged rights."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from hub.policy.spans import FOREVER, Spans, intersect, span_at


@dataclass(frozen=True)
class Stretch:
    """A time in which the reader's rights in the collection did not change; it ends where the next begins.

    start: a stamp, 0 for the first. lanes: those he could see. begun: those of them he could not see just before.
    kept: those of them he has seen ever since, to now.
    """

    start: int
    lanes: frozenset[int]
    begun: frozenset[int]
    kept: frozenset[int]

    @property
    def lost(self) -> frozenset[int]:
        """Lanes seen then and lost since: they count for the places of others, hardly ever are they served."""
        return self.lanes - self.kept

    @cached_property
    def kept_json(self) -> str:
        """The kept lanes as a JSON list, the form in which SQLite takes a set."""
        return json.dumps(sorted(self.kept))

    @cached_property
    def lost_json(self) -> str:
        """The lost lanes, likewise."""
        return json.dumps(sorted(self.lost))

    @cached_property
    def lanes_json(self) -> str:
        """All lanes, likewise."""
        return json.dumps(sorted(self.lanes))

    @cached_property
    def begun_json(self) -> str:
        """The lanes that begin here, likewise."""
        return json.dumps(sorted(self.begun))

    @cached_property
    def begun_kept_json(self) -> str:
        """Those of them that are kept, likewise."""
        return json.dumps(sorted(self.begun & self.kept))

    @cached_property
    def begun_lost(self) -> frozenset[int]:
        """Those of them that were lost since."""
        return self.begun - self.kept

    @cached_property
    def begun_lost_json(self) -> str:
        """The same as JSON."""
        return json.dumps(sorted(self.begun_lost))


class LaneRights:
    """The spans of every lane of a collection for one reader, and the stretches they make."""

    def __init__(self, spans: Mapping[int, Spans]) -> None:
        """spans: by lane number; lanes never seen may be left out."""
        self.spans = {lane: each for lane, each in spans.items() if each}
        self.stretches = _stretches(self.spans)
        self._starts = [stretch.start for stretch in self.stretches]

    def at(self, instant: int) -> int:
        """Give the index of the stretch that holds the instant."""
        return bisect_right(self._starts, instant) - 1

    def seen(self, lane: int, instant: int) -> bool:
        """Whether the reader could see the lane at the instant."""
        return span_at(self.spans.get(lane, ()), instant) is not None

    def seen_until(self, lane: int, since: int) -> int:
        """Give until when the lane was seen without a break from `since` on; `since` if it was not."""
        span = span_at(self.spans.get(lane, ()), since)
        return span[1] if span else since

    def seen_from(self, lane: int, instant: int) -> int:
        """Give since when the lane had been seen without a break at the instant."""
        span = span_at(self.spans.get(lane, ()), instant)
        return span[0] if span else instant + 1

    @property
    def now(self) -> frozenset[int]:
        """The lanes the reader sees now."""
        return self.stretches[-1].lanes


def shared(one: LaneRights, other: LaneRights) -> LaneRights:
    """Give the rights that two readers have at the same time."""
    return LaneRights({lane: intersect(spans, other.spans.get(lane, ())) for lane, spans in one.spans.items()})


def _stretches(spans: Mapping[int, Spans]) -> list[Stretch]:
    edges = {0} | {edge for each in spans.values() for span in each for edge in span}
    return [_stretch(start, spans) for start in sorted(edges - {FOREVER})]


def _stretch(start: int, spans: Mapping[int, Spans]) -> Stretch:
    at = {lane: span for lane, each in spans.items() if (span := span_at(each, start))}
    return Stretch(
        start,
        _lanes(at),
        _lanes(lane for lane, span in at.items() if span[0] == start and start > 0),
        _lanes(lane for lane, span in at.items() if span[1] == FOREVER),
    )


def _lanes(lanes: Iterable[int]) -> frozenset[int]:
    return frozenset(lanes)


NO_RIGHTS = LaneRights({})
"""Those of a reader in a collection that he can't read."""
