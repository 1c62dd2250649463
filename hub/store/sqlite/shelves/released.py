"""The released shelf: contributions, what they refer to and carry, and who depends on them."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from hub.policy.closure import Standing, components
from hub.store.base import Release
from hub.store.sqlite.shelves.book import AudienceBook
from stix_models.markings import PAP, TLP

_ADD = "INSERT INTO contribution VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_LOAD = """
SELECT c.place, c.object_id, c.collection, c.producer, c.version_key, c.observable, s.label,
       (SELECT json_group_array(target) FROM reference WHERE place = c.place)
FROM json_each(?) j JOIN contribution c ON c.object_id = j.value JOIN standing s ON s.place = c.place
"""
_CLOSURES = """
SELECT c.object_id, s.closure FROM json_each(?) j
JOIN contribution c ON c.object_id = j.value JOIN standing s ON s.place = c.place
"""
_DEPENDANTS = """
SELECT DISTINCT c.object_id FROM json_each(?) j
JOIN reference f ON f.target = j.value JOIN contribution c ON c.place = f.place
"""
_TARGETS = """
SELECT DISTINCT c.object_id, f.target FROM json_each(?) j
JOIN contribution c ON c.object_id = j.value JOIN reference f ON f.place = c.place
"""


def add(
    connection: sqlite3.Connection,
    releases: Sequence[Release],
    bodies: Sequence[tuple[bytes, bytes]],
    origin: tuple[str, str, str],
) -> list[Standing]:
    """Write new contributions, in order, and give how they stand.

    bodies: bytes and sha-256 of each. origin: collection, producer and account of them all.
    """
    (last,) = connection.execute("SELECT coalesce(max(place), 0) FROM contribution").fetchone()
    placed = list(enumerate(releases, last + 1))
    rows = (_row(place, each, body, origin) for (place, each), body in zip(placed, bodies, strict=True))
    connection.executemany(_ADD, rows)
    _index(connection, placed, origin[1])
    return [_standing(place, each, origin) for place, each in placed]


def _index(connection: sqlite3.Connection, placed: Sequence[tuple[int, Release]], producer: str) -> None:
    """Write what each refers to, which markings but TLP and PAP it carries, and the statements among them."""
    connection.executemany(
        "INSERT INTO reference VALUES (?, ?)",
        ((target, place) for place, each in placed for target in each.outline.references),
    )
    connection.executemany(
        "INSERT INTO marked VALUES (?, ?)",
        (
            (marking, place)
            for place, each in placed
            for marking in each.outline.markings
            if marking not in TLP and marking not in PAP
        ),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO statement VALUES (?, ?)",
        ((producer, each.outline.id.lower()) for _, each in placed if each.outline.statement),
    )


def _row(place: int, each: Release, content: tuple[bytes, bytes], origin: tuple[str, str, str]) -> tuple[object, ...]:
    collection, producer, account = origin
    body, digest = content
    outline = each.outline
    return (
        place,
        collection,
        outline.id,
        outline.type,
        outline.version,
        outline.version_key,
        outline.spec_version,
        producer,
        account,
        outline.observable,
        outline.revoked,
        each.item.number,
        digest,
        body,
    )


def _standing(place: int, each: Release, origin: tuple[str, str, str]) -> Standing:
    collection, producer, _ = origin
    outline = each.outline
    return Standing(
        place,
        outline.id,
        collection,
        producer,
        outline.version_key,
        outline.observable,
        each.label,
        outline.references,
    )


def load(connection: sqlite3.Connection, book: AudienceBook, ids: Iterable[str]) -> list[Standing]:
    """Give how all contributions of the ids stand."""
    found = []
    rows: Iterable[Sequence[Any]] = connection.execute(_LOAD, (json.dumps(sorted(ids)),))
    for *head, observable, label, references in rows:
        known = book.nodes[label].label
        if known is not None:
            found.append(Standing(*(*head, bool(observable), known, tuple(sorted(json.loads(references))))))
    return found


def openness(connection: sqlite3.Connection, book: AudienceBook, ids: Iterable[str]) -> dict[str, int]:
    """Give who may see each id, by what is stored: nobody where nothing stands."""
    closures: dict[str, list[int]] = {id_: [] for id_ in ids}
    for id_, closure in connection.execute(_CLOSURES, (json.dumps(sorted(closures)),)):
        closures[id_].append(closure)
    return {id_: book.either(parts) for id_, parts in closures.items()}


def dependants(connection: sqlite3.Connection, ids: Iterable[str]) -> set[str]:
    """Give the ids of the objects that refer to any of these."""
    return {row[0] for row in connection.execute(_DEPENDANTS, (json.dumps(sorted(ids)),))}


def cycles(connection: sqlite3.Connection, ids: Iterable[str]) -> set[str]:
    """Give the ids of all cycles of references that pass through one of these; costs what they lead to."""
    edges: dict[str, set[str]] = defaultdict(set)
    wanted = set(ids)
    frontier = set(wanted)
    while frontier:
        edges.update((id_, set()) for id_ in frontier)
        for id_, target in connection.execute(_TARGETS, (json.dumps(sorted(frontier)),)):
            edges[id_].add(target)
        frontier = {target for id_ in frontier for target in edges[id_]} - edges.keys()
    found: set[str] = set()
    for component in components(edges):
        if len(component) > 1 and not wanted.isdisjoint(component):
            found.update(component)
    return found


def everybody(connection: sqlite3.Connection, ids: Iterable[str], pinned: frozenset[str]) -> set[str]:
    """Give those of the ids that count as visible to all: reference objects and pinned definitions (S11)."""
    wanted = set(ids)
    query = "SELECT id FROM reference_object WHERE id IN (SELECT value FROM json_each(?))"
    known = {row[0] for row in connection.execute(query, (json.dumps(sorted(wanted)),))}
    return known | (wanted & pinned)


def but(each: Standing, known: set[str]) -> Standing:
    """Give a standing less the references that everybody may see."""
    if known.isdisjoint(each.references):
        return each
    return replace(each, references=tuple(target for target in each.references if target not in known))
