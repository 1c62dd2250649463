"""What is wrong with an object, as text for the one who sent it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_VALUE_CHARS = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. path: names and indices from the object down; () for the object itself."""

    path: Sequence[str | int]
    message: str
    value: Any = None

    def __str__(self) -> str:
        """`external_references[0].url: message ("value")`; what is no plain value is not repeated."""
        place = place_of(self.path)
        text = f"{place}: {self.message}" if place else self.message
        return text if self.value is None or isinstance(self.value, dict | list) else f"{text} ({_shown(self.value)})"


def place_of(path: Sequence[str | int]) -> str:
    """Write a path as `name[0].name`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step[:60]}" for step in path).removeprefix(".")


def _shown(value: Any) -> str:
    # Cut before it is written: a value may be megabytes long.
    text = json.dumps(value[:_VALUE_CHARS] if isinstance(value, str) else value)
    return text if len(text) <= _VALUE_CHARS else text[:_VALUE_CHARS] + "…"
