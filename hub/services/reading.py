"""Who an actor is as a reader and what is open to him now: what every content service asks first."""

from __future__ import annotations

from collections.abc import Mapping

from hub.errors import ForbiddenError, NotFoundError
from hub.model.audit import ReadRecord, served_digest
from hub.model.collections import Collection, Right
from hub.model.members import Actor
from hub.policy.actions import Action, Resource, decide, is_operator
from hub.policy.rules import Reader
from hub.policy.spans import FOREVER, Spans, contains
from hub.store.base import Registry, Store

_NOT_ENDED = FOREVER - 1
"""An instant that is in exactly those spans which no applied act has ended (lanes.md, Acts)."""


def holds_now(spans: Spans) -> bool:
    """Whether what the spans tell of holds now; an end counts once it is applied."""
    return contains(spans, _NOT_ENDED)


def reader_of(store: Store, actor: Actor) -> Reader:
    """Give the reader an actor is; without an account it is the public one.

    Raises: ForbiddenError: the built-in operator never reads content. NotFoundError: the account is gone.
    """
    if is_operator(actor):
        raise ForbiddenError("the operator sets up the hub and never reads content: name an account")
    name = actor.account.name if actor.account else ""
    reader = store.reader(name)
    if reader is None:
        raise NotFoundError(f"no account {name}")
    return reader


def seen_by(store: Store, actor: Actor, object_id: str) -> bool:
    """Whether the actor has any contribution of the id in view."""
    return store.view(reader_of(store, actor)).sees(object_id)


def record_shown(store: Store, account: str, endpoint: str, shown: Mapping[int, tuple[str, str]]) -> None:
    """Keep what is shown outside any feed, before it is. shown: object id and version, by place."""
    if shown:
        store.record_read(
            ReadRecord(
                account=account,
                collection="",
                endpoint=endpoint,
                first=0,
                last=0,
                count=len(shown),
                digest=served_digest(shown.values()),
                block=0,
                key=0,
                places=tuple(shown),
            )
        )


def resource_of(registry: Registry, reader: Reader, collection: Collection) -> Resource:
    """Give the collection as the rules for acts need it: the rights the reader's partner holds on it now."""
    return Resource(
        collection=collection.id,
        readable=holds_now(reader.reads.get(collection.id, ())) or holds_now(reader.secretariat),
        writable=holds(registry, Right.WRITE, reader.partner, collection),
    )


def reads_anything(registry: Registry, actor: Actor, reader: Reader) -> bool:
    """Whether there is a collection the actor may read: what the hub itself holds is for those alone (S11)."""
    return any(
        decide(actor, Action.COLLECTION_READ, resource_of(registry, reader, each)).allowed
        for each in registry.collections()
    )


def holds(registry: Registry, right: Right, partner: str, collection: Collection) -> bool:
    """Whether the partner holds the right on the collection now: itself, by a group, or with everybody."""
    subjects = {span.subject for span in registry.rights(right, collection.id) if span.until is None}
    if not partner or not subjects:
        return False
    if "*" in subjects or f"partner:{partner}" in subjects:
        return True
    groups = registry.groups() if any(subject.startswith("group:") for subject in subjects) else ()
    return any(f"group:{group.name}" in subjects and partner in group.members for group in groups)
