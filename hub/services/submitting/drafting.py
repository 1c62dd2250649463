"""Drafts of pushes: made of a file, kept for a day for the account alone, sent once.

A draft is nothing of the hub's yet: making and discarding one changes nothing for anybody and is not recorded.
Sending it is a push like any other, decided and recorded by the intake.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from converters import CONVERTERS
from converters.confined.wire import Limits as Cost
from converters.frame import Options
from hub.errors import Finding, ForbiddenError, InvalidInputError, NotFoundError, ThrottledError, TooLargeError
from hub.model.collections import Collection
from hub.model.drafts import Counts, Draft, Room
from hub.model.members import Account, Actor, Group
from hub.model.submissions import ItemState, Submission, SubmissionState
from hub.policy.actions import Action, require
from hub.services.conversion import Envelope, draft_mapping, to_envelope
from hub.services.shelves.intake import Intake, check_recipients
from hub.services.submitting.reach import Reach, rehearse
from hub.services.submitting.remarks import remarks_on
from hub.services.submitting.wishes import Wish, against
from hub.store.base import Store
from hub.vetting.checks import Limits, inspect
from stix_models.timestamps import instant_of

LASTS = timedelta(hours=24)
MOST_DRAFTS = 5
MOST_AN_HOUR = 120
"""How many files an account may have read in an hour."""

_ROOM_CONTENTS = 3
_AT_ONCE = 2
_BUSY_SECONDS = 5
_HOUR_SECONDS = 3600
_PASSED_ON = "stix21"
_COST = Cost(cpu_seconds=60, memory_bytes=1 << 30, waiting_seconds=120.0)
"""What reading one file may cost while somebody waits for the page."""


class Drafting:
    """Makes drafts of files and sends them. limits: of a push; cost: of a conversion."""

    def __init__(self, store: Store, intake: Intake, limits: Limits, cost: Cost = _COST) -> None:
        self._store = store
        self._intake = intake
        self._limits = limits
        self._cost = cost
        self._reading = threading.BoundedSemaphore(_AT_ONCE)

    @property
    def formats(self) -> tuple[str, ...]:
        """What can be read, by name; which one a file is can be left open."""
        return tuple(CONVERTERS)

    def groups(self, actor: Actor) -> tuple[Group, ...]:
        """Give the sharing groups the actor's partner is in, by name."""
        account = _account(actor)
        with self._store.snapshot() as snapshot:
            return tuple(group for group in snapshot.registry.groups() if account.partner in group.members)

    def make(self, actor: Actor, file: Path, wish: Wish) -> Draft:
        """Convert a file and keep what comes of it, with what was found and who would get it.

        Raises: NotFoundError, ForbiddenError: as `Intake.submit`. InvalidInputError: a field of the wish is wrong, the
        file can't be read, or nothing in it became an object; TooLargeError among them. ConflictError: too many
        drafts wait already. ThrottledError: too many files are being read, or were of late.
        """
        account = _account(actor)
        collection, trusted = self._intake.door(actor, wish.collection)
        check_recipients(wish.recipients)
        markings = self._markings(actor, wish)
        options = Options(
            wish.filename, wish.producer or account.partner, wish.level, wish.as_of, wish.mapping, markings
        )
        envelope = self._convert(account, file, options, wish)
        offers = inspect(envelope.body, self._limits)
        draft = _begun(account, collection, wish, self._now(), reviewed=not trusted)
        reach = rehearse(self._store, _as_push(draft, account), collection, offers, wish.level)
        draft = _finished(draft, envelope, reach)
        room = Room(MOST_DRAFTS, _ROOM_CONTENTS * self._limits.max_content_bytes)
        self._store.drafts.keep(draft, envelope.body, room)
        return draft

    def first_mapping(self, actor: Actor, file: Path, filename: str) -> str:
        """Give the text of a first mapping for a table. Raises: as `make`."""
        account = _account(actor)
        self._refuse_large(file)
        with self._turn(account):
            return draft_mapping(file, name=filename, limits=self._cost)

    def drafts(self, actor: Actor) -> tuple[Draft, ...]:
        """Give the account's drafts, oldest first."""
        return self._store.drafts.of(_account(actor).name)

    def find(self, actor: Actor, id: str) -> Draft:  # noqa: A002 - the field's name
        """Give one of the account's drafts. Raises: NotFoundError."""
        found = next((draft for draft in self.drafts(actor) if draft.id == id), None)
        if found is None:
            raise NotFoundError(f"there is no draft {id}")
        return found

    def send(self, actor: Actor, id: str) -> Submission:  # noqa: A002 - the field's name
        """Push a draft; a second time, and after it was sent, the answer is what became of it the first time.

        Raises: NotFoundError: there is no such draft and no push that was one; as `Intake.submit`.
        """
        account = _account(actor)
        try:
            draft = self.find(actor, id)
            body = self._store.drafts.body(account.name, id)
        except NotFoundError:
            return self._intake.status(actor, id)
        sent = self._intake.submit(actor, draft.collection, body, draft.recipients, floor=draft.level, once=draft.id)
        self._store.drafts.drop(account.name, id)
        return sent

    def discard(self, actor: Actor, id: str) -> None:  # noqa: A002 - the field's name
        """Throw a draft away, beyond recovery. Raises: NotFoundError."""
        if not self._store.drafts.drop(_account(actor).name, id):
            raise NotFoundError(f"there is no draft {id}")

    def _markings(self, actor: Actor, wish: Wish) -> tuple[str, ...]:
        """Give the marking of the group that was wished for. Raises: InvalidInputError: with all findings."""
        groups = {group.name: group.marking for group in self.groups(actor)}
        wrong = tuple(against(wish, frozenset(groups)))
        if wrong:
            raise InvalidInputError("the file can't be taken as asked for", wrong)
        return (groups[wish.group],) if wish.group else ()

    def _convert(self, account: Account, file: Path, options: Options, wish: Wish) -> Envelope:
        self._refuse_large(file)
        with self._turn(account):
            envelope = to_envelope(
                file, options, format_=wish.format, limits=self._cost, max_bytes=self._limits.max_content_bytes
            )
        if wish.group and envelope.format == _PASSED_ON:
            fixed = "what is STIX already keeps its markings: leave this open, or mark the objects in the file"
            raise InvalidInputError("the group can't be put on this file", (Finding("group", fixed, wish.group),))
        if not envelope.tally.objects:
            remarks, _ = remarks_on(envelope.findings, ())
            wrong = tuple(Finding(each.place, each.message, each.value or None) for each in remarks)
            raise InvalidInputError("nothing in the file became an object", wrong)
        return envelope

    def _refuse_large(self, file: Path) -> None:
        size, most = file.stat().st_size, self._limits.max_content_bytes
        if size > most:
            wrong = Finding("file", f"{size} bytes, more than the {most} a push may have")
            raise TooLargeError("the file is too large", (wrong,))

    def _turn(self, account: Account) -> _Turn:
        """Wait for nobody: either a file can be read now, or its sender is told when to come again."""
        key = f"draft:{account.name}"
        if self._store.counters.add(key, _HOUR_SECONDS) > MOST_AN_HOUR:
            wait = max(1, round(self._store.counters.ends(key) - time.time()))
            raise ThrottledError(f"{MOST_AN_HOUR} files were read in this hour already", wait)
        return _Turn(self._reading)

    def _now(self) -> datetime:
        with self._store.snapshot() as snapshot:
            return instant_of(snapshot.now())


