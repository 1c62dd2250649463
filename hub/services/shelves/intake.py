"""What comes in, by one path for every door (visibility.md S10, S12; TAXII 2.1 section 5.5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from uuid import uuid4

from hub.errors import Finding, InvalidInputError, NotFoundError
from hub.model.audit import Event
from hub.model.collections import Collection, Right
from hub.model.collections import Intake as IntakeRule
from hub.model.members import NAME, Actor
from hub.model.submissions import ItemState, Offer, Submission, SubmissionState
from hub.policy.actions import Action, Resource, decide, require
from hub.policy.labels import Markings, explicit_level
from hub.services.reading import holds, reader_of, resource_of
from hub.services.shelves.labelling import Labelled, known_markings, label_items, release
from hub.services.shelves.status import told
from hub.store.base import Registry, Store, Transaction
from hub.vetting.checks import Limits, inspect
from stix_models.markings import Level
from stix_models.outline import Outline
from stix_models.timestamps import instant_of

MAX_RECIPIENTS = 1_000
"""How many accounts a push may name."""

_MARKING = re.compile(rb"marking-definition--[0-9a-fA-F-]{36}")


class Intake:
    """Takes pushes in and tells their senders what became of them."""

    def __init__(self, store: Store, limits: Limits) -> None:
        self._store = store
        self._limits = limits

    @property
    def max_content_bytes(self) -> int:
        """How large a push may be."""
        return self._limits.max_content_bytes

    def submit(
        self,
        actor: Actor,
        collection: str,
        body: bytes,
        recipients: frozenset[str] = frozenset(),
        *,
        offers: Sequence[Offer] | None = None,
        from_file: bool = False,
        floor: Level = Level.CLEAR,
        once: str | None = None,
    ) -> Submission:
        """Take in an envelope or bundle; one bad object never costs the others.

        collection: id, alias or title. recipients: account names for what is RED (S5); one that is nobody's or
        not eligible is taken like any other and never matches, so that names can't be tried out.
        offers: the checked objects, where the caller has them; `body` is then not looked at.
        from_file: JSON lines, a list of objects and a single object are taken as well.
        floor: at least the level of what names none (S10). once: the id the submission gets; one that the account
        has pushed under it already is the answer, and nothing is taken in again.
        Raises: NotFoundError: no such collection for the actor. ForbiddenError: he sees it and may not push
        there. InvalidInputError: the body as a whole can't be read, or a recipient is no account name.
        """
        target, trusted = self.door(actor, collection)
        check_recipients(recipients)
        offered = inspect(body, self._limits, from_file=from_file) if offers is None else offers

        def work(tx: Transaction) -> tuple[Submission, dict[int, Labelled] | None]:
            before = tx.submission(once) if once else None
            if before is not None and before.account == actor.name:
                return before, None
            submission = _submission(actor, target, recipients, tx.now(), once)
            return _take_in(tx, actor, submission, target, offered, trusted=trusted, floor=floor)

        received, labelled = self._store.commit(work)
        return self._told(actor, received, labelled)

    def status(self, actor: Actor, submission_id: str) -> Submission:
        """Tell the sender of a push where each of its objects stands (TAXII 2.1 section 4.3).

        Raises: NotFoundError: there is no such push of this account.
        """
        with self._store.snapshot() as snapshot:
            submission = snapshot.submission(submission_id)
        own = Resource(submission.collection, author=submission.account) if submission else Resource()
        if submission is None or not decide(actor, Action.STATUS_READ, own).allowed:
            raise NotFoundError(f"no status {submission_id}")
        return self._told(actor, submission)

    def door(self, actor: Actor, reference: str) -> tuple[Collection, bool]:
        """Find the collection to push to, and whether what comes from the actor's partner is trusted there.

        Raises: NotFoundError, ForbiddenError: as `submit`.
        """
        reader = reader_of(self._store, actor)
        with self._store.snapshot() as snapshot:
            registry = snapshot.registry
            found = registry.collection(reference)
            resource = resource_of(registry, reader, found) if found else Resource()
            sees = any(decide(actor, act, resource).allowed for act in (Action.OBJECT_ADD, Action.COLLECTION_READ))
            if found is None or not sees:
                raise NotFoundError(f"no collection {reference}")
            require(actor, Action.OBJECT_ADD, resource)
            return found, _is_trusted(registry, reader.partner, found)

    def _told(self, actor: Actor, submission: Submission, labelled: dict[int, Labelled] | None = None) -> Submission:
        view = self._store.view(reader_of(self._store, actor))
        with self._store.snapshot() as snapshot:
            return told(snapshot, view, submission, labelled)


def _take_in(
    tx: Transaction,
    actor: Actor,
    submission: Submission,
    collection: Collection,
    offers: Sequence[Offer],
    *,
    trusted: bool,
    floor: Level,
) -> tuple[Submission, dict[int, Labelled]]:
    """Put the offers on the waiting shelf and, if trusted, on to the released one."""
    known = known_markings(tx.registry)
    floor = max(floor, broken_level(offers, known), key=lambda each: each.rank)
    level = default_level(collection, known, [offer.outline for offer in offers if offer.outline], floor)
    items = tx.receive(submission, offers, level)
    fresh = [
        (item, offer.outline)
        for item, offer in zip(items, offers, strict=True)
        if item.state is ItemState.REVIEW and offer.outline
    ]
    labelled = label_items(tx, submission, known, level, fresh)
    if trusted:
        release(tx, submission, known, labelled)
    detail = {"collection": collection.id, "objects": len(items), "new": len(fresh), "released": trusted}
    tx.record(Event(actor.name, Action.OBJECT_ADD, submission.id, detail))
    stored = tx.submission(submission.id) or submission
    return stored, {item.number: each for item, each in labelled}


def _is_trusted(registry: Registry, partner: str, collection: Collection) -> bool:
    if collection.intake is IntakeRule.TWO_REVIEWERS:
        return False
    return collection.intake is IntakeRule.TRUSTED or holds(registry, Right.TRUSTED, partner, collection)


def broken_level(offers: Iterable[Offer], known: Markings) -> Level:
    """Give the most restrictive level named in what can't be taken: it is named in the envelope too (S10).

    What is told of such objects stays, and is told as restrictively as they asked for.
    """
    broken = (offer.raw for offer in offers if offer.outline is None)
    levels = (known.level(id_.decode().lower()) for raw in broken for id_ in _MARKING.findall(raw))
    return max((level for level in levels if level), key=lambda level: level.rank, default=Level.CLEAR)


def default_level(collection: Collection, known: Markings, outlines: Iterable[Outline], floor: Level) -> Level:
    """Give what an object without a level gets: the collection's, or the envelope's most restrictive one (S10).

    floor: a level that its sender wants for it at least.
    """
    explicit = explicit_level(outlines, known) or collection.default_tlp
    return max(explicit, collection.default_tlp, floor, key=lambda level: level.rank)


def _submission(
    actor: Actor, target: Collection, recipients: frozenset[str], now: int, id_: str | None = None
) -> Submission:
    if actor.account is None:
        raise NotFoundError(f"no collection {target.id}")
    return Submission(
        id=id_ or str(uuid4()),
        collection=target.id,
        account=actor.account.name,
        partner=actor.account.partner,
        received=instant_of(now),
        state=SubmissionState.REVIEW,
        recipients=recipients,
    )


def check_recipients(recipients: frozenset[str]) -> None:
    """Raise InvalidInputError for what can be no account's name."""
    odd = [name for name in sorted(recipients) if not NAME.match(name)]
    wrong = tuple(Finding("recipients", "not an account name", name[:64]) for name in odd)
    if wrong or len(recipients) > MAX_RECIPIENTS:
        raise InvalidInputError(f"recipients are at most {MAX_RECIPIENTS} account names", wrong)
