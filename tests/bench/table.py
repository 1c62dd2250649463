"""What was reached against what is wanted: a line for each figure, as text and as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from tests.bench.rounds import Samples

_WIDTHS = (60, 12, 23, 14, 8)


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached, by the median."""

    bound: float
    at_least: bool

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {_figure(self.bound)}"

    def reached(self, value: float) -> bool:
        """Whether a value is good enough."""
        return value >= self.bound if self.at_least else value <= self.bound


def at_least(bound: float) -> Target:
    """More is better."""
    return Target(bound, at_least=True)


def at_most(bound: float) -> Target:
    """Less is better."""
    return Target(bound, at_least=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. unit: `ms`, `obj/s`, `x` for a ratio …; target: None where it is only to be known."""

    section: str
    name: str
    unit: str
    samples: Samples
    target: Target | None = None

    @property
    def verdict(self) -> str:
        """Say `yes` or `no`, or nothing where nothing is wanted."""
        if self.target is None:
            return ""
        return "yes" if self.target.reached(self.samples.median) else "no"


class Table:
    """Prints rows as they come, so that a long run shows where it is, and keeps them as JSON lines if asked to."""

    def __init__(self, json_path: Path | None = None) -> None:
        self._json_path = json_path
        self._section = ""
        if json_path:
            json_path.write_text("")

    def add(self, section: str, name: str, unit: str, samples: Samples, target: Target | None = None) -> None:
        """Print one more row."""
        row = Row(section, name, unit, samples, target)
        if section != self._section:
            self._section = section
            self._line(section.upper(), "median", "min - max", "target", "reached", opening=True)
        low, high = min(samples.values), max(samples.values)
        spread = f"{_figure(low)} - {_figure(high)}" if len(samples.values) > 1 else ""
        wanted = str(target) if target else ""
        self._line(f"{name}, {unit}", _figure(samples.median), spread, wanted, row.verdict)
        if self._json_path:
            with self._json_path.open("a") as file:
                file.write(json.dumps(_plain(row)) + "\n")

    def note(self, text: str) -> None:
        """Print what is to be known with the figures."""
        print(text, flush=True)

    def _line(self, *cells: str, opening: bool = False) -> None:
        first, *rest = (cell.ljust(width) if n == 0 else cell.rjust(width) for n, (cell, width) in _cells(cells))
        print(("\n" if opening else "") + first + "".join(rest), flush=True)


def _cells(cells: tuple[str, ...]) -> enumerate[tuple[str, int]]:
    return enumerate(zip(cells, _WIDTHS, strict=True))


def _plain(row: Row) -> dict[str, object]:
    return {
        "section": row.section,
        "name": row.name,
        "unit": row.unit,
        "median": row.samples.median,
        "values": list(row.samples.values),
        "target": str(row.target) if row.target else None,
        "reached": row.target.reached(row.samples.median) if row.target else None,
    }


def _figure(value: float) -> str:
    """Give three digits that count, thousands set apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1 else f"{value:.2g}"
