"""Numbers of contributions, packed small: what a page served is kept beside its read record.

One byte for the width of a step, eight for the first number, then the steps from each to the next: pages walk
forward through the hub, so a thousand numbers are one or two kilobytes.
"""

from __future__ import annotations

import operator
import struct
import sys
from array import array
from collections.abc import Sequence
from itertools import accumulate

from hub.errors import StoreError

_HEAD = struct.Struct("<cq")
_WIDTHS = (("b", 7), ("h", 15), ("i", 31), ("q", 63))
"""Signed types of `array`, narrowest first, with their bits."""


def pack(places: Sequence[int]) -> bytes:
    """Pack numbers, in any order. places: one or more."""
    steps = list(map(operator.sub, places[1:], places))
    least, most = min(steps, default=0), max(steps, default=0)
    width = next(code for code, bits in _WIDTHS if -(1 << bits) <= least and most < 1 << bits)
    return _HEAD.pack(width.encode(), places[0]) + _little(array(width, steps)).tobytes()


def unpack(packed: bytes) -> list[int]:
    """Give the numbers back, in their order. Raises: StoreError: `pack` didn't make this."""
    try:
        width, first = _HEAD.unpack_from(packed)
        steps = array(width.decode("ascii"))
        steps.frombytes(packed[_HEAD.size :])
    except (struct.error, ValueError) as error:
        raise StoreError("what a page served is damaged on disk: run `hub audit verify`, restore a backup") from error
    return list(accumulate(_little(steps), initial=first))


def _little(steps: array[int]) -> array[int]:
    """Give the steps in the byte order of the file, or back in that of this machine."""
    if sys.byteorder == "big":
        steps.byteswap()
    return steps
