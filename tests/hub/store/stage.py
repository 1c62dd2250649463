"""A small cast, the acts it performs on a store, and a stage that plays them before store and oracle."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid5

from hub.model.collections import Collection, Intake, MarkingKind, PinnedMarking, Right
from hub.model.members import SECRETARIAT, Account, AccountKind, Partner, PartnerKind, Role
from hub.model.submissions import Item, ItemState, Offer, Submission, SubmissionState
from hub.store.base import Release, Store, Transaction
from hub.store.query import Query
from stix_models.markings import Level
from stix_models.outline import Outline
from tests.hub.store.oracle import Dated, Held, History, Key, Member, Standing, State

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hub.model.contributions import Contribution, Label
    from hub.policy.rules import Reader

SECOND = 1_000_000
DAWN = 1_790_000_000 * SECOND
"""Where every test clock begins, µs since 1970."""

MAIN = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
SIDE = "1c6d3a0e-5b0f-4c63-9d0a-7c1f1c5b8b55"
GROUPS = {
    "g-one": "marking-definition--765f506c-236a-4c6f-acac-6ae253eb0eca",
    "g-two": "marking-definition--c08ebd11-f0cb-46ad-a121-69af4afb19b1",
}
ONE, TWO = GROUPS.values()
PARTNERS = {
    SECRETARIAT: PartnerKind.MEMBER,
    "bank-a": PartnerKind.MEMBER,
    "bank-b": PartnerKind.MEMBER,
    "relay-r": PartnerKind.RELAY,
    "watch-o": PartnerKind.OBSERVER,
}
CAST = {
    member.account: member
    for member in (
        Member(name, partner, PARTNERS[partner], kind)
        for name, partner, kind in (
            ("s-ann", SECRETARIAT, AccountKind.PERSON),
            ("s-bot", SECRETARIAT, AccountKind.SERVICE),
            ("a-ada", "bank-a", AccountKind.PERSON),
            ("a-bot", "bank-a", AccountKind.SERVICE),
            ("a-own", "bank-a", AccountKind.CLIENT),
            ("b-bob", "bank-b", AccountKind.PERSON),
            ("b-red", "bank-b", AccountKind.SERVICE),
            ("r-rik", "relay-r", AccountKind.PERSON),
            ("r-sub", "relay-r", AccountKind.CLIENT),
            ("o-eve", "watch-o", AccountKind.PERSON),
        )
    )
}
ANYONE = Member("", "", PartnerKind.OBSERVER, AccountKind.CLIENT)
"""Who has not signed in."""
READERS = {"": ANYONE, **CAST}
STANDARD_RIGHTS = (
    Held(Right.READ, "*", MAIN),
    Held(Right.READ, "group:g-one", SIDE),
    Held(Right.MEMBER, "partner:bank-a", ONE),
    Held(Right.MEMBER, "partner:bank-b", ONE),
)
"""What everybody begins with, beside the secretariat's role; acts change it."""


@dataclass(frozen=True, slots=True)
class Offered:
    """An object on its way in with the label it will be released under."""

    outline: Outline
    body: bytes
    label: Label


@dataclass(frozen=True, slots=True)
class Push:
    """An account pushes into a collection; all is released in the same commit or, held, in the next."""

    account: str
    collection: str
    offered: tuple[Offered, ...]
    held: bool = False


@dataclass(frozen=True, slots=True)
class Relabel:
    """Standing contributions get other labels, all in one commit."""

    labels: tuple[tuple[Key, Label], ...]


@dataclass(frozen=True, slots=True)
class Delete:
    """Standing contributions are deleted, all in one commit."""

    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Rights:
    """Rights begin and end, all in one commit."""

    opened: tuple[Held, ...] = ()
    ended: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """The hub takes an object in as public knowledge (S11)."""

    outline: Outline
    body: bytes


@dataclass(frozen=True, slots=True)
class Clock:
    """The wall clock is moved by µs, back too."""

    by: int


@dataclass(frozen=True, slots=True)
class Pin:
    """The secretariat registers a marking, so that references to it are met (S2, S11)."""

    id: str


Act = Push | Relabel | Delete | Rights | Hold | Pin | Clock


@dataclass(slots=True)
class Wall:
    """A wall clock that goes when it is told to."""

    now: int = DAWN

    def __call__(self) -> int:
        """Give µs since 1970."""
        return self.now