class _Turn:
    """One of the files that are read at a time, as a context. Raises: ThrottledError: there are enough."""

    def __init__(self, reading: threading.BoundedSemaphore) -> None:
        self._reading = reading

    def __enter__(self) -> None:
        if not self._reading.acquire(blocking=False):
            raise ThrottledError("other files are being read: send it again in a moment", _BUSY_SECONDS)

    def __exit__(self, *_: object) -> None:
        self._reading.release()


def _account(actor: Actor) -> Account:
    """Give whose drafts they are. Raises: ForbiddenError: he prepares none, or only looks on."""
    require(actor, Action.DRAFT_KEEP)
    if actor.account is None:
        raise ForbiddenError("drafts are for the account that makes them")
    return actor.account


def _as_push(draft: Draft, account: Account) -> Submission:
    """Give the submission that the draft would be."""
    return Submission(
        draft.id,
        draft.collection,
        account.name,
        account.partner,
        draft.created,
        SubmissionState.REVIEW,
        draft.recipients,
    )


def _begun(account: Account, collection: Collection, wish: Wish, now: datetime, *, reviewed: bool) -> Draft:
    """Give the draft as far as it is known before it was rehearsed."""
    return Draft(
        id=str(uuid4()),
        account=account.name,
        created=now,
        expires=now + LASTS,
        collection=collection.id,
        filename=wish.filename,
        format="",
        level=wish.level,
        recipients=wish.recipients,
        reviewed=reviewed,
        counts=Counts(),
    )


def _finished(draft: Draft, envelope: Envelope, reach: Reach) -> Draft:
    """Give the draft with what was found in the file and what would become of its objects."""
    states = Counter(item.state for item in reach.items)
    remarks, count = remarks_on(envelope.findings, reach.items)
    tally = envelope.tally
    counts = Counts(
        records=tally.records,
        converted=tally.converted,
        rejected=tally.rejected,
        skipped=tally.skipped,
        objects=len(reach.items),
        refused=states[ItemState.FAILED],
        known=states[ItemState.KNOWN],
        remarks=count,
    )
    return replace(draft, format=envelope.format, counts=counts, shares=reach.shares, remarks=remarks)
