"""What a push becomes while it waits and what its sender is told (TAXII 2.1 section 4.3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hub.model.contributions import Label
from stix_models.markings import Level
from stix_models.outline import Outline


class ItemState(StrEnum):
    """Where one object of a submission stands.

    known: it was here already, nothing was stored. returned: its sender is to mend it and send it again.
    """

    FAILED = "failed"
    KNOWN = "known"
    REVIEW = "review"
    RELEASED = "released"
    RETURNED = "returned"
    REJECTED = "rejected"


FAILURES = frozenset({ItemState.FAILED, ItemState.RETURNED, ItemState.REJECTED})
"""What a TAXII status counts among the failures (section 4.3.1)."""


class SubmissionState(StrEnum):
    """Where a submission stands, by its items: any in review, else the next of these, else empty-handed."""

    REVIEW = "review"
    RELEASED = "released"
    RETURNED = "returned"
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


def state_of(states: Iterable[ItemState]) -> SubmissionState:
    """Say where a submission stands, by the states of its items."""
    found = {str(state) for state in states}
    return next((state for state in SubmissionState if state.value in found), SubmissionState.DONE)


@dataclass(frozen=True, slots=True)
class Approval:
    """A reviewer's word for an item that waits for a second one's. at: µs of the wall clock."""

    item: int
    account: str
    partner: str
    at: int


@dataclass(frozen=True, slots=True)
class Tally:
    """How many objects of a submission are alike in what became of them and in who may know of it.

    label: of those that stand; None for all others. level: the most restrictive one their envelope named or
    got (S10), or the secretariat raised them to: what is known of objects whose bytes are gone.
    """

    state: ItemState
    label: Label | None
    level: Level
    count: int


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a list of submissions or questions goes on, newest first: before this one. at: µs of the wall clock."""

    at: int
    id: str
