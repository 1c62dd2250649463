"""Collections and who may read and write them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass

from hub.errors import ConflictError, InvalidInputError
from hub.model.audit import Event
from hub.model.collections import Collection, Intake, Right
from hub.model.members import Actor
from hub.policy.actions import Action, require
from hub.policy.enrolment import against_collection, refuse
from hub.services.membership import roster
from hub.services.membership.must_hold import commit_upheld
from hub.store.base import Registry, Store, Transaction
from stix_models.markings import Level

HELD_RIGHTS = (Right.READ, Right.WRITE, Right.TRUSTED)
"""What can be granted on a collection."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a subject (`PARTNER`, `@GROUP`, `*`) holds on a collection now. changed: by the act just done."""

    collection: str
    subject: str
    rights: frozenset[Right]
    changed: bool


@dataclass(frozen=True, slots=True)
class Agreed:
    """A stage of services.access: that a subject holds just these rights on a collection, no other and no fewer."""

    collection: str
    subject: str
    rights: frozenset[Right]

    def carry_out(self, tx: Transaction, actor: Actor) -> tuple[str, ...]:
        """Begin what lacks and end what is too much. Raises: as `Agreements.grant`."""
        collection = roster.known_collection(tx.registry, self.collection)
        held = _held(tx.registry, self.subject, collection)
        ended = Granting(collection.id, self.subject, held - self.rights, on=False).carry_out(tx, actor)
        if not self.rights - held:
            return ended
        return (*ended, *Granting(collection.id, self.subject, self.rights, on=True).carry_out(tx, actor))


@dataclass(frozen=True, slots=True)
class Granting:
    """A stage of services.access: rights of a subject (`PARTNER`, `@GROUP`, `*`) that begin (on) or end."""

    collection: str
    subject: str
    rights: frozenset[Right]
    on: bool = True

    def carry_out(self, tx: Transaction, actor: Actor) -> tuple[str, ...]:
        """Begin or end them; who no longer writes is no longer trusted. Raises: as `Agreements.grant`."""
        action = Action.RIGHT_GRANT if self.on else Action.RIGHT_END
        require(actor, action)
        if self.on and Right.TRUSTED in self.rights and Right.WRITE not in self.rights:
            raise InvalidInputError("trusted is about pushes: grant write with it")
        ends_trust = not self.on and Right.WRITE in self.rights
        collection = roster.known_collection(tx.registry, self.collection)
        if self.on and Right.TRUSTED in self.rights and collection.intake is Intake.TWO_REVIEWERS:
            raise InvalidInputError(f"two reviewers decide in {collection.title}: nobody is trusted there")
        subject = roster.subject_of(tx.registry, self.subject)
        turned = [
            right
            for right in sorted(self.rights | ({Right.TRUSTED} if ends_trust else set()))
            if roster.set_right(tx.registry, right, subject, collection.id, on=self.on)
        ]
        if not turned:
            return ()
        tx.record(Event(actor.name, action, collection.id, {"subject": self.subject, "rights": turned}))
        return (f"{'grant' if self.on else 'end'} {', '.join(turned)} on {collection.title}: {self.subject}",)


@dataclass(frozen=True, slots=True)
class Terms:
    """A stage of services.access: a collection's rules as they are to be. default_group: the name of a group."""

    collection: str
    title: str
    alias: str | None
    default_tlp: Level
    default_group: str | None
    intake: Intake
    public: bool

    def carry_out(self, tx: Transaction, actor: Actor) -> tuple[str, ...]:
        """Put them; what was released keeps the level and group it got. Raises: as `Agreements.add`."""
        require(actor, Action.COLLECTION_CHANGE)
        known = roster.known_collection(tx.registry, self.collection)
        group = roster.known_group(tx.registry, self.default_group).marking if self.default_group else None
        rules = (self.title, self.alias, self.default_tlp, group, self.intake, self.public)
        collection = Collection(known.id, *rules)
        refuse(against_collection(collection), f"collection {self.title}")
        before, after = roster.rules_of(known), roster.rules_of(collection)
        if before == after:
            return ()
        roster.write_collection(tx.registry, collection)
        tx.record(Event(actor.name, Action.COLLECTION_CHANGE, known.id, after))
        named = {each.marking: each.name for each in tx.registry.groups()}
        turned = (
            f"{name} {named.get(before[name], before[name])} → {named.get(after[name], after[name])}"
            for name in after
            if before[name] != after[name]
        )
        return (f"change collection {known.title}: {', '.join(turned)}",)