@dataclass(slots=True)
class Stage:
    """A store, its clock, and the oracle that watches.

    last_stamp: gives the latest stamp the store has given, 0 if there is none; the one thing that has to be
    asked of the store, because how much room a commit took is its own affair.
    """

    store: Store
    wall: Wall
    last_stamp: Callable[[], int]
    history: History = field(default_factory=History)
    acts: list[Act] = field(default_factory=list)
    pushes: int = 0
    places: int = 0

    def settle(self) -> None:
        """Bring in the cast with its standard rights."""
        self.store.commit(bring_in)
        secretariat = Held(Right.SECRETARIAT, "account:s-ann")
        rights = frozenset(STANDARD_RIGHTS) | {secretariat}
        self.history.then(State(self.last_stamp(), rights=rights, groups=tuple(GROUPS.items())))

    def play(self, act: Act) -> None:
        """Perform an act on the store and tell the oracle what happened."""
        self.acts.append(act)
        match act:
            case Push():
                self._push(act)
            case Relabel():
                self._relabel(dict(act.labels))
            case Delete():
                self._delete(frozenset(act.keys))
            case Rights():
                self._change_rights(act)
            case Hold():
                self.store.commit(lambda tx: tx.put_reference(act.outline, act.body))
                self._then(known=self.history.now.known | {act.outline.id})
            case Pin():
                marking = PinnedMarking(act.id, MarkingKind.INFO)
                self.store.commit(lambda tx: tx.registry.put_marking(marking))
                self._then(known=self.history.now.known | {act.id})
            case Clock():
                self.wall.now += act.by

    def reader(self, account: str) -> Reader:
        """Give the store's reader of one of the cast."""
        found = self.store.reader(account)
        assert found is not None
        return found

    def feed(self, account: str, collection: str, limit: int = 1000) -> list[tuple[int, bytes]]:
        """Give a reader's feed from the store, page by page, as date_added and bytes."""
        view = self.store.view(self.reader(account))
        query = Query(versions=frozenset({"all"}))
        page = view.page(collection, query, None, limit)
        found = list(page.entries)
        while page.next is not None:
            page = view.page(collection, query, page.next, limit)
            found += page.entries
        return [(entry.date_added, entry.body) for entry in found]

    def check(self, account: str, collection: str) -> None:
        """Assert that the store and the oracle give the reader the same feed."""
        expected = self.history.feed(READERS[account], collection)
        assert self.feed(account, collection) == listed(expected), f"{account} in {collection}"

    def check_all(self) -> None:
        """Assert that they do for every reader, and that the same contributions stand."""
        for account in READERS:
            for collection in (MAIN, SIDE):
                self.check(account, collection)
        standing = self.history.now.standing
        with self.store.snapshot() as snapshot:
            found = snapshot.contributions({it.outline.id for it in standing})
        assert [key_of(it) for it in found] == [it.key for it in standing]

    def _push(self, act: Push) -> None:
        self.pushes += 1
        submission = _submission(act, self.pushes, self.wall.now)
        offers = [Offer(number, it.outline.id, it.body, it.outline) for number, it in enumerate(act.offered)]
        items: tuple[Item, ...] = ()

        def receive(tx: Transaction) -> None:
            nonlocal items
            items = tx.receive(submission, offers, Level.AMBER)

        def release(tx: Transaction) -> None:
            tx.release(
                [
                    Release(item, it.outline, it.label)
                    for item, it in zip(items, act.offered, strict=True)
                    if item.state is ItemState.REVIEW
                ]
            )

        def both(tx: Transaction) -> None:
            receive(tx)
            release(tx)

        if act.held:
            self.store.commit(receive)
            self.store.commit(release)
        else:
            self.store.commit(both)
        states = [item.state for item in items]
        assert states == self._expected_states(act), act
        accepted = [it for it, state in zip(act.offered, states, strict=True) if state is ItemState.REVIEW]
        self._release(act, accepted)

    def _expected_states(self, act: Push) -> list[ItemState]:
        """Say what becomes of each offer by S12 and S14, taking the push in order."""
        producer = CAST[act.account].partner
        here = {it.key: it.body for it in self.history.now.standing}
        ended = [it.outline for it in self.history.now.standing if it.producer == producer]
        states = []
        for it in act.offered:
            key = Key(producer, act.collection, it.outline.id, it.outline.version_key)
            if it.outline.id in self.history.now.known:
                states.append(ItemState.KNOWN)
            elif key in here:
                states.append(ItemState.KNOWN if here[key] == it.body else ItemState.FAILED)
            elif any(revoked_before(it.outline, other) for other in ended):
                states.append(ItemState.FAILED)
            else:
                states.append(ItemState.REVIEW)
                here[key] = it.body
                ended.append(it.outline)
        return states

    def _release(self, act: Push, accepted: list[Offered]) -> None:
        producer = CAST[act.account].partner
        added = [
            Standing(self.places + number, act.collection, producer, act.account, it.outline, it.label, it.body)
            for number, it in enumerate(accepted)
        ]
        self.places += len(added)
        self._then(standing=(*self.history.now.standing, *added))

    def _relabel(self, labels: Mapping[Key, Label]) -> None:
        def work(tx: Transaction) -> None:
            found = tx.contributions({key.object_id for key in labels})
            tx.relabel({it.place: labels[key_of(it)] for it in found if key_of(it) in labels})

        self.store.commit(work)
        standing = self.history.now.standing
        self._then(standing=tuple(replace(it, label=labels.get(it.key, it.label)) for it in standing))

    def _delete(self, keys: frozenset[Key]) -> None:
        def work(tx: Transaction) -> None:
            found = tx.contributions({key.object_id for key in keys})
            tx.delete([it for it in found if key_of(it) in keys])

        self.store.commit(work)
        self._then(standing=tuple(it for it in self.history.now.standing if it.key not in keys))

    def _change_rights(self, act: Rights) -> None:
        def work(tx: Transaction) -> None:
            for held in act.ended:
                tx.registry.end_right(held.right, held.subject, held.object)
            for held in act.opened:
                tx.registry.open_right(held.right, held.subject, held.object)

        self.store.commit(work)
        self._then(rights=self.history.now.rights - frozenset(act.ended) | frozenset(act.opened))

    def _then(self, **changed: object) -> None:
        """Let the oracle's next state begin at the stamp the store gave, if it gave one."""
        before, stamp = self.history.now, self.last_stamp()
        if stamp != before.stamp:
            assert stamp > before.stamp, "stamps rise, whatever the wall clock does"
            assert stamp >= self.wall.now, "a stamp is never before the wall clock"
        self.history.then(replace(before, stamp=stamp, **changed))  # type: ignore[arg-type]  # fields by name


