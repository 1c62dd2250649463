"""What a waiting object changes, field by field, and where it is already: as far as its reviewer sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from hub.model.members import Actor
from hub.policy.rules import Reader
from hub.services.shelves.review.charges import Charge, charges_of
from hub.store.base import Snapshot, View
from hub.store.query import LAST, Entry, Query
from stix_models.strict import loads
from stix_models.timestamps import version_key

MAX_CHANGES = 100
"""How many changes of one object are told; that there are more is told too."""
MAX_VALUE_CHARACTERS = 200
"""How much of a value is shown."""
MOST_VERSIONS = 5_000
"""How many versions are looked at for one page of objects."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. before, after: the value as JSON, shortened; None where it is absent."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The same id and version elsewhere. where: a collection's title; the submission's id if `waits`. same: equal."""

    where: str
    version: str
    waits: bool
    same: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """A waiting object beside what the hub has. current: the version that stands now, None if the id is new."""

    current: str | None
    changes: tuple[Change, ...]
    has_more: bool
    duplicates: tuple[Duplicate, ...]


class _Standing(NamedTuple):
    """A released version that the reviewer sees. collection: its id. place: for the read record alone."""

    collection: str
    place: int
    entry: Entry


class Comparing:
    """Compares some objects of one submission for one reviewer, in few reads for all of them.

    told: object id and version, by place, of what is released and of which a comparison gave the content.
    """

    def __init__(self, snapshot: Snapshot, view: View, actor: Actor, reader: Reader, charges: Sequence[Charge]) -> None:
        """charges: of one submission."""
        self._snapshot = snapshot
        self._shown = [charge for charge in charges if not charge.blind]
        self._standing = self._stands(view) if self._shown else []
        self._waiting = self._waits(actor, reader) if self._shown else []
        self.told: dict[int, tuple[str, str]] = {}

    def compare(self, charge: Charge, collection: str) -> Comparison | None:
        """Say what it changes in the collection (by id) and where else it is; None for what the actor can't read."""
        if charge.blind:
            return None
        value = loads(self._snapshot.body(charge.item))
        standing = [each for each in self._standing if each.entry.object_id == charge.item.object_id]
        current = self._current(standing, collection)
        found = list(islice(changes(loads(current.body), value), MAX_CHANGES + 1)) if current else []
        return Comparison(
            current.version if current else None,
            tuple(found[:MAX_CHANGES]),
            len(found) > MAX_CHANGES,
            (*self._copies(standing, charge.item.version, value), *self._twins(charge, value)),
        )

    def _current(self, standing: list[_Standing], collection: str) -> Entry | None:
        """Give the version that stands in the collection, None if none does; what differs from it is told."""
        here = [each for each in standing if each.collection == collection]
        if not here:
            return None
        current = max(here, key=lambda each: version_key(each.entry.version))
        self._tell(current)
        return current.entry

    def _copies(self, standing: list[_Standing], version: str, value: Any) -> Iterator[Duplicate]:
        """Give the same version wherever it is released; of an equal one the reviewer knows all that it says."""
        for each in standing:
            if version_key(each.entry.version) == version_key(version):
                same = loads(each.entry.body) == value
                if same:
                    self._tell(each)
                yield Duplicate(self._title(each.collection), each.entry.version, waits=False, same=same)

    def _tell(self, standing: _Standing) -> None:
        self.told[standing.place] = standing.entry.object_id, standing.entry.version

    def _stands(self, view: View) -> list[_Standing]:
        """Give what the actor sees of the objects: the latest versions, and those that wait."""
        ids = frozenset(charge.item.object_id for charge in self._shown)
        keys = frozenset(version_key(charge.item.version) for charge in self._shown)
        collections = sorted({each.collection for each in self._snapshot.contributions(ids)})
        query = Query(ids=ids, versions=keys | {LAST})
        pages = [(each, view.page(each, query, None, MOST_VERSIONS)) for each in collections]
        return [
            _Standing(each, place, entry)
            for each, page in pages
            for place, entry in zip(page.places, page.entries, strict=True)
        ]

    def _waits(self, actor: Actor, reader: Reader) -> list[Charge]:
        """Give what the actor may decide about under the same ids in other submissions."""
        ids = frozenset(charge.item.object_id for charge in self._shown)
        own = self._shown[0].item.submission
        others = sorted({each.submission for each in self._snapshot.pushes.alike(ids)} - {own})
        found = [self._snapshot.submission(each) for each in others]
        return [
            charge
            for submission in found
            if submission
            for charge in charges_of(self._snapshot, actor, reader, submission, only=ids)
            if not charge.blind
        ]

    def _twins(self, charge: Charge, value: Any) -> Iterator[Duplicate]:
        for other in self._waiting:
            if other.item.object_id == charge.item.object_id:
                same = loads(self._snapshot.body(other.item)) == value
                yield Duplicate(other.item.submission, other.item.version, waits=True, same=same)

    def _title(self, collection: str) -> str:
        found = self._snapshot.registry.collection(collection)
        return found.title if found else collection


def changes(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """Give what differs between two JSON values, in the order of the fields' names; lists of values as sets."""
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _in_objects(before, after, path)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _in_lists(before, after, path)
    elif type(before) is not type(after) or before != after:
        yield Change(path, short(before), short(after))


def short(value: Any) -> str:
    """Give a value as JSON, cut at `MAX_VALUE_CHARACTERS`; what an eye might read backwards as escapes."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = text[: MAX_VALUE_CHARACTERS + 1]
    text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return text if len(text) <= MAX_VALUE_CHARACTERS else f"{text[:MAX_VALUE_CHARACTERS]}…"


def _in_objects(before: dict[str, Any], after: dict[str, Any], path: str) -> Iterator[Change]:
    for name in sorted(before.keys() | after.keys()):
        place = short(f"{path}.{name}" if path else name)
        if name not in after:
            yield Change(place, short(before[name]), None)
        elif name not in before:
            yield Change(place, None, short(after[name]))
        else:
            yield from changes(before[name], after[name], place)


def _in_lists(before: list[Any], after: list[Any], path: str) -> Iterator[Change]:
    """Give members that came and went; one that changed is one that went and one that came."""
    old, new = ({json.dumps(each, sort_keys=True): each for each in side} for side in (before, after))
    yield from (Change(f"{path}[]", short(each), None) for key, each in old.items() if key not in new)
    yield from (Change(f"{path}[]", None, short(each)) for key, each in new.items() if key not in old)
    if old.keys() == new.keys() and before != after:
        yield Change(path, short(before), short(after))
