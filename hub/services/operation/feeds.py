"""How feeds do: who pulls what, when it last did, how far behind it is, how much it got, and what failed.

To those who set up the hub of every account, to others of their own partner's. What an account got and what waits
for it may be more than the asker sees: of another account's feed he is told when it pulled, and what came into his own
view since (S17).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from hub.errors import StoreError
from hub.model.collections import Collection
from hub.model.feeds import DAY_US, PullDay
from hub.model.members import AccountKind, Actor
from hub.policy.actions import Action, Resource, decide
from hub.policy.rules import Reader
from hub.services.reading import holds_now, reader_of
from hub.store.base import Registry, Snapshot, Store
from hub.store.query import ALL, Query

DAYS = 30
WEEK = 7
LATE_AFTER_US = DAY_US
"""A feed that was not asked for a day is late: machines ask every few minutes or hours."""

MOST_BEHIND = 500
"""So many waiting objects are counted; more are told as so many or more."""
_MINUTE_US = 60_000_000


class FeedState(StrEnum):
    """How a feed does, worst first."""

    LATE = "late"
    NEVER = "never"
    FRESH = "fresh"


@dataclass(frozen=True, slots=True)
class Volume:
    """How many objects were served: today (UTC), in 7 days and in 30, and on each of these 30, oldest first."""

    today: int
    week: int
    month: int
    days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Behind:
    """What waits in a feed: objects, at most MOST_BEHIND, and when the first of them came (µs of the hub clock)."""

    objects: int
    since: int | None


@dataclass(frozen=True, slots=True)
class Feed:
    """One account's feed of one collection.

    collection: its title. last: when it was last asked for, µs of the wall clock; None for never; to a colleague cut
    to the minute: a poll that found nothing is kept no finer, and must look like one that did (S17). failed: the
    account's requests of 7 days that failed, wherever. failed, volume: None where they are the account's own affair.
    """

    account: str
    partner: str
    kind: AccountKind
    collection: str
    state: FeedState
    last: int | None
    failed: int | None
    behind: Behind
    volume: Volume | None


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Some feeds, the late ones first, of `total` that the asker may know of; `troubled` of these are late.

    now: µs of the wall clock.
    """

    feeds: tuple[Feed, ...]
    total: int
    troubled: int
    now: int


@dataclass(frozen=True, slots=True)
class _Known:
    """A feed before anything is counted of it."""

    puller: Actor
    reader: Reader
    collection: Collection
    days: tuple[PullDay, ...]
    failed: int

    @property
    def last(self) -> int | None:
        return max((each.at for each in self.days), default=None)

    def state(self, now: int) -> FeedState:
        if self.last is None:
            return FeedState.NEVER
        return FeedState.LATE if now - self.last > LATE_AFTER_US else FeedState.FRESH