class Agreements:
    """Opens collections and grants rights on them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(
        self,
        actor: Actor,
        title: str,
        *,
        id: str | None = None,  # noqa: A002 - the field's name
        alias: str | None = None,
        default_tlp: Level = Level.AMBER,
        default_group: str | None = None,
        intake: Intake = Intake.REVIEW,
        public: bool = False,
    ) -> Collection:
        """Open a collection nobody has a right on yet. default_group: the name of a group.

        Raises: InvalidInputError; NotFoundError: no such group; ConflictError: id, title or alias are taken.
        """
        require(actor, Action.COLLECTION_ADD)
        id_ = id or str(uuid.uuid4())

        def act(tx: Transaction) -> Collection:
            group = roster.known_group(tx.registry, default_group).marking if default_group else None
            collection = Collection(id_, title, alias, default_tlp, group, intake, public)
            refuse(against_collection(collection), f"collection {title}")
            if tx.registry.collection(id_):
                raise ConflictError(f"there is a collection {id_} already")
            roster.write_collection(tx.registry, collection)
            tx.record(Event(actor.name, Action.COLLECTION_ADD, id_, roster.rules_of(collection)))
            return collection

        return commit_upheld(self._store, act)

    def list(self, actor: Actor) -> tuple[Collection, ...]:
        """Give all collections by id."""
        require(actor, Action.COLLECTION_LIST)
        with self._store.snapshot() as snapshot:
            return snapshot.registry.collections()

    def grant(self, actor: Actor, collection: str, subject: str, rights: frozenset[Right]) -> Grant:
        """Begin rights now; `trusted` lets a subject that writes push without review.

        Raises: NotFoundError: no such collection, partner or group; InvalidInputError: trusted without write.
        """
        return self._turn(actor, Granting(collection, subject, rights, on=True))

    def ungrant(self, actor: Actor, collection: str, subject: str, rights: frozenset[Right]) -> Grant:
        """End rights now; who no longer writes is no longer trusted. Raises: NotFoundError."""
        return self._turn(actor, Granting(collection, subject, rights, on=False))

    def held(self, actor: Actor) -> dict[tuple[str, str], frozenset[Right]]:
        """Give who holds which rights now, by collection id and subject (`PARTNER`, `@GROUP`, `*`)."""
        require(actor, Action.COLLECTION_LIST)
        found: defaultdict[tuple[str, str], frozenset[Right]] = defaultdict(frozenset)
        with self._store.snapshot() as snapshot:
            for right in HELD_RIGHTS:
                for span in snapshot.registry.rights(right):
                    if span.until is None and span.subject != roster.ANONYMOUS:
                        found[span.object, roster.written_subject(span.subject)] |= {right}
        return dict(found)

    def _turn(self, actor: Actor, granting: Granting) -> Grant:
        def act(tx: Transaction) -> Grant:
            changed = bool(granting.carry_out(tx, actor))
            collection = roster.known_collection(tx.registry, granting.collection)
            held = _held(tx.registry, granting.subject, collection)
            return Grant(collection.id, granting.subject, held, changed)

        return commit_upheld(self._store, act)


def _held(registry: Registry, written: str, collection: Collection) -> frozenset[Right]:
    """Give the rights the subject itself holds on the collection now."""
    subject = roster.subject_of(registry, written)
    return frozenset(right for right in HELD_RIGHTS if subject in roster.open_subjects(registry, right, collection.id))
