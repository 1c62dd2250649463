"""The questions themselves: why an account sees an object, who else does, what is held back, is the store sound."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from hub.errors import Finding, NotFoundError
from hub.model.contributions import Contribution
from hub.model.members import Actor
from hub.model.submissions import ItemState
from hub.policy.actions import Action, Resource, require
from hub.policy.labels import holds
from hub.services.insight.chain import Asked, judge
from hub.services.insight.nearest import nearest
from hub.services.insight.verdicts import Explanation, Held, Own, Seers, Share, Why
from hub.services.reading import reader_of, reads_anything
from hub.services.shelves.labelling import known_markings, label_contribution
from hub.store.base import Snapshot, Store

LINGERS = "held since it came, though nothing holds it any more: mark it with its own level to let it out"


class Insight:
    """Answers the operator and the secretariat of everybody, and each account of itself; no content passes here."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def explain(self, actor: Actor, account: str, object_id: str) -> Explanation:
        """Say whether the account sees the object, and for each contribution every rule that was tried.

        Raises: ForbiddenError: the actor does not set up the hub. NotFoundError: there is no such account.
        """
        return self.why(actor, account, object_id).explanation

    def why(self, actor: Actor, account: str, object_id: str) -> Why:
        """Say the same, and of each contribution it does not get the nearest change that would open it.

        Raises: as `explain`.
        """
        require(actor, Action.OBJECT_EXPLAIN)
        with self._store.snapshot() as snapshot:
            return self._why(self._asked(snapshot, account), object_id, snapshot.contributions([object_id]))

    def why_all(self, actor: Actor, object_id: str) -> tuple[Why, ...]:
        """Say the same of every account, as of one moment, by name. Raises: ForbiddenError."""
        require(actor, Action.OBJECT_EXPLAIN)
        with self._store.snapshot() as snapshot:
            standing = snapshot.contributions([object_id])
            names = [account.name for account in snapshot.registry.accounts()]
            return tuple(self._why(self._asked(snapshot, name), object_id, standing) for name in names)

    def explain_all(self, actor: Actor, object_id: str) -> tuple[Explanation, ...]:
        """Say of every account whether it sees the object and why, as of one moment, by name.

        Raises: ForbiddenError: the actor does not set up the hub.
        """
        require(actor, Action.OBJECT_EXPLAIN)
        with self._store.snapshot() as snapshot:
            standing = snapshot.contributions([object_id])
            names = [account.name for account in snapshot.registry.accounts()]
            return tuple(self._explained(self._asked(snapshot, name), object_id, standing) for name in names)

    def seers(self, actor: Actor, object_id: str) -> Seers:
        """Say who can see the object, by partner: as of one moment, every account counted.

        Raises: ForbiddenError: the actor does not set up the hub.
        """
        require(actor, Action.OBJECT_EXPLAIN)
        with self._store.snapshot() as snapshot:
            everyone = {each.account: each for each in self.explain_all(actor, object_id)}
            partners = {each.name: each for each in snapshot.registry.partners()}
            accounts = sorted(snapshot.registry.accounts(), key=attrgetter("partner", "name"))
            shares = []
            for name, each in groupby(accounts, key=attrgetter("partner")):
                found = tuple(everyone[account.name] for account in each)
                shares.append(Share(name, partners[name].kind, sum(one.visible for one in found), found))
        return Seers(object_id, tuple(sorted(shares, key=lambda share: (-share.seeing, share.partner))))

    def own(self, actor: Actor, object_id: str) -> tuple[Own, ...]:
        """Tell an account which versions of the object it sees and by which rule; () if none, hidden or absent alike.

        Raises: ForbiddenError: the actor is no account.
        """
        require(actor, Action.OBJECT_EXPLAIN_OWN, Resource(author=actor.name))
        reader = reader_of(self._store, actor)
        with self._store.snapshot() as snapshot:
            asked = Asked(snapshot, actor, reader)
            titles = {each.id: each.title for each in snapshot.registry.collections()}
            if snapshot.is_reference([object_id]) and reads_anything(snapshot.registry, actor, reader):
                return (Own("", "", "S11", "public knowledge that the hub itself holds"),)
            seen = [each for each in snapshot.contributions([object_id]) if asked.gets(each)]
        return tuple(sorted({_own(asked, each, titles) for each in seen}, key=attrgetter("collection", "version")))

    def check(self, actor: Actor) -> Iterator[Finding]:
        """Recompute hashes, lanes, references and the audit chain; give what is wrong."""
        require(actor, Action.HUB_CHECK)
        return self._store.verify()

    def waiting(self, actor: Actor) -> tuple[Held, ...]:
        """Give the released contributions that are held back, by which markings and ids, by place."""
        require(actor, Action.HUB_CHECK)
        with self._store.snapshot() as snapshot:
            known = known_markings(snapshot.registry)
            held = []
            for each in snapshot.held():
                found = label_contribution(snapshot, each, known)
                reasons = (LINGERS,) if found.lingers else holds(found.outline, found.given)
                held.append(Held(each, reasons, snapshot.missing(each)))
        return tuple(held)

    def _asked(self, snapshot: Snapshot, name: str) -> Asked:
        account, reader = snapshot.registry.account(name), self._store.reader(name)
        if account is None or reader is None:
            raise NotFoundError(f"no account {name}")
        return Asked(snapshot, Actor(name, account, snapshot.registry.partner(account.partner)), reader)

    def _why(self, asked: Asked, object_id: str, standing: tuple[Contribution, ...]) -> Why:
        hidden = [each for each in standing if not asked.gets(each)]
        changes = tuple(nearest(asked, each, standing) for each in hidden)
        return Why(self._explained(asked, object_id, standing), changes)

    def _explained(self, asked: Asked, object_id: str, standing: tuple[Contribution, ...]) -> Explanation:
        if asked.is_suspended:
            reason = "it or its partner is suspended: it can't sign in"
            return Explanation(asked.actor.name, object_id, False, (), reason)
        if not standing:
            reads = reads_anything(asked.snapshot.registry, asked.actor, asked.reader)
            visible = reads and self._store.view(asked.reader).sees(object_id)
            return Explanation(asked.actor.name, object_id, visible, (), _absence(asked.snapshot, object_id))
        verdicts = tuple(judge(asked, each, standing) for each in standing)
        return Explanation(asked.actor.name, object_id, any(each.visible for each in verdicts), verdicts)


def _own(asked: Asked, contribution: Contribution, titles: dict[str, str]) -> Own:
    rule, reason = "S4", "its level, groups, versions and references are all met"
    if asked.owns(contribution):
        rule, reason = "S8", "your organisation pushed it"
    return Own(titles.get(contribution.collection, ""), contribution.version, rule, reason)


def _absence(snapshot: Snapshot, object_id: str) -> str:
    if snapshot.is_reference([object_id]):
        return "a reference object: everybody who may read anything may see it (S11)"
    items = (item for submission in snapshot.waiting() for item in submission.items)
    if any(item.object_id == object_id and item.state is ItemState.REVIEW for item in items):
        return "it waits in review"
    return "nothing of this id stands: it was never released, or it was deleted"
