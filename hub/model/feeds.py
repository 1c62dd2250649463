"""How feeds are pulled: what machines asked for, day by day (TAXII 2.1 sections 5.3, 5.4)."""

from __future__ import annotations

from dataclasses import dataclass

PULLS = frozenset({"objects", "manifest"})
"""The endpoints by which a collection is pulled as a feed; all others look at one object."""

DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class PullDay:
    """What an account pulled of a collection in one day; with collection "" its requests that failed.

    day: days since 1970, UTC. objects: how many were served. failed: how many answers were 4xx or 5xx.
    at: when it last asked, µs of the wall clock. last: date_added (µs of the hub clock) of the furthest object it
    was served, 0 for none.
    """

    account: str
    collection: str
    day: int
    objects: int
    failed: int
    at: int
    last: int