class Feeds:
    """Watches the feeds, and counts for them what TAXII answers with an error."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def failed(self, actor: Actor) -> None:
        """Count an answer to the actor that was an error."""
        if actor.account is not None:
            with suppress(StoreError):  # the answer it was about leaves all the same
                self._store.record_failure(actor.name)

    def health(self, actor: Actor, offset: int = 0, limit: int = 25) -> FeedPage:
        """Give some of the feeds the actor may know of: late ones first, then those never asked for, by age and name.

        An account that is no person has a feed of every collection it may read; a person of those it has pulled.
        """
        with self._store.snapshot() as snapshot:
            now = snapshot.now()
            known = sorted(self._known(snapshot, actor), key=lambda each: _order(each, now))
            feeds = tuple(self._feed(actor, each, now) for each in known[offset : offset + limit])
        troubled = sum(each.state(now) is FeedState.LATE for each in known)
        return FeedPage(feeds, len(known), troubled, now)

    def troubled(self, actor: Actor) -> int:
        """Count the feeds that are late, of those the actor may know of."""
        with self._store.snapshot() as snapshot:
            now = snapshot.now()
            return sum(each.state(now) is FeedState.LATE for each in self._known(snapshot, actor))

    def _known(self, snapshot: Snapshot, actor: Actor) -> Iterator[_Known]:
        today = snapshot.now() // DAY_US
        pulled: defaultdict[tuple[str, str], list[PullDay]] = defaultdict(list)
        for day in self._store.pulls(today - DAYS + 1):
            pulled[day.account, day.collection].append(day)
        collections = snapshot.registry.collections()
        for puller in _watched(snapshot.registry, actor):
            failed = sum(day.failed for day in pulled.get((puller.name, ""), ()) if day.day > today - WEEK)
            reader = self._store.reader(puller.name)
            for collection in collections:
                days = tuple(pulled.get((puller.name, collection.id), ()))
                is_person = puller.account is None or puller.account.kind is AccountKind.PERSON
                if not (_is_told(actor, puller) or _may_pull(actor, reader_of(self._store, actor), collection)):
                    continue  # a collection he may not know of
                if (days or not is_person) and reader is not None and _may_pull(puller, reader, collection):
                    yield _Known(puller, reader, collection, days, failed)

    def _feed(self, actor: Actor, known: _Known, now: int) -> Feed:
        told = _is_told(actor, known.puller)
        if told:
            reached = max((each.last for each in known.days), default=0)
            behind = self._behind(known.reader, known.collection, reached)
        else:
            behind = self._behind(reader_of(self._store, actor), known.collection, _to_minute(known.last) or 0)
        return Feed(
            account=known.puller.name,
            partner=known.reader.partner,
            kind=known.reader.account_kind,
            collection=known.collection.title,
            state=known.state(now),
            last=known.last if told else _to_minute(known.last),
            failed=known.failed if told else None,  # that of an object by its id tells whether he saw it
            behind=behind,
            volume=_volume(known.days, now // DAY_US) if told else None,
        )

    def _behind(self, reader: Reader, collection: Collection, after: int) -> Behind:
        """Count what the reader sees of the collection that is later than a date; no content is looked at."""
        query = Query(versions=frozenset({ALL}), added_after=after or None, bodies=False)
        waiting = self._store.view(reader).page(collection.id, query, None, MOST_BEHIND).entries
        return Behind(len(waiting), waiting[0].date_added if waiting else None)


def _watched(registry: Registry, actor: Actor) -> Iterator[Actor]:
    """Give those whose feeds the actor may know of, if they may come in at all."""
    partners = {each.name: each for each in registry.partners()}
    for account in registry.accounts():
        partner = partners[account.partner]
        whose = Resource(producer=partner.name, author=account.name)
        if not (account.suspended or partner.suspended) and decide(actor, Action.FEED_WATCH, whose).allowed:
            yield Actor(account.name, account, partner)


def _to_minute(at: int | None) -> int | None:
    return None if at is None else at - at % _MINUTE_US


def _is_told(actor: Actor, puller: Actor) -> bool:
    """Whether all of the puller's feed is for the actor."""
    return actor.name == puller.name or decide(actor, Action.AUDIT_READ).allowed


def _may_pull(puller: Actor, reader: Reader, collection: Collection) -> bool:
    readable = holds_now(reader.reads.get(collection.id, ())) or holds_now(reader.secretariat)
    return decide(puller, Action.COLLECTION_READ, Resource(collection=collection.id, readable=readable)).allowed


def _order(known: _Known, now: int) -> tuple[int, int, str, str]:
    state = list(FeedState).index(known.state(now))
    return state, _to_minute(known.last) or 0, known.puller.name, known.collection.title


def _volume(days: tuple[PullDay, ...], today: int) -> Volume:
    by_day = {each.day: each.objects for each in days}
    counts = tuple(by_day.get(day, 0) for day in range(today - DAYS + 1, today + 1))
    return Volume(counts[-1], sum(counts[-WEEK:]), sum(counts), counts)
