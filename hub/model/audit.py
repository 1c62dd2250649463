"""The audit trail: one event for each act, in the same commit, chained by hash; one record for each read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """An act as it is recorded.

    action: `noun:verb` of policy.actions. object: what it was done to, by id. detail: facts that make it
    repeatable by reading, JSON values only; never a secret, never content of an object.
    """

    actor: str
    action: str
    object: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """One answer that served objects: to whom, from where, which, and how far the reader got.

    first, last: date_added (µs of the hub clock) of the first and last object. digest: sha-256 of the
    object ids and versions, one a line, in order. block, key: where the last object stands in the reader's feed,
    so that a poll with its date is answered without a search (hub.store.query.Position).
    places: the contributions that were served, in order, so that who has got an object can be told (hub audit holders).
    What is looked at over all collections at once, in the console, has collection "" and no dates: 0.
    """

    account: str
    collection: str
    endpoint: str
    first: int
    last: int
    count: int
    digest: bytes
    block: int
    key: int
    places: tuple[int, ...] = ()


def served_digest(served: Iterable[tuple[str, str]]) -> bytes:
    """Give the digest a read record keeps: sha-256 of the ids and versions served, one pair a line, in order."""
    return hashlib.sha256("".join(f"{id_} {version}\n" for id_, version in served).encode()).digest()


class Chain(StrEnum):
    """The two chains of the trail: acts in the hub's own file, reads beside it."""

    ACTS = "audit"
    READS = "read"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records are asked for; None stands for any.

    object: what it was done to, for a read the collection's id. since, until: µs of the wall clock, the first
    included and the last not.
    """

    actor: str | None = None
    action: str | None = None
    object: str | None = None
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One link of a chain. at: µs of the wall clock. A read is told as an event of its collection.

    fields: everything the link holds, by name, in the order in which `hash` was taken over it.
    """

    chain: Chain
    seq: int
    at: int
    event: Event
    fields: Mapping[str, Any]
    hash: bytes


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where a page of the trail ended: the time (µs) of its last record, and how many of that time were given.

    It says nothing of other accounts' records, as their numbers would (S17).
    """

    at: int
    given: int


@dataclass(frozen=True, slots=True)
class TrailPage:
    """Some records, newest first, by (time, chain, number). next: where to go on, None on the last page."""

    records: tuple[Recorded, ...]
    next: Bookmark | None = None


@dataclass(frozen=True, slots=True)
class Serving:
    """One version of an object served to an account. at: µs of the wall clock.

    seq: of the read record. proven: whether the record's digest, which is chained, says the same.
    """

    at: int
    account: str
    collection: str
    endpoint: str
    version: str
    producer: str
    seq: int
    proven: bool
