"""Why an account sees an object or doesn't, what is held back, and whether the store is sound."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from hub.errors import Finding, NotFoundError
from hub.model.contributions import Contribution, Label
from hub.model.members import Actor
from hub.model.submissions import ItemState
from hub.policy.actions import Action, decide, require
from hub.policy.labels import holds
from hub.policy.rules import Reader, spans
from hub.services.reading import holds_now, resource_of
from hub.services.shelves.labelling import known_markings, label_contribution
from hub.store.base import Snapshot, Store, View
from stix_models.markings import Level

LINGERS = "held since it came, though nothing holds it any more: mark it with its own level to let it out"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a reader gets one contribution, by which rule of visibility.md, and that rule in words."""

    contribution: Contribution
    visible: bool
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether an account sees an object, and the verdict on each contribution of it that stands.

    reason: what there is to say where no contribution stands; "" else.
    """

    account: str
    object_id: str
    visible: bool
    verdicts: tuple[Verdict, ...]
    reason: str = ""

    @property
    def deciding(self) -> Verdict | None:
        """The verdict by which it is visible, or the first by which it is not; None where nothing stands."""
        return next((each for each in self.verdicts if each.visible), next(iter(self.verdicts), None))


@dataclass(frozen=True, slots=True)
class Held:
    """A released contribution that others don't get, and what it waits for: sentences, then ids (S6, S11)."""

    contribution: Contribution
    reasons: tuple[str, ...]
    missing: tuple[str, ...]


class Insight:
    """Answers the operator and the secretariat, by metadata alone: no content passes here."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def explain(self, actor: Actor, account: str, object_id: str) -> Explanation:
        """Say whether the account sees the object, and for each contribution the rule that decides.

        Raises: ForbiddenError: the actor does not set up the hub. NotFoundError: there is no such account.
        """
        require(actor, Action.OBJECT_EXPLAIN)
        with self._store.snapshot() as snapshot:
            if snapshot.registry.account(account) is None:
                raise NotFoundError(f"no account {account}")
            return self._explained(snapshot, account, object_id)

    def explain_all(self, actor: Actor, object_id: str) -> tuple[Explanation, ...]:
        """Say of every account whether it sees the object and why, as of one moment, by name.

        Raises: ForbiddenError: the actor does not set up the hub.
        """
        require(actor, Action.OBJECT_EXPLAIN)
        with self._store.snapshot() as snapshot:
            names = [account.name for account in snapshot.registry.accounts()]
            return tuple(self._explained(snapshot, name, object_id) for name in names)

    def _explained(self, snapshot: Snapshot, account: str, object_id: str) -> Explanation:
        reader = self._store.reader(account)
        if reader is None:
            raise NotFoundError(f"no account {account}")
        asked = _Asked(snapshot, _actor(snapshot, account), reader, self._store.view(reader))
        if asked.is_suspended:
            return Explanation(account, object_id, False, (), "it or its partner is suspended: it can't sign in")
        standing = snapshot.contributions([object_id])
        if not standing:
            return Explanation(account, object_id, asked.view.sees(object_id), (), _absence(snapshot, object_id))
        verdicts = tuple(_verdict(asked, each, standing) for each in standing)
        return Explanation(account, object_id, any(each.visible for each in verdicts), verdicts)

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


@dataclass(frozen=True, slots=True)
class _Asked:
    """The account in question, in all the forms that the rules know it by."""

    snapshot: Snapshot
    actor: Actor
    reader: Reader
    view: View

    @property
    def is_suspended(self) -> bool:
        return any(each is not None and each.suspended for each in (self.actor.account, self.actor.partner))

    def meets(self, label: Label) -> bool:
        """Whether the reading policy lets it see what carries the label, now."""
        return holds_now(spans(self.reader, label))

    def shut_out(self, collection_id: str) -> str | None:
        """Give the reason why it can't read the collection; None if it can."""
        collection = self.snapshot.registry.collection(collection_id)
        if collection is None:
            return "there is no such collection"
        decision = decide(
            self.actor, Action.COLLECTION_READ, resource_of(self.snapshot.registry, self.reader, collection)
        )
        return None if decision.allowed else decision.reason


def _actor(snapshot: Snapshot, name: str) -> Actor:
    account = snapshot.registry.account(name)
    return Actor(name, account, snapshot.registry.partner(account.partner) if account else None)


def _absence(snapshot: Snapshot, object_id: str) -> str:
    if snapshot.is_reference([object_id]):
        return "a reference object: everybody who may read anything may see it (S11)"
    items = (item for submission in snapshot.waiting() for item in submission.items)
    if any(item.object_id == object_id and item.state is ItemState.REVIEW for item in items):
        return "it waits in review"
    return "nothing of this id stands: it was never released, or it was deleted"


def _verdict(asked: _Asked, contribution: Contribution, standing: tuple[Contribution, ...]) -> Verdict:
    """Go through the rules in the decision order of visibility.md; the first that decides is the answer."""
    if asked.meets(replace(contribution.label, level=Level.WITHHELD)):
        return Verdict(contribution, True, "S8", "its producer always gets it")
    stop = _first_stop(asked, contribution, standing)
    if stop:
        return Verdict(contribution, False, *stop)
    shown = asked.view.versions(contribution.collection, contribution.object_id)
    if asked.snapshot.contribution_body(contribution) not in {entry.body for entry in shown}:
        return Verdict(contribution, False, "S12", "another producer's contribution of the id is shown instead")
    return Verdict(contribution, True, "S4", "its level, groups, versions and references are all met")


def _first_stop(
    asked: _Asked, contribution: Contribution, standing: tuple[Contribution, ...]
) -> tuple[str, str] | None:
    if reason := asked.shut_out(contribution.collection):
        return "S1", reason
    if stop := _unmet(asked, contribution.label):
        return stop
    latest = _latest(contribution, standing)
    if stop := _unmet(asked, latest.label):
        return "S14", f"the producer's latest version {latest.version} is not for this account: {stop[1]}"
    hidden = [id_ for id_ in contribution.references if not asked.view.sees(id_)]
    if hidden:
        return "S11", f"it refers to what the account does not see: {', '.join(hidden)}"
    return None


def _unmet(asked: _Asked, label: Label) -> tuple[str, str] | None:
    """Give the first marking of a label that the reader doesn't meet: asked of `spans`, part by part."""
    if asked.meets(replace(label, collection=None)):
        return None
    anyone = Label(None, Level.CLEAR, "")
    for group in sorted(label.groups or ()):
        if not asked.meets(replace(anyone, groups=frozenset({group}))):
            return "S5", f"the account's partner is not in the group of {group}"
    if label.level is Level.WITHHELD:
        return "S6", "it is withheld: a marking is not known here, or it is held for the secretariat"
    if label.groups is None:
        return "S5", f"{label.level.upper()} without a group is for producer and secretariat only"
    if not asked.meets(replace(anyone, recipients=label.recipients)):
        return "S5", "the account is not among the named recipients"
    return "S4", f"{label.level.upper()} is not for this kind of partner or account"


def _latest(contribution: Contribution, standing: tuple[Contribution, ...]) -> Contribution:
    """Give the producer's latest version, in the same collection if it is there too (S14)."""
    own = [each for each in standing if each.producer == contribution.producer]
    return max(own, key=lambda each: (each.version_key, each.collection == contribution.collection))
