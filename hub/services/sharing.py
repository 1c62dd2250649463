"""Reading what is released, and taking it back (TAXII 2.1 section 5; visibility.md S1, S15)."""

from __future__ import annotations

from dataclasses import dataclass

from hub.errors import ForbiddenError, NotFoundError
from hub.model.audit import Event, ReadRecord, served_digest
from hub.model.collections import Collection
from hub.model.contributions import Contribution
from hub.model.feeds import PULLS
from hub.model.members import Actor, Role
from hub.policy.actions import Action, Resource, decide
from hub.policy.rules import Reader, spans
from hub.services.reading import holds_now, reader_of, resource_of
from hub.store.base import Registry, Store, Transaction
from hub.store.query import ALL, FIRST, LAST, Entry, Page, Position, Query
from stix_models.timestamps import version_key

MOST_KNOWN = 10_000
"""How many accesses are remembered before all are looked up again."""


@dataclass(frozen=True, slots=True)
class Access:
    """A collection and what the actor may do there (TAXII 2.1 section 5.2.1)."""

    collection: Collection
    can_read: bool
    can_write: bool


class Sharing:
    """Serves each actor what he may see, and records that it did before the answer leaves."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[tuple[int, Actor, str], Access] = {}

    def collections(self, actor: Actor) -> tuple[Access, ...]:
        """Give the collections in which the actor may do anything, by title."""
        reader = reader_of(self._store, actor)
        with self._store.snapshot() as snapshot:
            registry = snapshot.registry
            accesses = [_access(registry, reader, actor, each) for each in registry.collections()]
        some = [access for access in accesses if access.can_read or access.can_write]
        return tuple(sorted(some, key=lambda access: (access.collection.title, access.collection.id)))

    def collection(self, actor: Actor, reference: str) -> Access:
        """Find a collection by id, alias or title.

        Raises: NotFoundError: there is none in which the actor may do anything.
        """
        with self._store.snapshot() as snapshot:
            key = (snapshot.registry.version(), actor, reference)  # so what was known of another version is no hit
            access = self._known.get(key)
            if access is None:
                if len(self._known) >= MOST_KNOWN:
                    self._known.clear()
                access = self._known[key] = self._look_up(snapshot.registry, actor, reference)
        return access

    def _look_up(self, registry: Registry, actor: Actor, reference: str) -> Access:
        found = registry.collection(reference)
        access = _access(registry, reader_of(self._store, actor), actor, found) if found else None
        if access is None or not (access.can_read or access.can_write):
            raise NotFoundError(f"no collection {reference}")
        return access

    def page(
        self,
        actor: Actor,
        collection_id: str,
        query: Query,
        after: Position | None,
        limit: int,
        endpoint: str,
    ) -> Page:
        """Give one page of what the actor may see in a collection (TAXII 2.1 sections 5.3, 5.4).

        limit: 1 or more entries. endpoint: what was asked, for the read record.
        Raises: NotFoundError: no such collection for the actor. ForbiddenError: he may only write there.
        """
        collection = self._readable(actor, collection_id)
        page = self._store.view(reader_of(self._store, actor)).page(collection.id, query, after, limit)
        self._record(actor, collection, endpoint, page)
        return page

    def object(
        self,
        actor: Actor,
        collection_id: str,
        object_id: str,
        query: Query,
        after: Position | None,
        limit: int,
        endpoint: str,
    ) -> Page:
        """Give one page of the versions of an object (TAXII 2.1 sections 5.6, 5.8); query.ids is to name it.

        Raises: as `page`; NotFoundError: no version of it is visible to the actor, whatever the filters.
        """
        page = self.page(actor, collection_id, query, after, limit, endpoint)
        if page.entries:
            return page
        view = self._store.view(reader_of(self._store, actor))
        if view.versions(self._readable(actor, collection_id).id, object_id):
            return page
        reference = view.reference(object_id)
        if reference is None:
            raise NotFoundError(f"no object {object_id}")
        return Page((reference,) if _asks_for(query, reference) else ())

    def delete(
        self,
        actor: Actor,
        collection_id: str,
        object_id: str,
        versions: frozenset[str] = frozenset({ALL}),
        spec_versions: frozenset[str] | None = None,
    ) -> int:
        """Delete an object's versions from a collection (TAXII 2.1 section 5.7); give how many.

        versions: `first`, `last`, `all` or version keys, of what the actor may delete.
        Raises: NotFoundError: the actor sees nothing of it there. ForbiddenError: he sees it and it isn't his.
        """
        access = self.collection(actor, collection_id)
        _check_writing(actor, access)
        reader = reader_of(self._store, actor)
        visible = bool(self._store.view(reader).versions(access.collection.id, object_id))

        def work(tx: Transaction) -> int:
            there = [each for each in tx.contributions([object_id]) if each.collection == access.collection.id]
            mine = _deletable(actor, reader, there, visible)
            chosen = _of_versions(mine, versions, spec_versions)
            tx.delete(chosen)
            detail = {"collection": access.collection.id, "versions": [each.version for each in chosen]}
            tx.record(Event(actor.name, Action.OBJECT_DELETE, object_id, detail))
            return len(chosen)

        return self._store.commit(work)

    def _readable(self, actor: Actor, collection_id: str) -> Collection:
        access = self.collection(actor, collection_id)
        if not access.can_read:
            raise ForbiddenError(f"no right to read collection {access.collection.id}")
        return access.collection

    def _record(self, actor: Actor, collection: Collection, endpoint: str, page: Page) -> None:
        """Keep what is served, before the answer leaves; of a feed that had nothing, that it was asked."""
        if page.last is None:
            if endpoint in PULLS and actor.account is not None:
                self._store.record_poll(actor.name, collection.id)
            return
        self._store.record_read(
            ReadRecord(
                account=actor.name,
                collection=collection.id,
                endpoint=endpoint,
                first=page.entries[0].date_added,
                last=page.entries[-1].date_added,
                count=len(page.entries),
                digest=served_digest((entry.object_id, entry.version) for entry in page.entries),
                block=page.last.block,
                key=page.last.key,
                places=page.places,
            )
        )


def _asks_for(query: Query, reference: Entry) -> bool:
    """Apply a request's filters to a reference object, of which there is one version."""
    wanted = {FIRST, LAST, ALL, version_key(reference.version)}
    return (
        not wanted.isdisjoint(query.versions)
        and (query.spec_versions is None or reference.spec_version in query.spec_versions)
        and (query.added_after is None or reference.date_added > query.added_after)
    )


