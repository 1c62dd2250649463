"""Whether the hub can do its work now: asked by machines every few seconds, answered without a word on content."""

from __future__ import annotations

import threading
import time

from hub.errors import Finding, StoreError
from hub.store.base import Store

_REMEMBERED_SECONDS = 2
_MOST_AHEAD_US = 60_000_000
"""How far the hub clock may be ahead of the wall clock: more, and the wall clock was set back."""


class Health:
    """Looks at the store, the disk and the clock; a worker looks at most every two seconds, whoever asks."""

    def __init__(self, store: Store, min_free_bytes: int) -> None:
        self._store = store
        self._min_free_bytes = min_free_bytes
        self._lock = threading.Lock()
        self._looked = -float(_REMEMBERED_SECONDS)
        self._faults: tuple[Finding, ...] = ()

    def faults(self) -> tuple[Finding, ...]:
        """Give what keeps the hub from its work; nothing if it is ready.

        Who asks while another is looking gets the last answer.
        """
        if time.monotonic() - self._looked >= _REMEMBERED_SECONDS and self._lock.acquire(blocking=False):
            try:
                self._faults = self._look()
                self._looked = time.monotonic()
            finally:
                self._lock.release()
        return self._faults

    def _look(self) -> tuple[Finding, ...]:
        try:
            free_bytes, ahead_us = self._store.probe()
        except StoreError as error:
            return (Finding("store", str(error)),)
        faults = []
        if free_bytes < self._min_free_bytes:
            faults.append(
                Finding("disk", f"less than min_free_bytes ({self._min_free_bytes}) are free", str(free_bytes))
            )
        if ahead_us > _MOST_AHEAD_US:
            faults.append(
                Finding("clock", "the wall clock was set back: its seconds behind the hub's", str(ahead_us // 10**6))
            )
        return tuple(faults)
