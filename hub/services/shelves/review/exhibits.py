"""A submission as one reviewer gets it: what he may decide about, and what it takes to judge it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hub.model.contributions import Label
from hub.model.members import Actor, Role
from hub.model.submissions import Approval, Item, Submission, state_of
from hub.services.shelves.review.charges import Charge
from hub.services.shelves.review.comparing import Comparison
from hub.services.shelves.status import Story
from hub.store.base import Snapshot


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One waiting object as a reviewer gets it.

    label: who would see it were it released. findings: what its producer is told of it.
    body: its bytes; None where the reviewer gets metadata only. second: whether two reviewers release it.
    approvals: who did so already. Where the reviewer may not know whose it is, its label and they have no names.
    closed: why he can send it back and not release it; None if he can.
    """

    item: Item
    label: Label
    findings: tuple[str, ...]
    body: bytes | None
    second: bool = False
    approvals: tuple[Approval, ...] = ()
    closed: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A submission as far as one reviewer may decide about it; `submission.items` are the exhibits' items."""

    submission: Submission
    exhibits: tuple[Exhibit, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Some of what waits for one reviewer, oldest first, without bytes. total: how many submissions wait for him."""

    cases: tuple[Case, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """An exhibit with what it takes to judge it. audience: who would get it, in words.

    comparison: None where the reviewer gets metadata only.
    """

    exhibit: Exhibit
    audience: str
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class Examination:
    """Some of the objects of a submission; `submission.items` are all the reviewer may decide about."""

    submission: Submission
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a release would do: the objects that go out by it, each with who would get it in words.

    first: how many of the chosen ones only get the first of two words. partners: who would get any of them newly by
    its label, for the secretariat; None for other reviewers, to whom it isn't told who takes part.
    """

    outgoing: tuple[tuple[Exhibit, str], ...]
    first: int
    partners: tuple[str, ...] | None


def is_told(actor: Actor, submission: Submission) -> bool:
    """Whether its reviewer may know who pushed it and who approved it: the secretariat, and the producer's own (S8).

    Others read it as if it were released, and what is released names no producer.
    """
    own = actor.account is not None and actor.account.partner == submission.partner
    return own or actor.has(Role.SECRETARIAT)


def cut(submission: Submission, actor: Actor, charges: Iterable[Charge]) -> Submission:
    """Give of a submission only what its reviewer may know of; "" for names he is not told."""
    numbers = {charge.item.number for charge in charges}
    items = tuple(item for item in submission.items if item.number in numbers)
    seen = replace(submission, items=items, state=state_of(item.state for item in items))
    return seen if is_told(actor, submission) else replace(seen, account="", partner="", recipients=frozenset())


def exhibits_of(
    snapshot: Snapshot, actor: Actor, submission: Submission, charges: Iterable[Charge], *, bodies: bool
) -> tuple[Exhibit, ...]:
    """Give charges about a submission as their reviewer gets them.

    bodies: whether with the objects' bytes, where he may read them.
    """
    story = Story()
    exhibits = tuple(_exhibit(snapshot, charge, story, bodies=bodies) for charge in charges)
    return exhibits if is_told(actor, submission) else tuple(map(_nameless, exhibits))


def _exhibit(snapshot: Snapshot, charge: Charge, story: Story, *, bodies: bool) -> Exhibit:
    return Exhibit(
        item=charge.item,
        label=charge.found.label,
        findings=story.why(charge.found),
        body=snapshot.body(charge.item) if bodies and not charge.blind else None,
        second=charge.second,
        approvals=charge.approvals,
        closed=charge.closed,
    )


def _nameless(exhibit: Exhibit) -> Exhibit:
    label = replace(exhibit.label, producer="", account="", recipients=None)
    approvals = tuple(replace(each, account="", partner="") for each in exhibit.approvals)
    return replace(exhibit, label=label, approvals=approvals)
