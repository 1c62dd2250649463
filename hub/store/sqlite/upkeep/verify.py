"""What can be recomputed from what is stored, compared with it (`hub check`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from hub.errors import Finding
from hub.policy.closure import audiences
from hub.policy.rules import Reader
from hub.policy.spans import FOREVER, Spans
from hub.store.sqlite.files.body import digest_of
from hub.store.sqlite.registry import SqliteRegistry
from hub.store.sqlite.shelves import released
from hub.store.sqlite.shelves.book import AudienceBook
from hub.store.sqlite.trail import audit
from stix_models.outline import outline
from stix_models.strict import loads


def everything(connection: sqlite3.Connection, pinned: frozenset[str]) -> Iterator[Finding]:
    """Check all that is kept and all that is derived from it; yield what is wrong."""
    yield from kept(connection)
    yield from derived(connection, pinned)


def kept(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Check what nobody could make again: the file, the bytes, the audit chain."""
    damaged = [line for (line,) in connection.execute("PRAGMA integrity_check(20)") if line != "ok"]
    yield from (Finding("file", f"SQLite finds it damaged: {line}") for line in damaged)
    for table, name in (("contribution", "object_id"), ("item", "object_id"), ("reference_object", "id")):
        for id_, body, digest in connection.execute(f"SELECT {name}, body, digest FROM {table} WHERE body NOT NULL"):
            if digest_of(body) != digest:
                yield Finding(id_, "its stored bytes have changed on disk")
    yield from audit.verify(connection, "audit")


def derived(connection: sqlite3.Connection, pinned: frozenset[str]) -> Iterator[Finding]:
    """Check what can be made again from what is kept (see repair.py)."""
    for producer, marking in sorted(wanted_statements(connection) ^ stored_statements(connection)):
        yield Finding(marking, "who has released a statement under this id is noted wrongly", producer)
    for _, id_ in misplaced(connection):
        yield Finding(id_, "it does not stand in the lane of its audience")
    for _, id_ in loose(connection):
        yield Finding(id_, "a row is open that belongs to no standing contribution")
    for *_, id_ in unlinked(connection):
        yield Finding(id_, "a row of it names a row before or after it that is not")
    for lane, counted, noted in miscounted(connection):
        yield Finding(f"lane {lane}", f"it counts {noted} open rows and has {counted}")
    for id_ in wrong_audiences(connection, pinned):
        yield Finding(id_, "its audience is not what its references and markings give")


def wanted_statements(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Give producer and id of every statement definition ever released (S6), read from the bytes."""
    definitions = connection.execute("SELECT producer, body FROM contribution WHERE type = 'marking-definition'")
    outlines = ((producer, outline(loads(bytes(body)))) for producer, body in definitions)
    return {(producer, found.id.lower()) for producer, found in outlines if found.statement}


def stored_statements(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Give them as they are noted."""
    return set(connection.execute("SELECT producer, marking FROM statement"))


def misplaced(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Give place and id of what stands and has no open row in the lane of its audience."""
    return connection.execute(
        "SELECT s.place, c.object_id FROM standing s JOIN contribution c ON c.place = s.place"
        " LEFT JOIN entry_row e ON e.r = s.r AND e.place = s.place AND e.until = ?"
        " LEFT JOIN lane l ON l.id = e.lane"
        " WHERE l.audience IS NOT s.audience OR l.collection IS NOT c.collection",
        (FOREVER,),
    ).fetchall()


def loose(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Give number and object id of open rows that are nobody's."""
    return connection.execute(
        "SELECT e.r, c.object_id FROM entry_row e JOIN contribution c ON c.place = e.place"
        " LEFT JOIN standing s ON s.r = e.r AND s.place = e.place WHERE e.until = ? AND s.place IS NULL",
        (FOREVER,),
    ).fetchall()


def unlinked(connection: sqlite3.Connection) -> list[tuple[int, int, int, str]]:
    """Give the rows that name one before or after them which doesn't meet them: which sides, number, object id."""
    return connection.execute(
        "SELECT * FROM (SELECT e.prev IS NOT NULL AND p.r IS NULL back, e.next IS NOT NULL AND n.r IS NULL ahead, e.r,"
        " c.object_id FROM entry_row e JOIN contribution c ON c.place = e.place"
        " LEFT JOIN entry_row p ON p.r = e.prev AND p.place = e.place AND p.next = e.r AND p.until = e.since"
        " LEFT JOIN entry_row n ON n.r = e.next AND n.place = e.place AND n.prev = e.r AND n.since = e.until)"
        " WHERE back OR ahead"
    ).fetchall()


def miscounted(connection: sqlite3.Connection) -> list[tuple[int, int, int]]:
    """Give the lanes whose counter is wrong: number, open rows, what it says."""
    return connection.execute(
        "SELECT * FROM (SELECT l.id, (SELECT count(*) FROM entry_row e WHERE e.lane = l.id AND e.until = ?) n,"
        " l.open_rows FROM lane l) WHERE n <> open_rows",
        (FOREVER,),
    ).fetchall()


def wrong_audiences(connection: sqlite3.Connection, pinned: frozenset[str]) -> list[str]:
    """Compute every audience afresh, all at once, and give the ids of those that are stored otherwise."""
    book = AudienceBook()  # one of its own: what is computed here is never written
    book.catch_up(connection)
    same = _Same(connection, book)
    ids = [row[0] for row in connection.execute("SELECT DISTINCT object_id FROM contribution")]
    standings = released.load(connection, book, ids)
    known = released.everybody(connection, {target for each in standings for target in each.references}, pinned)
    standings = [released.but(each, known) for each in standings]
    there = {each.object_id for each in standings}
    outside = {target: book.either(()) for each in standings for target in each.references if target not in there}
    wanted = audiences(book, standings, outside)
    stored = connection.execute(
        "SELECT s.place, c.object_id, s.closure, s.audience FROM standing s JOIN contribution c ON c.place = s.place"
    )
    return [
        id_
        for place, id_, closure, shown in stored
        if not (same(wanted[place].closure, closure) and same(wanted[place].shown, shown))
    ]


class _Same:
    """Whether two audiences are the same people: equal numbers, or equal for every account there is."""

    def __init__(self, connection: sqlite3.Connection, book: AudienceBook) -> None:
        registry = SqliteRegistry(connection)
        readers = [registry.reader(account.name) for account in registry.accounts()]
        self._readers: list[tuple[Reader, dict[int, Spans]]] = [(reader, {}) for reader in readers if reader]
        self._book = book

    def __call__(self, one: int, other: int) -> bool:
        return one == other or all(
            self._book.spans(reader, one, known) == self._book.spans(reader, other, known)
            for reader, known in self._readers
        )
