"""The whole community as one file: plan, apply in one commit, export.

May import: what services may, and membership. Never comes in: a second way to write members or rights.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from hub.model.audit import Event
from hub.model.members import Actor
from hub.policy.actions import Action, require
from hub.services.community.changes import Change, changes_between
from hub.services.community.document import Document, parse
from hub.services.community.resolution import check, complete, present
from hub.services.community.writing import write
from hub.services.membership.must_hold import commit_upheld
from hub.services.shelves.labelling import relabel_marked
from hub.store.base import Registry, Store, Transaction


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file changes, in order, and what the hub has that it does not name (`noun name`), which stays."""

    changes: tuple[Change, ...]
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommunityFile:
    """A stage of services.access: the hub as a community file says."""

    text: str = field(repr=False)

    def carry_out(self, tx: Transaction, actor: Actor) -> tuple[str, ...]:
        """Make it so. Raises: as `Community.apply`."""
        return tuple(change.words for change in self.settle(tx, actor).changes)

    def settle(self, tx: Transaction, actor: Actor) -> Plan:
        """Make it so, record each change and the file's digest, and tell what was done."""
        require(actor, Action.COMMUNITY_APPLY)
        plan = _plan(tx.registry, parse(self.text))
        for change in plan.changes:
            change.act(tx.registry)
            tx.record(Event(actor.name, change.action, change.target, change.detail))
        relabel_marked(tx, [change.relabels for change in plan.changes if change.relabels])
        if plan.changes:
            facts = {"changes": len(plan.changes), "sha256": sha256(self.text.encode()).hexdigest()}
            tx.record(Event(actor.name, Action.COMMUNITY_APPLY, "community", facts))
        return plan


class Community:
    """Keeps the hub as a community file says.

    The file is the whole truth about the groups and collections it names: memberships and grants that are not
    in it end. Partners, accounts, groups, markings and collections it does not name stay as they are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def plan(self, text: str, actor: Actor) -> Plan:
        """Tell what `apply` would change. Raises: as apply."""
        require(actor, Action.COMMUNITY_PLAN)
        wanted = parse(text)
        with self._store.snapshot() as snapshot:
            return _plan(snapshot.registry, wanted)

    def apply(self, text: str, actor: Actor) -> Plan:
        """Make the hub so, in one commit; what is so already stays untouched.

        Raises: InvalidInputError: with a finding for each mistake. ConflictError: a kind, an account's partner or
            a group's marking would change, or what must hold would not.
        """
        return commit_upheld(self._store, lambda tx: CommunityFile(text).settle(tx, actor))

    def export(self, actor: Actor) -> str:
        """Write the community as a file that, applied, changes nothing."""
        require(actor, Action.COMMUNITY_EXPORT)
        with self._store.snapshot() as snapshot:
            return write(present(snapshot.registry))


def _plan(registry: Registry, asked: Document) -> Plan:
    now = present(registry)
    wanted = complete(now, asked)
    check(now, wanted)
    return Plan(changes_between(now, wanted), tuple(_left(now, wanted)))


def _left(now: Document, wanted: Document) -> Iterable[str]:
    """Name what the file leaves alone."""
    for noun, has, names in (
        ("partner", [each.name for each in now.partners], {each.name for each in wanted.partners}),
        ("account", [each.name for each in now.accounts], {each.name for each in wanted.accounts}),
        ("group", [each.name for each in now.groups], {each.name for each in wanted.groups}),
        ("marking", [each.id for each in now.markings], {each.id for each in wanted.markings}),
    ):
        yield from (f"{noun} {name}" for name in has if name not in names)
    ids = {each.id for each in wanted.collections}
    yield from (f"collection {each.title}" for each in now.collections if each.id not in ids)
