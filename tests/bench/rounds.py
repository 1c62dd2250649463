"""Contestants in turn, round by round: what the machine does meanwhile falls on all of them alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

Measure = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Samples:
    """One value a round, in order."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.values)

    def over(self, other: Samples) -> Samples:
        """Give the ratios to another contestant of the same rounds."""
        return Samples(tuple(mine / theirs for mine, theirs in zip(self.values, other.values, strict=True)))


def in_turn(contestants: Mapping[str, Measure], rounds: int) -> dict[str, Samples]:
    """Measure each once a round; every other round begins at the other end, so that none is always first."""
    values: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds):
        names = list(contestants)
        for name in names if number % 2 == 0 else reversed(names):
            values[name].append(contestants[name]())
    return {name: Samples(tuple(each)) for name, each in values.items()}


def seconds(work: Callable[[], object]) -> float:
    """Time one call."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def p50_ms(work: Callable[[], object], times: int) -> Measure:
    """Give a measure: the median of so many calls, in ms."""
    return lambda: 1_000 * median(seconds(work) for _ in range(times))
