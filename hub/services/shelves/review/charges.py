"""What one reviewer may decide about (visibility.md S8), and who approved it already."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hub.errors import ConflictError, ForbiddenError, NotFoundError
from hub.model.collections import Intake
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


def charges_of(
    snapshot: Snapshot, actor: Actor, reader: Reader, submission: Submission, only: frozenset[str] | None = None
) -> list[Charge]:
    """Give the waiting items of a submission that the actor may decide about (S8).

    only: object ids to keep to; statements among the others still count for their labels (S6).
    """
    waiting = [item for item in submission.items if item.state is ItemState.REVIEW]
    approvals = _Approvals(snapshot, submission) if waiting else None
    charges = []
    for item, found in waiting_items(snapshot, submission, waiting):
        if approvals is None or (only is not None and item.object_id not in only):
            continue
        resource = Resource(
            collection=submission.collection,
            producer=submission.partner,
            author=submission.account,
            visible=holds_now(spans(reader, found.label)),
        )
        if decide(actor, Action.SUBMISSION_REJECT, resource).allowed:
            charges.append(approvals.charge(actor, item, found, resource))
    return charges


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


class _Approvals:
    """Who approved which items of one submission, and whether that counts."""

    def __init__(self, snapshot: Snapshot, submission: Submission) -> None:
        collection = snapshot.registry.collection(submission.collection)
        self._registry = snapshot.registry
        self._submission = submission
        self._second = collection is not None and collection.intake is Intake.TWO_REVIEWERS
        given = snapshot.pushes.approvals(submission.id) if self._second else ()
        trusted = self._trusted({each.account for each in given})
        self._given = [each for each in given if each.account in trusted]

    def charge(self, actor: Actor, item: Item, found: Labelled, resource: Resource) -> Charge:
        """Give the charge of an item; the resource is what it is to the actor."""
        approvals = tuple(each for each in self._given if each.item == item.number)
        asked = replace(resource, approvers=frozenset(each.partner for each in approvals))
        decision = decide(actor, Action.SUBMISSION_RELEASE, asked)
        closed = None if decision.allowed else decision.reason
        return Charge(item, found, not resource.visible, self._second, approvals, closed)

    def _trusted(self, accounts: Iterable[str]) -> frozenset[str]:
        """Give those that may still review: the word of one who was suspended since is worth nothing."""
        submission = self._submission
        resource = Resource(submission.collection, producer=submission.partner, author=submission.account, visible=True)
        actors = (_actor(self._registry, name) for name in accounts)
        return frozenset(each.name for each in actors if decide(each, Action.SUBMISSION_APPROVE, resource).allowed)


def _actor(registry: Registry, name: str) -> Actor:
    account = registry.account(name)
    return Actor(name, account, registry.partner(account.partner) if account else None)