def bring_in(tx: Transaction) -> None:
    """Set up partners, accounts, groups, collections and the standard rights."""
    for name, kind in PARTNERS.items():
        tx.registry.put_partner(Partner(name, kind))
    for member in CAST.values():
        roles = {Role.READER, Role.CONTRIBUTOR} | ({Role.SECRETARIAT} if member.account == "s-ann" else set())
        tx.registry.put_account(Account(member.account, member.partner, member.kind, frozenset(roles)))
    for name, marking in GROUPS.items():
        tx.registry.put_group(name, marking)
    tx.registry.put_collection(Collection(MAIN, "Main", "main", Level.AMBER, ONE, Intake.TRUSTED))
    tx.registry.put_collection(Collection(SIDE, "Side", "side", Level.GREEN, None, Intake.TRUSTED))
    tx.registry.open_right(Right.SECRETARIAT, "account:s-ann")
    for held in STANDARD_RIGHTS:
        tx.registry.open_right(held.right, held.subject, held.object)


def listed(feed: tuple[Dated, ...]) -> list[tuple[int, bytes]]:
    """Give a feed of the oracle in the form in which a stage gives the store's."""
    return [(it.date_added, it.standing.body) for it in feed]


def key_of(contribution: Contribution) -> Key:
    """Give what tells a store's contribution apart."""
    it = contribution
    return Key(it.producer, it.collection, it.object_id, it.version_key)


def outline_of(object_id: str, version: int = 0, references: tuple[str, ...] = (), *, revoked: bool = False) -> Outline:
    """Describe an object; version n is n seconds after a fixed day, 0 for what has no version."""
    type_ = object_id.partition("--")[0]
    observable = type_ in ("domain-name", "ipv4-addr")
    moment = datetime.fromtimestamp(DAWN // SECOND - 86_400 + version, UTC) if version else None
    text = "1970-01-01T00:00:00Z" if moment is None else f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"
    return Outline(
        id=object_id,
        type=type_,
        version=text,
        version_key=text.replace("Z", "000Z") if version else text,
        spec_version="2.1",
        created_by=None,
        markings=(),
        references=tuple(sorted(references)),
        revoked=revoked,
        statement=False,
        modified=int(moment.timestamp()) * SECOND if moment else None,
        observable=observable,
    )


def identify(type_: str, number: int) -> str:
    """Give the id of the n-th object of a type."""
    return f"{type_}--{UUID(int=uuid5(NAMESPACE_URL, f'{type_}/{number}').int, version=4)}"


def revoked_before(outline: Outline, other: Outline) -> bool:
    """Whether another version revoked the object before this one (S14)."""
    return other.id == outline.id and other.revoked and other.version_key < outline.version_key


def _submission(act: Push, number: int, at: int) -> Submission:
    recipients = frozenset(name for it in act.offered for name in it.label.recipients or ())
    received = datetime.fromtimestamp(at / SECOND, UTC)
    return Submission(
        id=str(UUID(int=number, version=4)),
        collection=act.collection,
        account=act.account,
        partner=CAST[act.account].partner,
        received=received,
        state=SubmissionState.REVIEW,
        recipients=recipients,
    )
