"""Objects looked at one by one, over all collections: their versions, what refers to them, how many there are."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from hub.store.query import MOST_FOUND, Link, Shown
from hub.store.sqlite.files.body import checked
from hub.store.sqlite.reading.dating import dated
from hub.store.sqlite.reading.moment import Moment, lanes_now

_IN_SIGHT = "e.lane IN (SELECT value FROM json_each(:lanes))"
_HEADS = f"""
SELECT c.place, c.object_id, c.type, c.version, c.version_key, c.collection, s.label, e.r, e.lane, e.since, e.prev
FROM json_each(:ids) j CROSS JOIN contribution c ON c.object_id = j.value
CROSS JOIN standing s ON s.place = c.place CROSS JOIN entry_row e ON e.r = s.r
WHERE {_IN_SIGHT}
"""
_BODIES = "SELECT place, object_id, body, digest FROM contribution WHERE place IN (SELECT value FROM json_each(?))"
_REFERENCES = """
SELECT id, type, version, version_key, body, digest FROM reference_object
WHERE id IN (SELECT value FROM json_each(?))
"""
_LINKED = f"""
SELECT t.target, c.object_id, c.type FROM (
    SELECT f.target, f.place FROM json_each(:ids) j CROSS JOIN reference f ON f.target = j.value
    CROSS JOIN standing s ON s.place = f.place CROSS JOIN entry_row e ON e.r = s.r
    WHERE {_IN_SIGHT} ORDER BY f.place DESC LIMIT :most
) t CROSS JOIN contribution c ON c.place = t.place ORDER BY t.place DESC
"""


class _Head(NamedTuple):
    """A visible contribution without its bytes."""

    place: int
    object_id: str
    type: str
    version: str
    version_key: str
    collection: str
    label: int
    r: int
    lane: int
    since: int
    prev: int | None


def everywhere(moment: Moment, object_id: str, limit: int) -> tuple[Shown, ...]:
    """Give the visible versions of an object, latest first; a reference object is the only version of its id."""
    heads = sorted(_heads(moment, [object_id]), key=lambda each: each.place)
    heads.sort(key=lambda each: each.version_key, reverse=True)
    found = _with_bodies(moment, heads[:limit], dates=True)
    return found or tuple(_reference_objects(moment, [object_id]))


def latest(moment: Moment, object_ids: Iterable[str]) -> dict[str, Shown]:
    """Give the latest visible version of each object; of several with this version the most restrictive (S12)."""
    ids = sorted(set(object_ids))
    chosen: dict[str, tuple[tuple[str, int, int], _Head]] = {}
    for head in _heads(moment, ids):
        rank = (head.version_key, moment.label(head.label).level.rank, -head.place)
        if head.object_id not in chosen or chosen[head.object_id][0] < rank:
            chosen[head.object_id] = (rank, head)
    found = {each.object_id: each for each in _with_bodies(moment, [head for _, head in chosen.values()])}
    rest = [id_ for id_ in ids if id_ not in found]
    return found | {each.object_id: each for each in _reference_objects(moment, rest)}


def linked(moment: Moment, ids: list[str]) -> list[Link]:
    """Give what contributions refer to the objects, latest first."""
    values = {"ids": json.dumps(ids), "lanes": lanes_now(moment), "most": MOST_FOUND}
    return [Link(*row) for row in moment.connection.execute(_LINKED, values)]


def size(moment: Moment) -> int:
    """Count the visible contributions."""
    query = "SELECT coalesce(sum(open_rows), 0) FROM lane WHERE id IN (SELECT value FROM json_each(?))"
    (count,) = moment.connection.execute(query, (lanes_now(moment),)).fetchone()
    return int(count)


def _heads(moment: Moment, ids: list[str]) -> list[_Head]:
    values = {"ids": json.dumps(ids), "lanes": lanes_now(moment)}
    return [_Head(*row) for row in moment.connection.execute(_HEADS, values)]


def _with_bodies(moment: Moment, heads: list[_Head], *, dates: bool = False) -> tuple[Shown, ...]:
    """Fetch the bytes, in the order of the heads. dates: find their date_added too."""
    places = json.dumps([head.place for head in heads])
    rows = moment.connection.execute(_BODIES, (places,))
    bodies = {place: checked(body, digest, object_id) for place, object_id, body, digest in rows}
    return tuple(
        Shown(
            head.object_id,
            head.type,
            head.version,
            head.version_key,
            head.collection,
            bodies[head.place],
            moment.label(head.label),
            head.place,
            _date(moment, head) if dates else 0,
        )
        for head in heads
    )


def _date(moment: Moment, head: _Head) -> int:
    rights = moment.rights_in(head.collection)
    return dated(moment.connection, rights, head.r, head.lane, head.place, head.since, head.prev).date_added


def _reference_objects(moment: Moment, ids: list[str]) -> list[Shown]:
    rows = moment.connection.execute(_REFERENCES, (json.dumps(ids),))
    return [
        Shown(id_, type_, version, key, "", checked(body, digest, id_), None)
        for id_, type_, version, key, body, digest in rows
    ]
