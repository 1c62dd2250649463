"""The reviewers' acts: three outcomes for what waits, over all of a submission or some of its objects."""

from __future__ import annotations

from collections.abc import Callable

from hub.errors import ForbiddenError, NotFoundError
from hub.model.audit import Event
from hub.model.members import Actor, Role
from hub.model.submissions import Submission
from hub.policy.actions import Action, require
from hub.policy.rules import Reader
from hub.services.reading import reader_of, record_shown
from hub.services.shelves.labelling import known_markings, release
from hub.services.shelves.marking import checked_reason
from hub.services.shelves.review.charges import (
    Charge,
    as_of_now,
    charges_of,
    check_left,
    chosen,
    found_submission,
    waits_for,
)
from hub.services.shelves.review.comparing import Comparing
from hub.services.shelves.review.exhibits import Case, Desk, Examination, Prospect, Sheet, cut, exhibits_of
from hub.services.shelves.review.wording import in_words, partners_reached
from hub.store.base import Snapshot, Store, Transaction


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

    def desk(self, actor: Actor, start: int = 0, limit: int = 25) -> Desk:
        """Give a part of the queue. start: 0 is the first. limit: 0 for the number alone. Raises: as `queue`."""
        require(actor, Action.SUBMISSION_LIST)
        reader = reader_of(self._store, actor)
        with self._store.snapshot() as snapshot:
            mine = [each for each in snapshot.waiting() if waits_for(snapshot, actor, reader, each)]
            shown = mine[start : start + limit]
            cases = tuple(_case(snapshot, actor, reader, each, bodies=False) for each in shown)
        return Desk(cases, len(mine))

    def following(self, actor: Actor, submission_id: str) -> str | None:
        """Give the submission that waits for the actor next after one, oldest first; None if none does.

        Raises: ForbiddenError: the actor is no reviewer.
        """
        require(actor, Action.SUBMISSION_LIST)
        reader = reader_of(self._store, actor)
        with self._store.snapshot() as snapshot:
            waiting = snapshot.waiting()
            ids = [each.id for each in waiting]
            later = waiting[ids.index(submission_id) + 1 :] if submission_id in ids else ()
            return next((each.id for each in later if waits_for(snapshot, actor, reader, each)), None)

    def waits(self, actor: Actor, submission_id: str) -> bool:
        """Whether anything of a submission waits for the actor. Raises: ForbiddenError: he is no reviewer."""
        require(actor, Action.SUBMISSION_LIST)
        reader = reader_of(self._store, actor)
        with self._store.snapshot() as snapshot:
            submission = snapshot.submission(submission_id)
            return submission is not None and waits_for(snapshot, actor, reader, submission)

    def show(self, actor: Actor, submission_id: str, only: frozenset[str] | None = None) -> Case:
        """Give one submission with the bytes of what the actor may read before its release.

        only: object ids to keep to. Raises: NotFoundError: nothing of it waits for the actor. ForbiddenError: he
        pushed it himself.
        """
        reader = reader_of(self._store, actor)
        with self._store.snapshot() as snapshot:
            submission = found_submission(snapshot, actor, submission_id)
            case = _case(snapshot, actor, reader, submission, bodies=True, only=only)
            if not case.exhibits and only is not None:
                raise NotFoundError(f"no such object of submission {submission_id}")
            if not case.exhibits:
                check_left(actor, submission, [])
            return case

    def examine(self, actor: Actor, submission_id: str, start: int = 0, limit: int = 50) -> Examination:
        """Give some of its objects beside what the hub has of them, which is recorded as read.

        start: 0 is the first. limit: 1 or more.
        Raises: as `show`.
        """
        reader = reader_of(self._store, actor)
        with self._store.snapshot() as snapshot:
            submission = found_submission(snapshot, actor, submission_id)
            charges = charges_of(snapshot, actor, reader, submission)
            check_left(actor, submission, charges)
            some = charges[start : start + limit]
            comparing = Comparing(snapshot, self._store.view(reader), actor, reader, some)
            exhibits = exhibits_of(snapshot, actor, submission, some, bodies=True)
            sheets = tuple(
                Sheet(
                    exhibit,
                    in_words(charge.found.label, snapshot.registry, reader),
                    comparing.compare(charge, submission.collection),
                )
                for charge, exhibit in zip(some, exhibits, strict=True)
            )
        record_shown(self._store, actor.name, "console:intake", comparing.told)
        return Examination(cut(submission, actor, charges), sheets)

    def foresee(self, actor: Actor, submission_id: str, objects: frozenset[str] | None = None) -> Prospect:
        """Say what `release` would let out, and to whom. Raises: as `release`."""
        reader = reader_of(self._store, actor)
        with self._store.snapshot() as snapshot:
            submission = found_submission(snapshot, actor, submission_id)
            charges = charges_of(snapshot, actor, reader, submission)
            check_left(actor, submission, charges)
            first, last = _parted(chosen(charges, objects), all_of_them=objects is not None)
            exhibits = exhibits_of(snapshot, actor, submission, last, bodies=True)
            audiences = (in_words(each.found.label, snapshot.registry, reader) for each in last)
            labels = {each.found.label for each in last}
            told = actor.has(Role.SECRETARIAT)
            partners = partners_reached(snapshot.registry, self._store.reader, labels) if told else None
        return Prospect(tuple(zip(exhibits, audiences, strict=True)), len(first), partners)

    def release(self, actor: Actor, submission_id: str, objects: frozenset[str] | None = None) -> Submission:
        """Let out what the actor may let out; give what he decided about as it stands then.

        Where two reviewers decide, the first one's word is kept and the object goes on waiting for the second.
        Raises: as `show`; ConflictError: everything of it is decided; ForbiddenError: only another may release it.
        """

        def act(tx: Transaction, submission: Submission, charges: list[Charge]) -> list[Charge]:
            first, last = _parted(charges, all_of_them=objects is not None)
            if first and actor.account:
                tx.pushes.approve([charge.item for charge in first], actor.account.name, actor.account.partner)
                tx.record(_event(actor, Action.SUBMISSION_APPROVE, submission, first))
            if last:
                known = known_markings(tx.registry)
                release(tx, submission, known, [(charge.item, charge.found) for charge in last])
                tx.record(_event(actor, Action.SUBMISSION_RELEASE, submission, last))
            return [*first, *last]

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
        """Run a decision in one commit, by whom the actor is then; it gives the charges it decided about."""
        require(actor, Action.SUBMISSION_LIST)

        def work(tx: Transaction) -> Submission:
            reviewer, reader = as_of_now(tx, actor)
            submission = found_submission(tx, reviewer, submission_id)
            charges = charges_of(tx, reviewer, reader, submission)
            check_left(reviewer, submission, charges)
            done = act(tx, submission, chosen(charges, objects))
            return cut(tx.submission(submission.id) or submission, reviewer, done)

        return self._store.commit(work)


