"""The audit trail read: both chains as one, and who was served an object."""

from __future__ import annotations

import heapq
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from hub.model.audit import Bookmark, Chain, Event, Recorded, Serving, TrailPage, Wanted, served_digest
from hub.policy.actions import Action
from hub.store.sqlite.trail.places import unpack

_ACTS = "SELECT seq, at, actor, action, object, detail, hash FROM audit"
_READS = "SELECT seq, at, account, collection, endpoint, first, last, count, digest, block, key, epoch, hash FROM read"
_SERVED = """
SELECT r.seq, r.at, r.account, r.collection, r.endpoint, r.digest, s.places
FROM served s JOIN read r ON r.seq = s.seq WHERE s.low <= :high AND s.high >= :low ORDER BY r.seq
"""
_IN_ORDER = """
SELECT c.object_id, c.version FROM json_each(?) j CROSS JOIN contribution c ON c.place = j.value ORDER BY j.key
"""


def records(hub: sqlite3.Connection, log: sqlite3.Connection, wanted: Wanted) -> Iterator[Recorded]:
    """Give the records of both chains that are wanted, by time."""
    tail = " ORDER BY seq"
    return heapq.merge(_acts(hub, wanted, tail), _reads(log, wanted, tail), key=lambda each: each.at)


def page(
    hub: sqlite3.Connection, log: sqlite3.Connection, wanted: Wanted, after: Bookmark | None, limit: int
) -> TrailPage:
    """Give a page of them, newest first; each chain gives as many as the page could need."""
    given = after.given if after else 0
    if after is not None:
        ends = after.at + 1 if wanted.until is None else min(wanted.until, after.at + 1)
        wanted = replace(wanted, until=ends)
    tail = f" ORDER BY at DESC, seq DESC LIMIT {given + limit + 1:d}"
    newest = sorted(chain(_acts(hub, wanted, tail), _reads(log, wanted, tail)), key=_moment, reverse=True)
    shown = tuple(newest[given : given + limit])
    if len(newest) <= given + limit:
        return TrailPage(shown)
    last = shown[-1].at
    return TrailPage(shown, Bookmark(last, sum(each.at == last for each in newest[: given + limit])))


def _moment(record: Recorded) -> tuple[int, Chain, int]:
    return record.at, record.chain, record.seq


def _acts(connection: sqlite3.Connection, wanted: Wanted, tail: str) -> Iterator[Recorded]:
    named = {"actor": wanted.actor, "action": wanted.action, "object": wanted.object}
    for fields, hash_ in _chosen(connection, _ACTS, named, wanted, tail):
        event = Event(fields["actor"], fields["action"], fields["object"], json.loads(fields["detail"]))
        yield Recorded(Chain.ACTS, fields["seq"], fields["at"], event, fields, hash_)


def _reads(connection: sqlite3.Connection, wanted: Wanted, tail: str) -> Iterator[Recorded]:
    if wanted.action not in (None, Action.COLLECTION_READ):
        return
    named = {"account": wanted.actor, "collection": wanted.object}
    for fields, hash_ in _chosen(connection, _READS, named, wanted, tail):
        detail = {name: fields[name] for name in ("endpoint", "count", "first", "last")}
        event = Event(fields["account"], Action.COLLECTION_READ, fields["collection"], detail)
        yield Recorded(Chain.READS, fields["seq"], fields["at"], event, fields, hash_)


def _chosen(
    connection: sqlite3.Connection, statement: str, named: dict[str, str | None], wanted: Wanted, tail: str
) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Give each link's fields, by name in the order of the chain, and its hash."""
    conditions = [f"{name} = :{name}" for name, value in named.items() if value is not None]
    conditions += ["at >= :since"] if wanted.since is not None else []
    conditions += ["at < :until"] if wanted.until is not None else []
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    values = {**named, "since": wanted.since, "until": wanted.until}
    rows = connection.execute(f"{statement}{where}{tail}", values)
    names = [column[0] for column in rows.description]
    for *values_, hash_ in rows:
        yield dict(zip(names, values_, strict=False)), hash_


def holders(hub: sqlite3.Connection, log: sqlite3.Connection, object_id: str) -> Iterator[Serving]:
    """Give every serving of any version of the object, deleted ones too, in the order in which they happened."""
    query = "SELECT place, collection, version, producer FROM contribution WHERE object_id = ?"
    versions = {place: rest for place, *rest in hub.execute(query, (object_id,))}
    if not versions:
        return
    bounds = {"low": min(versions), "high": max(versions)}
    for seq, at, account, collection, endpoint, digest, packed in log.execute(_SERVED, bounds):
        places = unpack(packed)
        found = sorted(versions.keys() & set(places))
        if found:
            proven = _digest(hub, places) == digest
            for place in found:
                home, version, producer = versions[place]
                yield Serving(at, account, collection or home, endpoint, version, producer, seq, proven)


def _digest(hub: sqlite3.Connection, places: Sequence[int]) -> bytes:
    rows = hub.execute(_IN_ORDER, (json.dumps(places),))
    return served_digest(rows)
