"""Who looks, and what of it he may be told: the view of one account, or what two see when one looks as the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.errors import NotFoundError
from hub.model.collections import Collection
from hub.model.contributions import Label
from hub.model.members import AccountKind, Actor, Role
from hub.policy.actions import Action, decide, require
from hub.policy.rules import Reader
from hub.services.reading import reader_of, record_shown, resource_of
from hub.store.base import Registry, Snapshot, Store, View
from hub.store.query import Shown
from stix_models.markings import Level


@dataclass(frozen=True, slots=True)
class Marks:
    """Who else may have it, in what may be told (S5). groups: names of groups that the looker knows.

    unnamed: how many more must be met. closed: AMBER without a group, for producer and secretariat only.
    recipients: whether it names who may have it.
    """

    level: Level
    groups: tuple[str, ...] = ()
    unnamed: int = 0
    closed: bool = False
    recipients: bool = False


@dataclass(frozen=True, slots=True)
class Sight:
    """A view and what goes with it.

    account: who looks, for the read record. collections: those he may read, by id. groups: names of the groups he
    knows, by marking id. partner: whose own contributions are his own. knows_producers: whether he may be told
    who pushed what (S8). beyond: while looking as another, how many contributions only that account sees.
    """

    store: Store
    view: View
    account: str
    collections: Mapping[str, Collection]
    groups: Mapping[str, str]
    partner: str
    knows_producers: bool
    beyond: int | None = None

    def marks(self, label: Label | None) -> Marks:
        """Say what rules a contribution; a reference object is CLEAR."""
        if label is None:
            return Marks(Level.CLEAR)
        groups = label.groups or frozenset()
        told = sorted(self.groups[each] for each in groups if each in self.groups)
        return Marks(
            label.level,
            tuple(told),
            len(groups) - len(told),
            closed=label.groups is None,
            recipients=label.recipients is not None,
        )

    def producer(self, label: Label | None) -> str:
        """Give who pushed it as far as the looker may know: "" if not."""
        if label is None:
            return ""
        return label.producer if self.knows_producers or label.producer == self.partner else ""

    def record(self, endpoint: str, shown: list[Shown]) -> None:
        """Keep what is shown, before it is; reference objects are everybody's."""
        served = {each.place: (each.object_id, each.version) for each in shown if each.place}
        record_shown(self.store, self.account, endpoint, served)


def sight_of(store: Store, actor: Actor, viewing_as: str | None = None) -> Sight:
    """Give what the actor sees, or what of an account's view a secretariat person sees too (S8).

    Raises: ForbiddenError: looking as another is the secretariat's. NotFoundError: no such account.
    """
    reader = reader_of(store, actor)
    if viewing_as is None:
        with store.snapshot() as snapshot:
            readable = _readable(snapshot.registry, actor, reader)
            groups = _groups(snapshot, reader.partner, everything=actor.has(Role.SECRETARIAT))
        view = store.view(reader, within=frozenset(readable))
        return Sight(
            store, view, actor.name, readable, groups, _own(actor), knows_producers=actor.has(Role.SECRETARIAT)
        )
    require(actor, Action.OBJECT_VIEW_AS)
    with store.snapshot() as snapshot:
        other, eyes = _account(store, snapshot.registry, viewing_as)
        theirs = _readable(snapshot.registry, other, eyes)
        readable = {id_: each for id_, each in theirs.items() if id_ in _readable(snapshot.registry, actor, reader)}
        groups = _groups(snapshot, eyes.partner, everything=other.has(Role.SECRETARIAT))
    view = store.view(eyes, also=reader, within=frozenset(readable))
    beyond = store.view(eyes, within=frozenset(theirs)).size() - view.size()
    return Sight(store, view, actor.name, readable, groups, _own(other), other.has(Role.SECRETARIAT), beyond)


def _account(store: Store, registry: Registry, name: str) -> tuple[Actor, Reader]:
    account, reader = registry.account(name), store.reader(name)
    if account is None or reader is None:
        raise NotFoundError(f"no account {name}")
    return Actor(name, account, registry.partner(account.partner), read_only=True), reader


def _readable(registry: Registry, actor: Actor, reader: Reader) -> dict[str, Collection]:
    """Give the collections the actor may read, by id (S1)."""
    return {
        each.id: each
        for each in registry.collections()
        if decide(actor, Action.COLLECTION_READ, resource_of(registry, reader, each)).allowed
    }


def _groups(snapshot: Snapshot, partner: str, *, everything: bool) -> dict[str, str]:
    groups = snapshot.registry.groups()
    return {each.marking: each.name for each in groups if everything or partner in each.members}


def _own(actor: Actor) -> str:
    """Give whose contributions are the actor's own; a partner's clients are ordinary readers (S8)."""
    account = actor.account
    return account.partner if account is not None and account.kind is not AccountKind.CLIENT else ""
