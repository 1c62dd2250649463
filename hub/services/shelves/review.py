"""What waits, and who lets it out or sends it back: never its author (visibility.md S8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hub.errors import ConflictError, ForbiddenError, NotFoundError
from hub.model.audit import Event
from hub.model.contributions import Label
from hub.model.members import Actor, Role
from hub.model.submissions import Item, ItemState, Submission
from hub.policy.actions import Action, Resource, decide, require
from hub.policy.labels import why
from hub.policy.rules import Reader, spans
from hub.services.reading import holds_now, reader_of
from hub.services.shelves.labelling import Labelled, known_markings, release, waiting_items
from hub.services.shelves.marking import checked_reason
from hub.store.base import Snapshot, Store, Transaction


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One waiting object as a reviewer gets it.

    label: who would see it were it released. findings: what its producer is told of it.
    body: its bytes; None where the reviewer gets metadata only.
    """

    item: Item
    label: Label
    findings: tuple[str, ...]
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Case:
    """A submission as far as one reviewer may decide about it; `submission.items` are the exhibits' items."""

    submission: Submission
    exhibits: tuple[Exhibit, ...]


@dataclass(frozen=True, slots=True)
class _Charge:
    """One waiting item the actor may decide about; blind: on metadata and findings alone."""

    item: Item
    found: Labelled
    blind: bool


class Review:
    """Acts on the waiting shelf for reviewers and secretariat persons."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def queue(self, actor: Actor) -> tuple[Case, ...]:
        """Give what waits for the actor, oldest first, without the objects' bytes.

        Raises: ForbiddenError: the actor is no reviewer.
        """
        require(actor, Action.SUBMISSION_LIST)
        reader = reader_of(self._store, actor)
        with self._store.snapshot() as snapshot:
            cases = [_case(snapshot, actor, reader, each, bodies=False) for each in snapshot.waiting()]
        return tuple(case for case in cases if case.exhibits)

    def show(self, actor: Actor, submission_id: str) -> Case:
        """Give one submission with the bytes of what the actor may read before its release.

        Raises: NotFoundError: nothing of it waits for the actor. ForbiddenError: he pushed it himself.
        """
        reader = reader_of(self._store, actor)
        with self._store.snapshot() as snapshot:
            submission = _found(snapshot, actor, submission_id)
            _check_left(actor, submission, _charges(snapshot, actor, reader, submission))
            return _case(snapshot, actor, reader, submission, bodies=True)

    def release(self, actor: Actor, submission_id: str) -> Submission:
        """Let out what the actor may decide about; the rest goes on waiting. Gives the submission then.

        Raises: as `show`; ConflictError: everything of it is decided.
        """
        reader = reader_of(self._store, actor)

        def work(tx: Transaction) -> Submission:
            submission = _found(tx, actor, submission_id)
            charges = _charges(tx, actor, reader, submission)
            _check_left(actor, submission, charges)
            known = known_markings(tx.registry)
            release(tx, submission, known, [(charge.item, charge.found) for charge in charges])
            tx.record(_event(actor, Action.SUBMISSION_RELEASE, submission, charges))
            return tx.submission(submission.id) or submission

        return self._store.commit(work)

    def reject(self, actor: Actor, submission_id: str, reason: str) -> Submission:
        """Send back what the actor may decide about, with a reason for its sender.

        Raises: as `release`; InvalidInputError: no reason.
        """
        reader = reader_of(self._store, actor)
        reason = checked_reason(reason)

        def work(tx: Transaction) -> Submission:
            submission = _found(tx, actor, submission_id)
            charges = _charges(tx, actor, reader, submission)
            _check_left(actor, submission, charges)
            tx.reject([charge.item for charge in charges], reason)
            tx.record(_event(actor, Action.SUBMISSION_REJECT, submission, charges, reason=reason))
            return tx.submission(submission.id) or submission

        return self._store.commit(work)


def _found(snapshot: Snapshot, actor: Actor, submission_id: str) -> Submission:
    require(actor, Action.SUBMISSION_LIST)
    submission = snapshot.submission(submission_id)
    if submission is None:
        raise NotFoundError(f"no submission {submission_id}")
    return submission


def _charges(snapshot: Snapshot, actor: Actor, reader: Reader, submission: Submission) -> list[_Charge]:
    """Give the waiting items of a submission that the actor may decide about (S8)."""
    waiting = [item for item in submission.items if item.state is ItemState.REVIEW]
    charges = []
    for item, found in waiting_items(snapshot, submission, waiting):
        visible = holds_now(spans(reader, found.label))
        resource = Resource(
            collection=submission.collection,
            producer=submission.partner,
            author=submission.account,
            visible=visible,
        )
        if decide(actor, Action.SUBMISSION_RELEASE, resource).allowed:
            charges.append(_Charge(item, found, blind=not visible))
    return charges


def _check_left(actor: Actor, submission: Submission, charges: list[_Charge]) -> None:
    """Refuse when nothing is left for the actor; unseen is absent."""
    if charges:
        return
    if actor.account is not None and actor.account.name == submission.account:
        raise ForbiddenError("the author never reviews")
    if actor.has(Role.SECRETARIAT) and actor.reaches(submission.collection):
        raise ConflictError(f"everything of submission {submission.id} is decided")
    raise NotFoundError(f"no submission {submission.id}")


def _case(snapshot: Snapshot, actor: Actor, reader: Reader, submission: Submission, *, bodies: bool) -> Case:
    charges = _charges(snapshot, actor, reader, submission)
    exhibits = tuple(_exhibit(snapshot, charge, bodies=bodies) for charge in charges)
    return Case(replace(submission, items=tuple(charge.item for charge in charges)), exhibits)


def _exhibit(snapshot: Snapshot, charge: _Charge, *, bodies: bool) -> Exhibit:
    return Exhibit(
        item=charge.item,
        label=charge.found.label,
        findings=why(charge.found.outline, charge.found.given),
        body=snapshot.body(charge.item) if bodies and not charge.blind else None,
    )


def _event(actor: Actor, action: Action, submission: Submission, charges: Iterable[_Charge], **detail: str) -> Event:
    """Record who decided about what; blind: on metadata and findings alone (S8)."""
    decided = list(charges)
    ids = [charge.item.object_id for charge in decided]
    blind = [charge.item.object_id for charge in decided if charge.blind]
    return Event(actor.name, action, submission.id, {"objects": ids, "blind": blind, **detail})
