"""A great many ids remembered in little room: 64 bits of each, and a number beside it.

Ids are told apart by 64 bits of their hash: two of 25 million, as many as the longest sheet gives, are mistaken for
one in one run of 60,000.
"""

from __future__ import annotations

import hashlib
from array import array

_FIRST_SLOTS = 1 << 10
_FULL = 0.6
_BYTES = 8


class Remembered:
    """Ids and a number of 64 bits for each, in 27 to 53 bytes where a dict takes five times as many."""

    def __init__(self) -> None:
        self._count = 0
        self._make_room(_FIRST_SLOTS)

    def add(self, id_: str, number: int) -> bool:
        """Remember an id that was not remembered before; False, and nothing done, if it was."""
        key = _key(id_)
        slot = self._slot(key)
        if self._keys[slot]:
            return False
        self._keys[slot], self._numbers[slot] = key, number
        self._count += 1
        if self._count > self._mask * _FULL:
            self._grow()
        return True

    def number(self, id_: str) -> int:
        """Give the number beside an id that is remembered."""
        return self._numbers[self._slot(_key(id_))]

    def renumber(self, id_: str, number: int) -> None:
        """Put another number beside an id that is remembered."""
        self._numbers[self._slot(_key(id_))] = number

    def _slot(self, key: int) -> int:
        """Give where a key is, or the empty slot where it would be."""
        keys, mask = self._keys, self._mask
        slot = key & mask
        while keys[slot] not in (0, key):
            slot = (slot + 1) & mask
        return slot

    def _make_room(self, slots: int) -> None:
        self._mask = slots - 1
        self._keys = array("Q", [0]) * slots
        self._numbers = array("q", [0]) * slots

    def _grow(self) -> None:
        keys, numbers = self._keys, self._numbers
        self._make_room(2 * len(keys))
        for key, number in zip(keys, numbers, strict=True):
            if key:
                slot = self._slot(key)
                self._keys[slot], self._numbers[slot] = key, number


def _key(id_: str) -> int:
    # Of the whole id: a file and a mutex of one name have one UUID (STIX 2.1 section 2.9 does not hash the type).
    return int.from_bytes(hashlib.blake2b(id_.encode(), digest_size=_BYTES).digest(), "little") or 1
