"""Collections and who may read and write them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from hub.errors import ConflictError, InvalidInputError
from hub.model.audit import Event
from hub.model.collections import Collection, Intake, Right
from hub.model.members import Actor
from hub.policy.actions import Action, require
from hub.policy.enrolment import against_collection, refuse
from hub.services.membership import roster
from hub.store.base import Store, Transaction
from stix_models.markings import Level


@dataclass(frozen=True, slots=True)
class Grant:
    """What a subject (`PARTNER`, `@GROUP`, `*`) holds on a collection now. changed: by the act just done."""

    collection: str
    subject: str
    rights: frozenset[Right]
    changed: bool


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

        return self._store.commit(act)

    def list(self, actor: Actor) -> tuple[Collection, ...]:
        """Give all collections by id."""
        require(actor, Action.COLLECTION_LIST)
        with self._store.snapshot() as snapshot:
            return snapshot.registry.collections()

    def grant(self, actor: Actor, collection: str, subject: str, rights: frozenset[Right]) -> Grant:
        """Begin rights now; `trusted` lets a subject that writes push without review.

        Raises: NotFoundError: no such collection, partner or group; InvalidInputError: trusted without write.
        """
        require(actor, Action.RIGHT_GRANT)
        if Right.TRUSTED in rights and Right.WRITE not in rights:
            raise InvalidInputError("trusted is about pushes: grant write with it")
        return self._store.commit(lambda tx: _turn(tx, actor, collection, subject, rights, on=True))

    def ungrant(self, actor: Actor, collection: str, subject: str, rights: frozenset[Right]) -> Grant:
        """End rights now; who no longer writes is no longer trusted. Raises: NotFoundError."""
        require(actor, Action.RIGHT_END)
        if Right.WRITE in rights:
            rights |= {Right.TRUSTED}
        return self._store.commit(lambda tx: _turn(tx, actor, collection, subject, rights, on=False))


def _turn(tx: Transaction, actor: Actor, reference: str, written: str, rights: frozenset[Right], *, on: bool) -> Grant:
    """Begin or end rights of a subject on a collection."""
    registry = tx.registry
    collection = roster.known_collection(registry, reference)
    subject = roster.subject_of(registry, written)
    turned = [right for right in sorted(rights) if roster.set_right(registry, right, subject, collection.id, on=on)]
    if turned:
        action = Action.RIGHT_GRANT if on else Action.RIGHT_END
        tx.record(Event(actor.name, action, collection.id, {"subject": written, "rights": turned}))
    held = frozenset(
        right
        for right in (Right.READ, Right.WRITE, Right.TRUSTED)
        if subject in roster.open_subjects(registry, right, collection.id)
    )
    return Grant(collection.id, written, held, changed=bool(turned))
