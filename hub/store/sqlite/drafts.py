"""Prepared pushes that wait to be sent, in a file of their own: for their account alone, and not for long.

They may hold what is RED and what is never sent, so no backup has them and rows of another epoch go when it is opened:
a restored hub has none. What goes is overwritten with zeros in the
file (secure_delete) which then shrinks (auto_vacuum), and there is no write-ahead log in which it would stay.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from hub.errors import ConflictError, NotFoundError
from hub.model.drafts import Draft, Room
from hub.store.sqlite.files.beside import SideFile
from hub.store.sqlite.files.body import checked, digest_of
from hub.store.sqlite.files.clock import Clock
from stix_models.timestamps import micros_of

DRAFTS_NAME = "drafts.sqlite3"
_TABLE = """
CREATE TABLE IF NOT EXISTS draft (
    id TEXT PRIMARY KEY, account TEXT NOT NULL, created INTEGER NOT NULL, expires INTEGER NOT NULL,
    facts BLOB NOT NULL, digest BLOB NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL, epoch INTEGER NOT NULL
)
"""


class SqliteDrafts:
    """Keeps hub.store.base.Drafts; one connection a process, shared by its threads. epoch: the hub's."""

    def __init__(self, path: Path, clock: Clock, epoch: int) -> None:
        self._clock = clock
        self._epoch = epoch
        self._file = SideFile(path, "PRAGMA auto_vacuum=FULL", "PRAGMA secure_delete=ON", _TABLE)
        with self._file.open() as connection:
            connection.execute("DELETE FROM draft WHERE epoch <> ?", (epoch,))
        self.sweep()

    def keep(self, draft: Draft, body: bytes, room: Room) -> None:
        """Keep a new draft. Raises: ConflictError: the account has as much as it may have."""
        self.sweep()
        query = "SELECT count(*), coalesce(sum(size), 0) FROM draft WHERE account = ?"
        created, expires = (micros_of(each) for each in (draft.created, draft.expires))
        row = (draft.id, draft.account, created, expires, msgspec.json.encode(draft), digest_of(body), len(body), body)
        with self._file.open() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            count, size = connection.execute(query, (draft.account,)).fetchone()
            if count >= room.drafts or size + len(body) > room.content_bytes:
                raise ConflictError(
                    f"{count} drafts of {size} bytes wait already, {room.drafts} of {room.content_bytes} bytes may:"
                    " send or discard one first"
                )
            connection.execute("INSERT INTO draft VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, self._epoch))

    def of(self, account: str) -> tuple[Draft, ...]:
        """Give the account's drafts, oldest first."""
        self.sweep()
        query = "SELECT facts FROM draft WHERE account = ? AND expires > ? ORDER BY created, id"
        with self._file.open() as connection:
            rows = connection.execute(query, (account, self._clock())).fetchall()
        return tuple(msgspec.json.decode(facts, type=Draft) for (facts,) in rows)

    def body(self, account: str, id: str) -> bytes:  # noqa: A002 - the field's name
        """Give the envelope of one of the account's drafts, checked. Raises: NotFoundError."""
        query = "SELECT body, digest FROM draft WHERE id = ? AND account = ? AND expires > ?"
        with self._file.open() as connection:
            row = connection.execute(query, (id, account, self._clock())).fetchone()
        if row is None:
            raise NotFoundError(f"there is no draft {id}")
        return checked(row[0], row[1], f"draft {id}")

    def drop(self, account: str, id: str) -> bool:  # noqa: A002 - the field's name
        """Overwrite one of the account's drafts; False if it was not there."""
        with self._file.open() as connection:
            found = connection.execute("DELETE FROM draft WHERE id = ? AND account = ?", (id, account))
        return bool(found.rowcount)

    def sweep(self) -> None:
        """Overwrite what has expired."""
        now = self._clock()
        with self._file.open() as connection:
            if connection.execute("SELECT 1 FROM draft WHERE expires <= ? LIMIT 1", (now,)).fetchone():
                connection.execute("DELETE FROM draft WHERE expires <= ?", (now,))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
