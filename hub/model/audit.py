"""The audit trail: one event for each act, in the same commit, chained by hash; one record for each read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
