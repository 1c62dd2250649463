"""The tables of the index, and how objects are put into them, inside a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from hub.store.sqlite.search.words import Document, fold, read, referred

FORM = 1
"""Of the tables and of what is read off an object: an index of another one is made again."""

_TABLES = (
    "CREATE TABLE made (hub TEXT NOT NULL, place INTEGER NOT NULL, stamp INTEGER NOT NULL)",  # one row: how far it is
    (
        "CREATE TABLE document (id INTEGER PRIMARY KEY, object TEXT NOT NULL, type TEXT NOT NULL, folded TEXT NOT NULL,"
        " author TEXT, since INTEGER, until INTEGER)"
    ),  # id: the place, or a negative number for a reference object
    "CREATE INDEX document_type ON document (type, id)",
    "CREATE INDEX document_author ON document (author, id) WHERE author IS NOT NULL",
    "CREATE TABLE exact (text TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (text, id)) WITHOUT ROWID",
    "CREATE TABLE link (target TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (target, id)) WITHOUT ROWID",
    (
        "CREATE VIRTUAL TABLE words USING fts5(text, content='', columnsize=0, prefix='2 3',"
        " tokenize='unicode61 remove_diacritics 2')"
    ),
)


def reached(index: sqlite3.Connection) -> tuple[str, int, int]:
    """Give whose index it is and how far: place and stamp."""
    if not index.execute("SELECT 1 FROM sqlite_schema WHERE name = 'made'").fetchone():
        return "", 0, 0
    row: tuple[str, int, int] | None = index.execute("SELECT hub, place, stamp FROM made").fetchone()
    return row or ("", 0, 0)


def make(index: sqlite3.Connection, whose: str) -> None:
    """Drop what there is and begin anew, inside a transaction."""
    for table in ("made", "document", "exact", "link", "words"):
        index.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _TABLES:
        index.execute(statement)
    index.execute("INSERT INTO made VALUES (?, 0, 0)", (whose,))


def put(index: sqlite3.Connection, rows: Sequence[tuple[int, str, str, bytes]]) -> None:
    """Take in objects under their numbers. rows: number, id, type, bytes."""
    found = [(number, object_id, type_, read(body)) for number, object_id, type_, body in rows]
    index.executemany(
        "INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (number, object_id, type_, each.folded, each.author, *(each.seen or (None, None)))
            for number, object_id, type_, each in found
        ),
    )
    index.executemany("INSERT OR IGNORE INTO exact VALUES (?, ?)", _exact(found))
    index.executemany(
        "INSERT INTO words (rowid, text) VALUES (?, ?)",
        ((number, "\n".join(each.texts)) for number, _, _, each in found if each.texts),
    )


def _exact(found: Iterable[tuple[int, str, str, Document]]) -> Iterator[tuple[str, int]]:
    for number, object_id, _, each in found:
        yield object_id, number
        yield from ((fold(text), number) for text in each.texts)


def put_references(index: sqlite3.Connection, rows: Sequence[tuple[int, str, str, bytes]]) -> None:
    """Take in reference objects, each instead of what it was before. rows: stamp, id, type, bytes."""
    (lowest,) = index.execute("SELECT min(0, coalesce(min(id), 0)) FROM document").fetchone()
    numbered: list[tuple[int, str, str, bytes]] = []
    for number, (_, object_id, type_, body) in enumerate(rows, 1):
        index.execute("DELETE FROM document WHERE id IN (SELECT id FROM exact WHERE text = ? AND id < 0)", (object_id,))
        numbered.append((lowest - number, object_id, type_, body))
    put(index, numbered)
    links: list[tuple[Any, ...]] = [(target, each[0]) for each in numbered for target in referred(each[3])]
    index.executemany("INSERT OR IGNORE INTO link VALUES (?, ?)", links)
