"""What one reviewer may decide about (visibility.md S8), and who approved it already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hub.errors import ConflictError, ForbiddenError, NotFoundError
from hub.model.collections import Intake
from hub.model.contributions import Label
from hub.model.members import Actor, Role
from hub.model.submissions import Approval, Item, ItemState, Submission
from hub.policy.actions import Action, Resource, decide, require
from hub.policy.rules import Reader, spans
from hub.services.reading import holds_now
from hub.services.shelves.labelling import Labelled, waiting_items
from hub.store.base import Registry, Snapshot


@dataclass(frozen=True, slots=True)
class Charge:
    """One waiting item the actor may decide about.

    blind: on metadata and findings alone. second: whether two reviewers release it. approvals: those that count.
    closed: why he may send it back and not release it; None if he may.
    """

    item: Item
    found: Labelled
    blind: bool
    second: bool
    approvals: tuple[Approval, ...]
    closed: str | None


def found_submission(snapshot: Snapshot, actor: Actor, submission_id: str) -> Submission:
    """Give the submission to somebody who has a queue.

    Raises: ForbiddenError: the actor is no reviewer. NotFoundError: there is none of this id.
    """
    require(actor, Action.SUBMISSION_LIST)
    submission = snapshot.submission(submission_id)
    if submission is None:
        raise NotFoundError(f"no submission {submission_id}")
    return submission


def as_of_now(snapshot: Snapshot, actor: Actor) -> tuple[Actor, Reader]:
    """Give who decides, and what he sees, as of the commit: since he asked he may have lost what he needs for it.

    Raises: ForbiddenError: the account is gone.
    """
    reader = snapshot.registry.reader(actor.name)
    if reader is None:
        raise ForbiddenError(f"{actor.name}: no such account any more")
    found = _actor(snapshot.registry, actor.name)
    return replace(actor, account=found.account, partner=found.partner), reader


def charges_of(
    snapshot: Snapshot, actor: Actor, reader: Reader, submission: Submission, only: frozenset[str] | None = None
) -> list[Charge]:
    """Give the waiting items of a submission that the actor may decide about (S8).

    only: object ids to keep to; statements among the others still count for their labels (S6).
    """
    waiting = [item for item in submission.items if item.state is ItemState.REVIEW]
    if not waiting:
        return []
    judging = _Judging(snapshot, actor, reader, submission)
    found = waiting_items(snapshot, submission, waiting)
    charges = (judging.charge(item, each) for item, each in found if only is None or item.object_id in only)
    return [charge for charge in charges if charge]


def waits_for(snapshot: Snapshot, actor: Actor, reader: Reader, submission: Submission) -> bool:
    """Whether anything of what waits is the actor's to decide about; for who may do so blind, no object is read."""
    blind = Resource(submission.collection, producer=submission.partner, author=submission.account)
    return decide(actor, Action.SUBMISSION_REJECT, blind).allowed or bool(
        charges_of(snapshot, actor, reader, submission)
    )


def check_left(actor: Actor, submission: Submission, charges: list[Charge]) -> None:
    """Refuse when nothing is left for the actor; unseen is absent.

    Raises: ForbiddenError: he pushed it himself. ConflictError: all is decided. NotFoundError: it isn't for him.
    """
    if charges:
        return
    if actor.account is not None and actor.account.name == submission.account:
        raise ForbiddenError("the author never reviews")
    if actor.has(Role.SECRETARIAT) and actor.reaches(submission.collection):
        raise ConflictError(f"everything of submission {submission.id} is decided")
    raise NotFoundError(f"no submission {submission.id}")


def chosen(charges: list[Charge], objects: frozenset[str] | None) -> list[Charge]:
    """Give the charges about these objects, all of them for None.

    Raises: ConflictError: one of the objects does not wait for the actor; decided, hidden and absent are the same.
    """
    if objects is None:
        return charges
    lost = objects - {charge.item.object_id for charge in charges}
    if lost or not objects:
        raise ConflictError(f"{min(lost)} does not wait for you (any more)" if lost else "choose at least one object")
    return [charge for charge in charges if charge.item.object_id in objects]


class _Judging:
    """What one reviewer may do about the items of one submission; asked once of those that are alike."""

    def __init__(self, snapshot: Snapshot, actor: Actor, reader: Reader, submission: Submission) -> None:
        collection = snapshot.registry.collection(submission.collection)
        self._second = collection is not None and collection.intake is Intake.TWO_REVIEWERS
        self._resource = Resource(submission.collection, producer=submission.partner, author=submission.account)
        given = snapshot.pushes.approvals(submission.id) if self._second else ()
        able = self._able(snapshot.registry, {each.account for each in given})
        self._given: defaultdict[int, tuple[Approval, ...]] = defaultdict(tuple)
        for each in given:
            if each.account in able:
                self._given[each.item] += (each,)
        self._actor, self._reader = actor, reader
        self._resources: dict[Label, Resource | None] = {}
        self._closed: dict[tuple[bool, frozenset[str]], str | None] = {}

    def charge(self, item: Item, found: Labelled) -> Charge | None:
        """Give the charge of an item, None if it isn't the actor's to decide about."""
        if found.label not in self._resources:
            self._resources[found.label] = self._judged(found.label)
        resource = self._resources[found.label]
        if resource is None:
            return None
        approvals = self._given[item.number]
        key = resource.visible, frozenset(each.partner for each in approvals)
        if key not in self._closed:
            decision = decide(self._actor, Action.SUBMISSION_RELEASE, replace(resource, approvers=key[1]))
            self._closed[key] = None if decision.allowed else decision.reason
        return Charge(item, found, not resource.visible, self._second, approvals, self._closed[key])

    def _judged(self, label: Label) -> Resource | None:
        """Give what carries the label as the rules need it, None if the actor may not decide about it."""
        resource = replace(self._resource, visible=holds_now(spans(self._reader, label)))
        return resource if decide(self._actor, Action.SUBMISSION_REJECT, resource).allowed else None

    def _able(self, registry: Registry, accounts: Iterable[str]) -> frozenset[str]:
        """Give those that may still review: the word of one who was suspended since is worth nothing."""
        resource = replace(self._resource, visible=True)
        actors = (_actor(registry, name) for name in accounts)
        return frozenset(each.name for each in actors if decide(each, Action.SUBMISSION_APPROVE, resource).allowed)


def _actor(registry: Registry, name: str) -> Actor:
    account = registry.account(name)
    return Actor(name, account, registry.partner(account.partner) if account else None)
