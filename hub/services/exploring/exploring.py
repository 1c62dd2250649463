"""Search, object pages and downloads for one actor: decided by his view, recorded before the answer leaves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches

from hub.errors import Finding, NotFoundError
from hub.model.members import Actor
from hub.services.exploring import asking
from hub.services.exploring.asking import Asked
from hub.services.exploring.names import Names
from hub.services.exploring.object import Pages, Portrait, portrait
from hub.services.exploring.results import Listing, Results, line, results
from hub.services.exploring.sight import Sight, sight_of
from hub.services.exploring.surroundings import Around, around
from hub.store.base import Store
from hub.store.query import Sought
from stix_models.ids import is_stix_id, own_id

_ROWS_A_LINE = 5
_NEAR_LETTERS = 3
_MOST_NEAR = 3
_NAMES_COMPARED = 500
_ALIKE = 0.7


@dataclass(frozen=True, slots=True)
class Page:
    """An object's page, and what is around it."""

    portrait: Portrait
    around: Around


class Exploring:
    """Shows each actor what TAXII would serve him, over all collections.

    viewing_as: the account through whose eyes a secretariat person looks: what both may see is shown then. Every
    method raises ForbiddenError where the actor may not look so, and NotFoundError where there is no such account.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep_ready(self) -> None:
        """Bring the search up to date in the background, so that nobody waits for it."""
        self._store.keep_searchable()

    def search(
        self, actor: Actor, text: str, *, page: int = 1, by_time: bool = False, viewing_as: str | None = None
    ) -> Results:
        """Answer a question in the language of `asking`; an empty one finds nothing.

        Raises: TooLargeError: it is too long. StoreBusyError: the search is still being made ready.
        """
        sight = sight_of(self._store, actor, viewing_as)
        asked = asking.understand(text)
        names = Names(sight.view)
        sources, unknown = _sources(sight, names, asked)
        wrong = asked.wrong + unknown
        if asked.is_empty or not sight.collections or (asked.sources and not sources):
            return Results(wrong=wrong, beyond=sight.beyond)  # who may read nothing finds no reference object (S11)
        found = sight.view.find(_sought(asked, sources, by_time=by_time))
        shown = results(sight, names, found, page, wrong)
        if not found.hits and asked.whole:
            shown = replace(shown, near=_near(sight, names, asked.whole))
        sight.record("console:search", names.shown)
        return shown

    def match(self, actor: Actor, text: str, *, viewing_as: str | None = None) -> Listing:
        """Look up a pasted list, one value a line, each as a whole name, value or id.

        Raises: InvalidInputError: it is empty or too long. StoreBusyError: as `search`.
        """
        sight = sight_of(self._store, actor, viewing_as)
        texts = asking.lines_of(text)
        names = Names(sight.view)
        found = sight.view.match(texts) if sight.collections else {}
        lines = tuple(line(sight, names, each, found.get(each, ()), _ROWS_A_LINE) for each in texts)
        sight.record("console:search", names.shown)
        return Listing(lines, sum(bool(each.rows) for each in lines), sight.beyond)

    def object(self, actor: Actor, object_id: str, pages: Pages, *, viewing_as: str | None = None) -> Page:
        """Tell of an object and of what is around it.

        Raises: NotFoundError: nothing of that id is visible. StoreBusyError: as `search`.
        """
        sight, names = self._found(actor, object_id, viewing_as)
        shown = names.get(object_id)
        if shown is None:
            raise NotFoundError(_NO_OBJECT)
        page = Page(portrait(sight, names, shown, pages), around(sight, names, object_id))
        sight.record("console:object", names.shown)
        return page

    def bundle(self, actor: Actor, object_id: str, *, viewing_as: str | None = None) -> bytes:
        """Give an object as a STIX bundle (STIX 2.1 section 8), with its author and markings as far as visible.

        The objects' bytes are those that were pushed. Raises: as `object`.
        """
        sight, names = self._found(actor, object_id, viewing_as)
        value = names.value(object_id)
        refs = [value.get("created_by_ref"), *(value.get("object_marking_refs") or ())]
        ids = dict.fromkeys([object_id, *(each for each in refs if isinstance(each, str))])
        names.look_up(ids)
        shown = [each for id_ in ids if (each := names.get(id_)) is not None]
        sight.record("console:stix", shown)
        head = b'{"type":"bundle","id":"%s","objects":[' % own_id("bundle", object_id, shown[0].version).encode()
        return head + b",".join(each.body for each in shown) + b"]}"

    def _found(self, actor: Actor, object_id: str, viewing_as: str | None) -> tuple[Sight, Names]:
        sight = sight_of(self._store, actor, viewing_as)
        names = Names(sight.view)
        if not sight.collections or not is_stix_id(object_id) or names.get(object_id) is None:
            raise NotFoundError(_NO_OBJECT)
        return sight, names


_NO_OBJECT = "no such object"


def _sought(asked: Asked, sources: frozenset[str], *, by_time: bool) -> Sought:
    return Sought(
        terms=asked.terms,
        whole=asked.whole,
        types=asked.types,
        levels=asked.levels,
        sources=sources or None,
        seen=asked.seen,
        by_time=by_time,
    )


def _sources(sight: Sight, names: Names, asked: Asked) -> tuple[frozenset[str], tuple[Finding, ...]]:
    """Find the collections and identities that sources name, as far as visible; name those that are not found."""
    found: set[str] = set()
    unknown = []
    for text in asked.sources:
        there = _collections(sight, text) | _identities(sight, names, text)
        found |= there
        if not there:
            unknown.append(Finding("source", "you may read no collection and no identity of that name", text))
    return frozenset(found), tuple(unknown)


def _collections(sight: Sight, text: str) -> set[str]:
    wanted = text.casefold()
    return {
        id_
        for id_, each in sight.collections.items()
        if wanted in (id_, each.title.casefold(), (each.alias or each.title).casefold())
    }


def _identities(sight: Sight, names: Names, text: str) -> set[str]:
    if not sight.collections:
        return set()
    ids = {hit.object_id for hit in sight.view.match([text])[text] if hit.type == "identity"}
    names.look_up(ids)
    return ids


def _near(sight: Sight, names: Names, whole: str) -> tuple[str, ...]:
    """Give visible names that are written much like what was not found."""
    listed = sight.view.names_from(whole[:_NEAR_LETTERS], _NAMES_COMPARED)
    near = get_close_matches(whole.casefold(), listed, _MOST_NEAR, _ALIKE)
    if near:
        ids = [hit.object_id for hits in sight.view.match(near).values() for hit in hits]
        names.look_up(ids)
        names.tell(ids)
    return tuple(near)