def _access(registry: Registry, reader: Reader, actor: Actor, collection: Collection) -> Access:
    resource = resource_of(registry, reader, collection)
    return Access(
        collection,
        can_read=decide(actor, Action.COLLECTION_READ, resource).allowed,
        can_write=decide(actor, Action.OBJECT_ADD, resource).allowed,
    )


def _check_writing(actor: Actor, access: Access) -> None:
    """TAXII 2.1 section 5.7 wants both rights of who deletes; the secretariat needs no grant (S15)."""
    both = access.can_read and access.can_write
    if not both and not actor.has(Role.SECRETARIAT):
        raise ForbiddenError(f"no right to delete from collection {access.collection.id}")


def _deletable(actor: Actor, reader: Reader, there: list[Contribution], visible: bool) -> list[Contribution]:
    """Give what the actor may delete of it; what he can't see is not there (S15)."""
    known = [each for each in there if actor.has(Role.SECRETARIAT) or _is_his(reader, each)]
    allowed = [each for each in known if decide(actor, Action.OBJECT_DELETE, _resource(each)).allowed]
    if not allowed and not visible:
        raise NotFoundError("no such object")
    if not allowed:
        raise ForbiddenError("only its producer and the secretariat delete an object")
    return allowed


def _is_his(reader: Reader, contribution: Contribution) -> bool:
    return reader.partner == contribution.producer and holds_now(spans(reader, contribution.label))


def _resource(contribution: Contribution) -> Resource:
    return Resource(collection=contribution.collection, producer=contribution.producer, author=contribution.account)


def _of_versions(
    contributions: list[Contribution], versions: frozenset[str], spec_versions: frozenset[str] | None
) -> list[Contribution]:
    """Apply `match[version]` and `match[spec_version]` (TAXII 2.1 section 3.4) to what may be deleted."""
    keys = sorted(each.version_key for each in contributions)
    wanted = set(versions)
    if keys:
        wanted |= {keys[0]} if FIRST in versions else set()
        wanted |= {keys[-1]} if LAST in versions else set()
        wanted |= set(keys) if ALL in versions else set()
    return [
        each
        for each in contributions
        if each.version_key in wanted and (spec_versions is None or each.spec_version in spec_versions)
    ]
