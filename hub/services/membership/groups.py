"""Sharing groups: who forms them, who joins and leaves (visibility.md S5)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hub.model.audit import Event
from hub.model.collections import Right
from hub.model.members import Actor, Group, Partner
from hub.policy.actions import Action, Resource, require
from hub.policy.enrolment import against_group, refuse
from hub.services.membership import roster
from hub.services.membership.must_hold import commit_upheld
from hub.services.shelves.labelling import relabel_marked
from hub.store.base import Store, Transaction


@dataclass(frozen=True, slots=True)
class Forming:
    """A stage of services.access: a new, empty group; what carries its marking already is relabelled."""

    name: str
    marking: str

    def carry_out(self, tx: Transaction, actor: Actor) -> tuple[str, ...]:
        """Form it. Raises: as `Groups.add`."""
        require(actor, Action.GROUP_ADD)
        group = Group(self.name, self.marking)
        refuse(against_group(group), f"group {self.name}")
        roster.write_group(tx.registry, group)
        relabel_marked(tx, [group.marking])
        tx.record(Event(actor.name, Action.GROUP_ADD, self.name, {"marking": self.marking}))
        return (f"add group {self.name}: {self.marking}",)


@dataclass(frozen=True, slots=True)
class Moving:
    """A stage of services.access: partners that join (on) or leave a group."""

    group: str
    partners: tuple[str, ...]
    on: bool = True

    def carry_out(self, tx: Transaction, actor: Actor) -> tuple[str, ...]:
        """Begin or end the memberships that are not so already. Raises: as `Groups.join`."""
        action = Action.GROUP_JOIN if self.on else Action.GROUP_LEAVE
        require(actor, action)
        group = roster.known_group(tx.registry, self.group)
        known = [roster.known_partner(tx.registry, name) for name in self.partners]
        moved = [partner.name for partner in known if _set_member(tx, group, partner, on=self.on)]
        if moved:
            tx.record(Event(actor.name, action, group.name, {"partners": moved}))
        return tuple(f"{name} {'joins' if self.on else 'leaves'} {group.name}" for name in moved)


class Groups:
    """Forms sharing groups: each a pinned marking definition and the partners for whom it is met."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, actor: Actor, name: str, marking: str | None = None) -> Group:
        """Form an empty group, with a new marking if none is given.

        Raises: InvalidInputError; ConflictError: name or marking are taken.
        """
        forming = Forming(name, marking or new_marking())

        def act(tx: Transaction) -> Group:
            forming.carry_out(tx, actor)
            return roster.known_group(tx.registry, name)

        return commit_upheld(self._store, act)

    def join(self, actor: Actor, name: str, partners: Iterable[str]) -> Group:
        """Make partners members from now on. Raises: NotFoundError; ConflictError: what must hold would not."""
        return self._move(actor, Moving(name, tuple(partners), on=True))

    def leave(self, actor: Actor, name: str, partners: Iterable[str]) -> Group:
        """End memberships now. Raises: NotFoundError."""
        return self._move(actor, Moving(name, tuple(partners), on=False))

    def list(self, actor: Actor) -> tuple[Group, ...]:
        """Give all groups by name, with their members now."""
        require(actor, Action.GROUP_LIST)
        with self._store.snapshot() as snapshot:
            return snapshot.registry.groups()

    def own(self, actor: Actor) -> tuple[Group, ...]:
        """Give the groups the actor's partner is in, by name; who else is in them is not told (S5)."""
        require(actor, Action.GROUP_LIST_OWN, Resource(author=actor.name))
        partner = actor.partner.name if actor.partner else ""
        with self._store.snapshot() as snapshot:
            groups = snapshot.registry.groups()
        return tuple(replace(each, members=frozenset()) for each in groups if partner in each.members)

    def _move(self, actor: Actor, moving: Moving) -> Group:
        def act(tx: Transaction) -> Group:
            moving.carry_out(tx, actor)
            return roster.known_group(tx.registry, moving.group)

        return commit_upheld(self._store, act)


def new_marking() -> str:
    """Give the id of a marking definition nobody has used yet."""
    return f"marking-definition--{uuid.uuid4()}"


def _set_member(tx: Transaction, group: Group, partner: Partner, *, on: bool) -> bool:
    return roster.set_right(tx.registry, Right.MEMBER, f"partner:{partner.name}", group.marking, on=on)
