"""The reviewers' acts: three outcomes for what waits, over all of a submission or some of its objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from hub.errors import ForbiddenError
from hub.model.audit import Event
from hub.model.contributions import Label
from hub.model.members import Actor
from hub.model.submissions import Approval, Item, Submission, state_of
from hub.policy.actions import Action, require
from hub.policy.labels import why
from hub.policy.rules import Reader
from hub.services.reading import reader_of
from hub.services.shelves.labelling import known_markings, release
from hub.services.shelves.marking import checked_reason
from hub.services.shelves.review.charges import Charge, charges_of, check_left, chosen, found_submission
from hub.services.shelves.review.comparing import Comparing, Comparison
from hub.services.shelves.review.wording import in_words
from hub.store.base import Snapshot, Store, Transaction


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One waiting object as a reviewer gets it.

    label: who would see it were it released. findings: what its producer is told of it.
    body: its bytes; None where the reviewer gets metadata only. second: whether two reviewers release it.
    approvals: who did so already. closed: why he can send it back and not release it; None if he can.
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


class Review:
    """Acts on the waiting shelf for reviewers and secretariat persons.

    objects, wherever it is asked for: the ids of those to decide about; None for all the actor may decide about.
    An id that does not wait for him is a ConflictError and nothing is decided.
    """

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
            submission = found_submission(snapshot, actor, submission_id)
            case = _case(snapshot, actor, reader, submission, bodies=True)
            if not case.exhibits:
                check_left(actor, submission, [])
            return case

    def examine(self, actor: Actor, submission_id: str, start: int = 0, limit: int = 50) -> Examination:
        """Give some of its objects beside what the hub has of them. start: 0 is the first; limit: 1 or more.

        Raises: as `show`.
        """
        reader = reader_of(self._store, actor)
        with self._store.snapshot() as snapshot:
            submission = found_submission(snapshot, actor, submission_id)
            charges = charges_of(snapshot, actor, reader, submission)
            check_left(actor, submission, charges)
            some = charges[start : start + limit]
            comparing = Comparing(snapshot, self._store.view(reader), actor, reader, some)
            sheets = tuple(
                Sheet(
                    _exhibit(snapshot, each, bodies=True),
                    in_words(each.found.label, snapshot.registry, reader),
                    comparing.compare(each, submission.collection),
                )
                for each in some
            )
        return Examination(_cut(submission, charges), sheets)

    def release(self, actor: Actor, submission_id: str, objects: frozenset[str] | None = None) -> Submission:
        """Let out what the actor may let out; give what he decided about as it stands then.

        Where two reviewers decide, the first one's word is kept and the object goes on waiting for the second.
        Raises: as `show`; ConflictError: everything of it is decided; ForbiddenError: only another may release it.
        """

        def act(tx: Transaction, submission: Submission, charges: list[Charge]) -> list[Charge]:
            open_ = [charge for charge in charges if charge.closed is None]
            if not open_ or (objects is not None and len(open_) < len(charges)):
                raise ForbiddenError(next(charge.closed for charge in charges if charge.closed is not None))
            first = [charge for charge in open_ if charge.second and not charge.approvals]
            last = [charge for charge in open_ if not charge.second or charge.approvals]
            if first and actor.account:
                tx.pushes.approve([charge.item for charge in first], actor.account.name, actor.account.partner)
                tx.record(_event(actor, Action.SUBMISSION_APPROVE, submission, first))
            if last:
                known = known_markings(tx.registry)
                release(tx, submission, known, [(charge.item, charge.found) for charge in last])
                tx.record(_event(actor, Action.SUBMISSION_RELEASE, submission, last))
            return open_

        return self._decided(actor, submission_id, objects, act)

    def send_back(
        self, actor: Actor, submission_id: str, reason: str, objects: frozenset[str] | None = None
    ) -> Submission:
        """Return what the actor may decide about, for its sender to mend and send again. Raises: as `reject`."""
        reason = checked_reason(reason)

        def act(tx: Transaction, submission: Submission, charges: list[Charge]) -> list[Charge]:
            tx.send_back([charge.item for charge in charges], reason)
            tx.record(_event(actor, Action.SUBMISSION_RETURN, submission, charges, reason=reason))
            return charges

        return self._decided(actor, submission_id, objects, act)

    def reject(
        self, actor: Actor, submission_id: str, reason: str, objects: frozenset[str] | None = None
    ) -> Submission:
        """Turn away what the actor may decide about, with a reason for its sender.

        Raises: as `show`; ConflictError: everything of it is decided; InvalidInputError: no reason.
        """
        reason = checked_reason(reason)

        def act(tx: Transaction, submission: Submission, charges: list[Charge]) -> list[Charge]:
            tx.reject([charge.item for charge in charges], reason)
            tx.record(_event(actor, Action.SUBMISSION_REJECT, submission, charges, reason=reason))
            return charges

        return self._decided(actor, submission_id, objects, act)

    def _decided(
        self,
        actor: Actor,
        submission_id: str,
        objects: frozenset[str] | None,
        act: Callable[[Transaction, Submission, list[Charge]], list[Charge]],
    ) -> Submission:
        """Run a decision in one commit; it gives the charges it decided about."""
        reader = reader_of(self._store, actor)

        def work(tx: Transaction) -> Submission:
            submission = found_submission(tx, actor, submission_id)
            charges = charges_of(tx, actor, reader, submission)
            check_left(actor, submission, charges)
            done = act(tx, submission, chosen(charges, objects))
            return _cut(tx.submission(submission.id) or submission, done)

        return self._store.commit(work)


def _cut(submission: Submission, charges: Iterable[Charge]) -> Submission:
    """Give of a submission only what its reviewer may know of."""
    numbers = {charge.item.number for charge in charges}
    items = tuple(item for item in submission.items if item.number in numbers)
    return replace(submission, items=items, state=state_of(item.state for item in items))


def _case(snapshot: Snapshot, actor: Actor, reader: Reader, submission: Submission, *, bodies: bool) -> Case:
    charges = charges_of(snapshot, actor, reader, submission)
    exhibits = tuple(_exhibit(snapshot, charge, bodies=bodies) for charge in charges)
    return Case(_cut(submission, charges), exhibits)


def _exhibit(snapshot: Snapshot, charge: Charge, *, bodies: bool) -> Exhibit:
    return Exhibit(
        item=charge.item,
        label=charge.found.label,
        findings=why(charge.found.outline, charge.found.given),
        body=snapshot.body(charge.item) if bodies and not charge.blind else None,
        second=charge.second,
        approvals=charge.approvals,
        closed=charge.closed,
    )


def _event(actor: Actor, action: Action, submission: Submission, charges: list[Charge], **detail: str) -> Event:
    """Record who decided about what; blind: on metadata and findings alone (S8)."""
    ids = [charge.item.object_id for charge in charges]
    blind = [charge.item.object_id for charge in charges if charge.blind]
    return Event(actor.name, action, submission.id, {"objects": ids, "blind": blind, **detail})
