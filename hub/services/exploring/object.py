"""An object's page: what it is called, holds and carries, who says so, what it is linked with, its versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from hub.services.exploring.names import ENDS, Names
from hub.services.exploring.properties import Properties, properties
from hub.services.exploring.results import Paged, Row, paged, rows, slice_of
from hub.services.exploring.sight import Marks, Sight
from hub.store.query import Link, Shown
from stix_models.ids import is_stix_id, type_of
from stix_models.markings import PAP, TLP
from stix_models.naming import aliases, seen
from stix_models.outline import outline

MOST_VERSIONS = 50
"""How many versions are listed, the latest ones."""

_NO_LINKS = frozenset({"created_by_ref", "object_marking_refs", "granular_markings"})


@dataclass(frozen=True, slots=True)
class Named:
    """An object that another names. title: its id where it is not in view (S11 leaves only own ones so)."""

    id: str
    type: str
    title: str
    visible: bool


@dataclass(frozen=True, slots=True)
class Outward:
    """The object names another in a property."""

    property: str
    target: Named


@dataclass(frozen=True, slots=True)
class Inward:
    """Another object names this one. For a relationship `other` is its other end and `verb` its type.

    outward: whether this object is the source. by: the object that says so.
    """

    by: Row
    verb: str = ""
    outward: bool = False
    other: Named | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """One visible version in one collection (its title). since: when it was last opened to the looker, µs (S13)."""

    version: str
    collection: str
    since: int
    marks: Marks
    producer: str
    revoked: bool


@dataclass(frozen=True, slots=True)
class Portrait:
    """All that is told of an object.

    others: further markings, as (id, what they say). author: its created_by_ref, None without one. older: whether it
    has more versions than are listed. raw: the bytes as they were pushed.
    """

    id: str
    type: str
    title: str
    aliases: tuple[str, ...]
    seen: tuple[int, int] | None
    marks: Marks
    others: tuple[tuple[str, str], ...]
    properties: Properties
    author: Named | None
    versions: tuple[Version, ...]
    older: bool
    outward: tuple[Outward, ...]
    outward_page: Paged
    inward: tuple[Inward, ...]
    inward_page: Paged
    raw: bytes
    producer: str
    beyond: int | None = None

    @property
    def is_public(self) -> bool:
        """Whether the hub itself holds it as public knowledge (S11)."""
        return not self.versions[0].collection


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of what it names, and of what names it, is wanted; from 1."""

    outward: int = 1
    inward: int = 1


def portrait(sight: Sight, names: Names, shown: Shown, pages: Pages) -> Portrait:
    """Tell of an object in its latest visible version."""
    value = names.value(shown.object_id)
    versions = sight.view.everywhere(shown.object_id, MOST_VERSIONS + 1)
    out_links = list(_outward(value))
    out_page = paged(len(out_links), pages.outward)
    in_links = _relations_first(sight.view.linked([shown.object_id]))
    in_page = paged(len(in_links), pages.inward)
    chosen = slice_of(out_links, out_page)
    names.look_up([target for _, target in chosen])
    return Portrait(
        shown.object_id,
        shown.type,
        names.title(shown.object_id),
        aliases(value),
        seen(value),
        sight.marks(shown.label),
        _other_markings(names, shown, value),
        properties(value),
        _author(names, value),
        tuple(_version(sight, each) for each in versions[:MOST_VERSIONS]),
        len(versions) > MOST_VERSIONS,
        tuple(Outward(name, named(names, target)) for name, target in chosen),
        out_page,
        _inward(sight, names, shown.object_id, slice_of(in_links, in_page)),
        in_page,
        shown.body,
        sight.producer(shown.label),
        sight.beyond,
    )


def named(names: Names, id_: str) -> Named:
    """Give an object as another names it."""
    found = names.get(id_)
    return Named(id_, found.type if found else type_of(id_), names.title(id_), found is not None)


def _outward(value: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Give what the object names, by property, at the top first; each once a property."""
    found: dict[tuple[str, str], None] = {}
    stack: list[tuple[str, Any]] = [("", value)]
    while stack:
        name, inner = stack.pop()
        if isinstance(inner, dict):
            stack += [(key, each) for key, each in reversed(inner.items()) if key not in _NO_LINKS]
        elif isinstance(inner, list):
            stack += [(name, each) for each in reversed(inner)]
        elif isinstance(inner, str) and name.endswith(("_ref", "_refs")) and is_stix_id(inner):
            found[name, inner] = None
    return found


def _relations_first(links: Sequence[Link]) -> list[str]:
    """Put relationships and sightings before what merely contains it; within each, latest first."""
    ids = dict.fromkeys(link.object_id for link in sorted(links, key=lambda link: link.type not in ENDS))
    return list(ids)


def _inward(sight: Sight, names: Names, id_: str, ids: Sequence[str]) -> tuple[Inward, ...]:
    return tuple(_inward_link(names, id_, row) for row in rows(sight, names, ids))


def _inward_link(names: Names, id_: str, row: Row) -> Inward:
    ends = names.ends(row.id)
    if len(ends) < len(ENDS["relationship"]):
        return Inward(row)
    source, target = ends["source_ref"], ends["target_ref"]
    verb = str(names.value(row.id).get("relationship_type", ""))
    return Inward(row, verb, source == id_, named(names, target if source == id_ else source))


def _author(names: Names, value: Mapping[str, Any]) -> Named | None:
    author = value.get("created_by_ref")
    return named(names, author) if isinstance(author, str) and is_stix_id(author) else None


def _other_markings(names: Names, shown: Shown, value: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Give the markings that restrict use, not delivery (S6): what they say, as far as their definition is in view."""
    groups = (shown.label.groups if shown.label else None) or frozenset()
    listed = [id_ for id_ in outline(value).markings if id_ not in TLP and id_ not in groups]
    names.look_up(listed)
    return tuple((id_, "PAP" if id_ in PAP else names.title(id_)) for id_ in listed)


def _version(sight: Sight, each: Shown) -> Version:
    collection = sight.collections.get(each.collection)
    return Version(
        each.version,
        collection.title if collection else "",
        each.date_added,
        sight.marks(each.label),
        sight.producer(each.label),
        msgspec.json.decode(each.body).get("revoked") is True,
    )
