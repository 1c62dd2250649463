"""What a push becomes while it waits and what its sender is told (TAXII 2.1 section 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from stix_models.outline import Outline


class ItemState(StrEnum):
    """Where one object of a submission stands. `known`: it was here already, nothing was stored."""

    FAILED = "failed"
    KNOWN = "known"
    REVIEW = "review"
    RELEASED = "released"
    REJECTED = "rejected"


class SubmissionState(StrEnum):
    """Where a submission stands, by its items: any in review, else released, else rejected, else empty-handed."""

    REVIEW = "review"
    RELEASED = "released"
    REJECTED = "rejected"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Offer:
    """One checked object on its way in: the bytes as they came and what the rules need of them.

    problem: why it can't be taken; an offer with one is recorded as a failure and never stored.
    name: what to call it in the status when it has no usable id (`objects[3]`).
    """

    position: int
    name: str
    raw: bytes
    outline: Outline | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One object of a submission, as recorded; `number` is dense over the hub and never leaves it."""

    number: int
    submission: str
    position: int
    object_id: str
    type: str
    version: str
    state: ItemState
    message: str = ""
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """A push: who, where, when, to whom (recipients named with the push, for RED). `id` is the TAXII status id."""

    id: str
    collection: str
    account: str
    partner: str
    received: datetime
    state: SubmissionState
    recipients: frozenset[str] = frozenset()
    items: tuple[Item, ...] = ()
