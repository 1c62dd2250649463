"""The demo's past: a clock that lags some days behind, ever fewer, and is right in the end."""

from __future__ import annotations

import time
from datetime import timedelta

_US = timedelta(microseconds=1)


class PastClock:
    """Gives µs since 1970, as the store wants them. It never goes back, so what is told stays in order."""

    def __init__(self, behind: timedelta) -> None:
        self._behind = behind

    def __call__(self) -> int:
        """Give the time it shows."""
        return time.time_ns() // 1_000 - self._behind // _US

    def go_on(self, behind: timedelta) -> None:
        """Go on until it lags this far behind. Raises: ValueError: that would be a step back."""
        if behind > self._behind:
            raise ValueError(f"it lags {self._behind} behind: {behind} would be a step back")
        self._behind = behind
