"""What medallion's views call: each method is one call of a service and one resource.

The hook in app.py has left in `flask.g` who asks (`actor`) and what (`question`, `deletion`); what the views
hand over of the query string is not read, since it knows a parameter's first value only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import g

from hub.errors import NotFoundError
from taxii_server import resources
from taxii_server.cursor import Binding, Resumption, Seal
from taxii_server.query import Endpoint, Question
from taxii_server.resources import API_ROOT, Description, Raw, Resource

if TYPE_CHECKING:
    from hub.application import Hub
    from hub.services.sharing import Access
    from hub.store.query import Entry, Page

Headers = dict[str, str]
Render = Callable[[Iterable["Entry"], str | None], Raw]


class Backend:
    """Answers for one hub. `api_root` is always checked by the view before anything below it is asked for."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._seal = Seal(hub.store.cursor_key, hub.store.epoch)
        about = Description(hub.settings.title, hub.settings.description, hub.settings.contact)
        self._discovery = resources.discovery(about)
        self._api_root = resources.api_root(about, hub.settings.max_content_bytes)

    def server_discovery(self) -> Resource:
        """Server discovery (TAXII 2.1 section 4.1)."""
        return self._discovery

    def get_api_root_information(self, api_root: str) -> Resource:
        """Get API root information (section 4.2). Raises: NotFoundError: any root but the one there is."""
        if api_root != API_ROOT:
            raise NotFoundError
        return self._api_root

    def get_status(self, api_root: str, status_id: str) -> Resource:  # noqa: ARG002 - there is one root
        """Get status (section 4.3). Raises: NotFoundError: unknown, or of another account."""
        return resources.status(self._hub.intake.status(g.actor, status_id))

    def get_collections(self, api_root: str) -> Resource:  # noqa: ARG002 - there is one root
        """Get collections: those the actor has a right on, by ascending id (section 5.1)."""
        accesses = self._hub.sharing.collections(g.actor)
        by_id = sorted(accesses, key=lambda access: access.collection.id)
        return resources.collections(map(_collection, by_id))

    def get_collection(self, api_root: str, reference: str) -> Resource:  # noqa: ARG002 - there is one root
        """Get a collection by id or alias (section 5.2). Raises: NotFoundError: none, or no right."""
        return _collection(self._access(reference))

    def get_object_manifest(self, api_root: str, reference: str, *_filters: object) -> tuple[Raw, Headers]:
        """Get object manifests (section 5.3)."""
        return self._feed(api_root, reference, Endpoint.MANIFEST, resources.manifest)

    def get_objects(self, api_root: str, reference: str, *_filters: object) -> tuple[Raw, Headers]:
        """Get objects (section 5.4)."""
        return self._feed(api_root, reference, Endpoint.OBJECTS, resources.envelope)

    def add_objects(self, api_root: str, reference: str, body: bytes, request_time: str) -> Resource:  # noqa: ARG002 - the hub has its clock
        """Add objects (section 5.5); the body comes unparsed, see app.py."""
        submission = self._hub.intake.submit(g.actor, self._access(reference).collection.id, body)
        return resources.status(submission)

    def get_object(self, api_root: str, reference: str, object_id: str, *_filters: object) -> tuple[Raw, Headers]:
        """Get an object (section 5.6). Raises: NotFoundError: none of it is visible there."""
        return self._feed(api_root, reference, Endpoint.OBJECT, resources.envelope, object_id)

    def get_object_versions(
        self, api_root: str, reference: str, object_id: str, *_filters: object
    ) -> tuple[Raw, Headers]:
        """Get object versions (section 5.8). Raises: NotFoundError: none of it is visible there."""
        return self._feed(api_root, reference, Endpoint.VERSIONS, resources.versions, object_id)

    def delete_object(
        self,
        api_root: str,  # noqa: ARG002 - there is one root
        reference: str,
        object_id: str,
        filters: Mapping[str, str],  # noqa: ARG002 - see the module's docstring
        allowed: tuple[str, ...],  # noqa: ARG002 - likewise
    ) -> None:
        """Delete an object, or the versions named (section 5.7). Raises: NotFoundError: nothing to delete."""
        versions, spec_versions = g.deletion
        collection_id = self._access(reference).collection.id
        if not self._hub.sharing.delete(g.actor, collection_id, object_id, versions, spec_versions):
            raise NotFoundError

    def _access(self, reference: str) -> Access:
        """Look the request's collection up once; the views ask for it two or three times."""
        if "access" not in g:
            g.access = self._hub.sharing.collection(g.actor, reference)
        access: Access = g.access
        return access

    def _feed(
        self, api_root: str, reference: str, endpoint: Endpoint, render: Render, object_id: str | None = None
    ) -> tuple[Raw, Headers]:
        """Answer with one page of a collection, or of one object in it."""
        collection_id = self._access(reference).collection.id
        place = endpoint if object_id is None else f"{endpoint}/{object_id}"
        binding = Binding(g.actor.name, api_root, collection_id, place)
        question: Question = g.question
        start = self._seal.open(question.cursor, binding) if question.cursor else Resumption(None, None)
        # A client may leave out added_after once it has `next`, or repeat it: both hold, whichever is later.
        said = [moment for moment in (question.query.added_after, start.added_after) if moment is not None]
        query = replace(question.query, added_after=max(said, default=None))
        sharing = self._hub.sharing
        if object_id is None:
            page = sharing.page(g.actor, collection_id, query, start.position, question.limit, endpoint)
        else:
            query = replace(query, ids=frozenset({object_id}))
            asked = (query, start.position, question.limit, endpoint)
            page = sharing.object(g.actor, collection_id, object_id, *asked)
        return self._answer(page, binding, query.added_after, render)

    def _answer(self, page: Page, binding: Binding, added_after: int | None, render: Render) -> tuple[Raw, Headers]:
        """Give the resource of a page and the headers that go with it; of an empty one `{}` and none."""
        if not page.entries:
            return resources.NOTHING, {}
        cursor = None if page.next is None else self._seal.close(binding, page.next, added_after)
        return render(page.entries, cursor), resources.date_added_headers(page.entries)


def _collection(access: Access) -> Resource:
    found = access.collection
    return resources.collection(found.id, found.title, found.alias, access.can_read, access.can_write)
