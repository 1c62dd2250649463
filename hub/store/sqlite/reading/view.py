"""Released data as one reader may see it now: the only way to it (hub.store.base.View)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

from hub.store.query import ALL, FIRST, LAST, Entry, Found, Hit, Link, Page, Position, Query, Shown, Sought
from hub.store.sqlite.files.body import checked
from hub.store.sqlite.reading import objects
from hub.store.sqlite.reading.dating import dated
from hub.store.sqlite.reading.feed import Feed, Seen
from hub.store.sqlite.reading.moment import Reading
from hub.store.sqlite.reading.rights import LaneRights
from hub.store.sqlite.registry import SqliteRegistry
from hub.store.sqlite.search import finding
from hub.store.sqlite.snapshot import pinned_ids

_ENTRIES = """
SELECT c.place, c.object_id, c.type, c.version, c.version_key, c.spec_version,
       CASE WHEN :bodies THEN c.digest END, CASE WHEN :bodies THEN c.body END,
       :versions AND EXISTS (SELECT 1 FROM contribution o WHERE o.object_id = c.object_id
           AND o.collection = c.collection AND o.producer = c.producer AND o.version_key <> c.version_key)
FROM json_each(:places) j CROSS JOIN contribution c ON c.place = j.value
WHERE (:types IS NULL OR c.type IN (SELECT value FROM json_each(:types)))
  AND (:specs IS NULL OR c.spec_version IN (SELECT value FROM json_each(:specs)))
"""
_RIVALS = """
SELECT c.place, o.version_key, e.lane FROM json_each(:places) j
CROSS JOIN contribution c ON c.place = j.value
CROSS JOIN contribution o ON o.object_id = c.object_id AND o.collection = c.collection
  AND o.producer = c.producer AND o.version_key <> c.version_key
CROSS JOIN standing s ON s.place = o.place CROSS JOIN entry_row e ON e.r = s.r
"""
_OF_OBJECT = """
SELECT e.r, e.lane, e.place, e.since, e.prev FROM json_each(:ids) j
CROSS JOIN contribution c ON c.object_id = j.value AND c.collection = :collection
CROSS JOIN standing s ON s.place = c.place CROSS JOIN entry_row e ON e.r = s.r
"""
MOST_AT_ONCE = 5_000
"""How many contributions are looked at in one step of a search."""


class SqliteView:
    """Answers for one reader; every call is one snapshot."""

    def __init__(self, reading: Reading, searching: Reading, reached: Callable[[str, int], Position | None]) -> None:
        """Take what opens a transaction: on the hub, and on the hub with the search beside it.

        reached: where the object stands that this reader was served last in a collection with a date.
        """
        self._reading = reading
        self._searching = searching
        self._reached = reached

    def page(self, collection: str, query: Query, after: Position | None, limit: int) -> Page:
        """Give one page of a collection's feed."""
        if after is None and query.added_after is not None:
            after = self._reached(collection, query.added_after)
        with self._reading() as (connection, rights_in, _):
            rights = rights_in(collection)
            if query.ids is not None:
                walk = _beyond(_of_objects(connection, rights, collection, query.ids), after, query.added_after)
            else:
                walk = Feed(connection, rights, limit + 1).walk(after, query.added_after)
            picked = list(islice(_matching(connection, rights, walk, query, limit), limit + 1))
        entries = tuple(entry for _, entry in picked[:limit])
        last = _position(picked[len(entries) - 1][0]) if entries else None
        places = tuple(seen.place for seen, _ in picked[:limit])
        return Page(entries, last if len(picked) > limit else None, last, places)

    def versions(self, collection: str, object_id: str) -> tuple[Entry, ...]:
        """Give every visible version of an object in the collection."""
        everything = Query(ids=frozenset({object_id}), versions=frozenset({ALL}))
        with self._reading() as (connection, rights_in, _):
            rights = rights_in(collection)
            walk = iter(_of_objects(connection, rights, collection, (object_id,)))
            return tuple(entry for _, entry in _matching(connection, rights, walk, everything, MOST_AT_ONCE))

    def sees(self, object_id: str) -> bool:
        """Whether any contribution of the id is visible in any collection, or it is everybody's (S11)."""
        query = (
            "SELECT DISTINCT c.collection, e.lane FROM contribution c JOIN standing s ON s.place = c.place"
            " JOIN entry_row e ON e.r = s.r WHERE c.object_id = ?"
        )
        with self._reading() as (connection, rights_in, _):
            if connection.execute("SELECT 1 FROM reference_object WHERE id = ?", (object_id,)).fetchone():
                return True
            if object_id in pinned_ids(SqliteRegistry(connection)):
                return True
            return any(lane in rights_in(place).now for place, lane in connection.execute(query, (object_id,)))

    def reference(self, object_id: str) -> Entry | None:
        """Give a reference object (S11): whoever may read anything may have it by its id; it is in no feed."""
        with self._reading() as (connection, _, _):
            row = connection.execute(
                "SELECT stamp, id, type, version, spec_version, body, digest FROM reference_object WHERE id = ?",
                (object_id,),
            ).fetchone()
        return Entry(*(*row[:5], checked(row[5], row[6], object_id))) if row else None

    def everywhere(self, object_id: str, limit: int) -> tuple[Shown, ...]:
        """Give the visible versions of an object in all collections, latest version first."""
        with self._reading() as moment:
            return objects.everywhere(moment, object_id, limit)

    def latest(self, object_ids: Iterable[str]) -> Mapping[str, Shown]:
        """Give the latest visible version of each object."""
        with self._reading() as moment:
            return objects.latest(moment, object_ids)

    def linked(self, object_ids: Iterable[str]) -> tuple[Link, ...]:
        """Give what refers to any of the objects, latest first."""
        ids = sorted(set(object_ids))
        with self._searching() as moment:
            return tuple(dict.fromkeys([*objects.linked(moment, ids), *finding.linked(moment, ids)]))

    def size(self) -> int:
        """Count the visible contributions."""
        with self._reading() as moment:
            return objects.size(moment)

    def find(self, sought: Sought) -> Found:
        """Search all collections and the reference objects."""
        with self._searching() as moment:
            return finding.find(moment, sought)

    def match(self, texts: Iterable[str]) -> Mapping[str, tuple[Hit, ...]]:
        """Give for each text the visible objects that have it as a whole name, value or id."""
        with self._searching() as moment:
            return finding.match(moment, texts)

    def names_from(self, beginning: str, limit: int) -> tuple[str, ...]:
        """Give the first names and values that begin so, of visible objects."""
        with self._searching() as moment:
            return finding.names_from(moment, beginning, limit)


