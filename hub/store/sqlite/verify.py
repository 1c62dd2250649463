"""What can be recomputed from what is stored, compared with it (`hub check`)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from hub.errors import Finding
from hub.policy.closure import audiences
from hub.policy.rules import Reader
from hub.policy.spans import FOREVER, Spans
from hub.store.sqlite import audit, released
from hub.store.sqlite.body import digest_of
from hub.store.sqlite.book import AudienceBook
from hub.store.sqlite.registry import SqliteRegistry


def everything(connection: sqlite3.Connection, pinned: frozenset[str]) -> Iterator[Finding]:
    """Check the file, the bytes, the lanes, the audit chain; yield what is wrong."""
    for (line,) in connection.execute("PRAGMA integrity_check(20)"):
        if line != "ok":
            yield Finding("file", f"SQLite finds it damaged: {line}")
    yield from _bytes(connection)
    yield from _rows(connection)
    yield from _audiences(connection, pinned)
    yield from audit.verify(connection, "audit")


def _bytes(connection: sqlite3.Connection) -> Iterator[Finding]:
    for table, name in (("contribution", "object_id"), ("item", "object_id"), ("reference_object", "id")):
        for id_, body, digest in connection.execute(f"SELECT {name}, body, digest FROM {table} WHERE body NOT NULL"):
            if digest_of(body) != digest:
                yield Finding(id_, "its stored bytes have changed on disk")


def _rows(connection: sqlite3.Connection) -> Iterator[Finding]:
    """Each standing contribution has one open row, in the lane of its audience; no other row is open."""
    wrong = connection.execute(
        "SELECT c.object_id FROM standing s JOIN contribution c ON c.place = s.place"
        " LEFT JOIN entry_row e ON e.r = s.r AND e.place = s.place AND e.until = ?"
        " LEFT JOIN lane l ON l.id = e.lane"
        " WHERE l.audience IS NOT s.audience OR l.collection IS NOT c.collection",
        (FOREVER,),
    )
    for (id_,) in wrong:
        yield Finding(id_, "it does not stand in the lane of its audience")
    loose = connection.execute(
        "SELECT c.object_id FROM entry_row e JOIN contribution c ON c.place = e.place"
        " LEFT JOIN standing s ON s.r = e.r AND s.place = e.place WHERE e.until = ? AND s.place IS NULL",
        (FOREVER,),
    )
    for (id_,) in loose:
        yield Finding(id_, "a row is open that belongs to no standing contribution")
    for lane, counted, kept in connection.execute(
        "SELECT l.id, (SELECT count(*) FROM entry_row e WHERE e.lane = l.id AND e.until = ?), l.open_rows FROM lane l",
        (FOREVER,),
    ):
        if counted != kept:
            yield Finding(f"lane {lane}", f"it counts {kept} open rows and has {counted}")


def _audiences(connection: sqlite3.Connection, pinned: frozenset[str]) -> Iterator[Finding]:
    """Compute every audience afresh, all at once, and compare."""
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
    for place, id_, closure, shown in connection.execute(
        "SELECT s.place, c.object_id, s.closure, s.audience FROM standing s JOIN contribution c ON c.place = s.place"
    ):
        if not (same(wanted[place].closure, closure) and same(wanted[place].shown, shown)):
            yield Finding(id_, "its audience is not what its references and markings give")


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
