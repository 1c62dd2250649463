"""Must-hold checks: what no grant, membership or role may open; every act that could is refused inside its commit."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from hub.errors import ConflictError, Finding, InvalidInputError, NotFoundError
from hub.model.audit import Event
from hub.model.checks import MustHold
from hub.model.members import Account, Actor
from hub.policy.actions import Action, may_read, require
from hub.policy.checks import would_read
from hub.services.membership import roster
from hub.store.base import Registry, Snapshot, Store, Transaction
from stix_models.markings import Level

T = TypeVar("T")
MAX_REASON_CHARACTERS = 200
_NO_CEILING = frozenset({Level.RED, Level.WITHHELD})


@dataclass(frozen=True, slots=True)
class Check:
    """A check with its sentence, and the accounts by which it is broken; none, as long as it holds."""

    rule: MustHold
    words: str
    broken_by: tuple[str, ...] = ()


class MustHoldChecks:
    """Keeps what must hold; a check that does not hold is not taken up."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self, actor: Actor, subject: str, collection: str, above: Level | None = None, reason: str = ""
    ) -> MustHold:
        """Keep that a subject (`PARTNER` or `@GROUP`) never reads a collection, or nothing above a level there.

        Raises: NotFoundError: no such partner, group or collection. InvalidInputError: everybody, a level that has
            none above it, or a reason that is not one line. ConflictError: it does not hold now.
        """
        require(actor, Action.MUST_HOLD_ADD)
        _refuse(subject, above, reason)

        def act(tx: Transaction) -> MustHold:
            known = roster.subject_of(tx.registry, subject)
            place = roster.known_collection(tx.registry, collection).id
            check = MustHold(str(uuid.uuid4()), known, place, above, reason)
            tx.checks.add(check)
            facts = {"subject": subject, "collection": place, "above": above, "reason": reason}
            tx.record(Event(actor.name, Action.MUST_HOLD_ADD, check.id, facts))
            return check

        return commit_upheld(self._store, act)

    def list(self, actor: Actor) -> tuple[Check, ...]:
        """Give all, by subject and collection."""
        require(actor, Action.MUST_HOLD_LIST)
        with self._store.snapshot() as snapshot:
            return tuple(_evaluated(snapshot))

    def remove(self, actor: Actor, id: str) -> None:  # noqa: A002 - the field's name
        """Forget a check. Raises: NotFoundError."""
        require(actor, Action.MUST_HOLD_REMOVE)

        def act(tx: Transaction) -> None:
            check = tx.checks.find(id)
            if check is None:
                raise NotFoundError(f"there is no check {id}")
            tx.checks.remove(id)
            tx.record(Event(actor.name, Action.MUST_HOLD_REMOVE, id, {"check": _words(tx.registry, check)}))

        self._store.commit(act)


def commit_upheld(store: Store, act: Callable[[Transaction], T]) -> T:
    """Commit an act that changes rights, memberships, roles or collections, unless a check would then be broken.

    Raises: ConflictError: it would; the text names check and accounts.
    """

    def upheld(tx: Transaction) -> T:
        result = act(tx)
        for check in broken(tx):
            reason = f" ({check.rule.reason})" if check.rule.reason else ""
            raise ConflictError(f"must hold: {check.words}{reason}; {', '.join(check.broken_by)} would read it")
        return result

    return store.commit(upheld)


def broken(snapshot: Snapshot) -> tuple[Check, ...]:
    """Give the checks that do not hold as things are."""
    return tuple(check for check in _evaluated(snapshot) if check.broken_by)


def _evaluated(snapshot: Snapshot) -> Iterator[Check]:
    rules, registry = snapshot.checks.every(), snapshot.registry
    groups = {group.name: group for group in registry.groups()} if rules else {}
    accounts = registry.accounts() if rules else ()
    markings = [group.marking for group in groups.values()]
    for rule in rules:
        subject = roster.written_subject(rule.subject)
        partners = groups[subject[1:]].members if subject.startswith("@") else {subject}
        theirs = (each for each in accounts if each.partner in partners)
        readers = tuple(each.name for each in theirs if _reads(registry, each, rule, markings))
        yield Check(rule, _words(registry, rule), readers)


def _reads(registry: Registry, account: Account, rule: MustHold, markings: list[str]) -> bool:
    reader = registry.reader(account.name) if may_read(account) else None
    return reader is not None and would_read(reader, rule, markings)


def _words(registry: Registry, rule: MustHold) -> str:
    collection = registry.collection(rule.collection)
    above = f" above {rule.above.upper()}" if rule.above else ""
    title = collection.title if collection else rule.collection
    return f"{roster.written_subject(rule.subject)} never reads {title}{above}"


def _refuse(subject: str, above: Level | None, reason: str) -> None:
    findings = []
    if subject == roster.EVERYBODY:
        findings.append(Finding("subject", "a partner or a @group", subject))
    if above in _NO_CEILING:
        findings.append(Finding("above", "there is nothing above it to be kept from anybody", above))
    if len(reason) > MAX_REASON_CHARACTERS or not reason.isprintable():
        findings.append(Finding("reason", f"one line of at most {MAX_REASON_CHARACTERS} characters"))
    if findings:
        raise InvalidInputError("the check can't be taken up as given", tuple(findings))