def _matching(
    connection: sqlite3.Connection, rights: LaneRights, walk: Iterator[Seen], query: Query, limit: int
) -> Iterator[tuple[Seen, Entry]]:
    """Give those of a walk that the query wants, with their bytes."""
    ranked = not query.versions.isdisjoint({FIRST, LAST})
    values = {
        "bodies": query.bodies,
        "versions": ranked,
        "types": _set(query.types),
        "specs": _set(query.spec_versions),
    }
    size, looked, found = limit + 1, 0, 0
    while seen := list(islice(walk, size)):
        places = json.dumps([each.place for each in seen])
        rows = {row[0]: row for row in connection.execute(_ENTRIES, values | {"places": places})}
        others = _others(connection, rights, [place for place, row in rows.items() if row[8]])
        for each in seen:
            row = rows.get(each.place)
            if row is None:
                continue
            place, object_id, type_, version, key, spec_version, digest, body, _ = row
            if (ranked and place not in others) or _wanted(query.versions, key, others.get(place, ())):
                found += 1
                content = checked(body, digest, object_id) if query.bodies else b""
                yield each, Entry(each.block + each.nth, object_id, type_, version, spec_version, content)
        looked += size
        size = _next_size(limit + 1 - found, found / looked)


def _next_size(missing: int, share: float) -> int:
    """Say how many to look at next, by what share of those before was wanted: little waste, few statements."""
    return min(max(16, int(1.2 * missing / max(share, 1 / MOST_AT_ONCE))), MOST_AT_ONCE)


def _set(values: frozenset[str] | None) -> str | None:
    """Write a set in the form SQLite takes it; None stands for everything."""
    return None if values is None else json.dumps(sorted(values))


def _others(connection: sqlite3.Connection, rights: LaneRights, places: list[int]) -> dict[int, list[str]]:
    """Give the other versions by the same producer that the reader sees now, by place; none, no key."""
    found: dict[int, list[str]] = {}
    if places:
        for place, key, lane in connection.execute(_RIVALS, {"places": json.dumps(places)}):
            if lane in rights.now:
                found.setdefault(place, []).append(key)
    return found


def _wanted(versions: frozenset[str], key: str, others: Iterable[str]) -> bool:
    """Whether a version is among those asked for (TAXII 2.1 section 3.4.1): they range over what is visible (S14)."""
    return (
        ALL in versions
        or key in versions
        or (LAST in versions and all(key > other for other in others))
        or (FIRST in versions and all(key < other for other in others))
    )


def _of_objects(connection: sqlite3.Connection, rights: LaneRights, collection: str, ids: Iterable[str]) -> list[Seen]:
    """Find the visible contributions of a few ids, in order of date_added."""
    values = {"ids": json.dumps(sorted(ids)), "collection": collection}
    rows = connection.execute(_OF_OBJECT, values).fetchall()
    seen = [dated(connection, rights, *row) for row in rows if row[1] in rights.now]
    return sorted(seen, key=lambda each: each.date_added)


def _position(seen: Seen) -> Position:
    return Position(seen.block, seen.key, seen.nth)


def _beyond(seen: Iterable[Seen], after: Position | None, added_after: int | None) -> Iterator[Seen]:
    """Leave out what lies at or before a position or a date."""
    least = max(after.block + after.index if after else -1, -1 if added_after is None else added_after)
    return (each for each in seen if each.date_added > least)
