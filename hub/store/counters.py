"""What a store promises of counts that are worth nothing tomorrow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol


class Counters(Protocol):
    """Counts that last for a while, the same for all workers and after a restart; no backup has them."""

    def add(self, key: str, seconds: int) -> int:
        """Count one more; the first begins a window of so many seconds. Give the count."""

    def count(self, key: str) -> int:
        """Give the count of the window that runs, 0 if none does."""

    def ends(self, key: str) -> float:
        """Give when the window ends, seconds since 1970; now if none runs."""

    def touch(self, key: str) -> None:
        """Note that it was used now."""

    def touched(self, keys: Iterable[str]) -> Mapping[str, float]:
        """Give when each was last noted, seconds since 1970; what never was is left out."""