def _parted(charges: list[Charge], *, all_of_them: bool) -> tuple[list[Charge], list[Charge]]:
    """Part what the actor may release into what gets the first of two words, and what goes out by his.

    Raises: ForbiddenError: he may release none of it, or not all of them where that is asked.
    """
    open_ = [charge for charge in charges if charge.closed is None]
    if not open_ or (all_of_them and len(open_) < len(charges)):
        raise ForbiddenError(next(charge.closed for charge in charges if charge.closed is not None))
    first = [charge for charge in open_ if charge.second and not charge.approvals]
    return first, [charge for charge in open_ if not charge.second or charge.approvals]


def _case(
    snapshot: Snapshot,
    actor: Actor,
    reader: Reader,
    submission: Submission,
    *,
    bodies: bool,
    only: frozenset[str] | None = None,
) -> Case:
    charges = charges_of(snapshot, actor, reader, submission, only)
    return Case(cut(submission, actor, charges), exhibits_of(snapshot, actor, submission, charges, bodies=bodies))


def _event(actor: Actor, action: Action, submission: Submission, charges: list[Charge], **detail: str) -> Event:
    """Record who decided about what; blind: on metadata and findings alone (S8)."""
    ids = [charge.item.object_id for charge in charges]
    blind = [charge.item.object_id for charge in charges if charge.blind]
    return Event(actor.name, action, submission.id, {"objects": ids, "blind": blind, **detail})
