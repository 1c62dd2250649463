"""Who is signed in to the console, in a file of its own: every worker sees the same, and a restart keeps it.

No backup has it, and rows of another epoch go when it is opened: a restored hub knows nobody. A sign-out must last,
so this file is written through to the disk (synchronous=FULL).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from hub.model.entrance import Session
from hub.store.sqlite.files.beside import SideFile
from stix_models.timestamps import instant_of, micros_of

CONSOLE_NAME = "console.sqlite3"
_TABLE = """
CREATE TABLE IF NOT EXISTS session (
    digest BLOB PRIMARY KEY, account TEXT NOT NULL, opened INTEGER NOT NULL, seen INTEGER NOT NULL, csrf TEXT NOT NULL,
    address TEXT NOT NULL, agent TEXT NOT NULL, viewing_as TEXT NOT NULL, epoch INTEGER NOT NULL
) WITHOUT ROWID
"""
_COLUMNS = "digest, account, opened, seen, csrf, address, agent, viewing_as"


class SqliteSessions:
    """Keeps hub.store.base.Sessions; one connection a process, shared by its threads. epoch: the hub's."""

    def __init__(self, path: Path, epoch: int) -> None:
        self._epoch = epoch
        self._file = SideFile(path, "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", _TABLE)
        self._write("DELETE FROM session WHERE epoch <> ?", epoch)

    def start(self, session: Session) -> None:
        """Keep a new session; one of the same digest gives way."""
        self._write("INSERT OR REPLACE INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", *_row(session), self._epoch)

    def find(self, digest: bytes) -> Session | None:
        """Find a session by the sha-256 of its secret."""
        found = self._read("digest = ?", digest)
        return found[0] if found else None

    def of(self, account: str) -> tuple[Session, ...]:
        """Give the account's sessions, the one that was signed in last first."""
        return self._read("account = ?", account)

    def touch(self, digest: bytes, seen: datetime) -> None:
        """Note when a session last asked."""
        self._write("UPDATE session SET seen = ? WHERE digest = ?", micros_of(seen), digest)

    def put(self, session: Session) -> bool:
        """Replace what is known of a session; False if it has ended."""
        return self.renew(session.digest, session)

    def renew(self, digest: bytes, session: Session) -> bool:
        """Put a session in the place of another, under a digest of its own; False if that has ended."""
        marks = ", ".join("?" * len(_row(session)))
        return bool(
            self._write(f"UPDATE session SET ({_COLUMNS}) = ({marks}) WHERE digest = ?", *_row(session), digest)
        )

    def end(self, digest: bytes) -> bool:
        """End a session; False if it had ended."""
        return bool(self._write("DELETE FROM session WHERE digest = ?", digest))

    def end_all(self, account: str, but: bytes = b"") -> int:
        """End the account's sessions but one; give how many."""
        return self._write("DELETE FROM session WHERE account = ? AND digest <> ?", account, but)

    def sweep(self, opened: datetime, seen: datetime) -> int:
        """End those that were opened, or last asked, before these times; give how many."""
        return self._write("DELETE FROM session WHERE opened < ? OR seen < ?", micros_of(opened), micros_of(seen))

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _write(self, statement: str, *values: object) -> int:
        with self._file.open() as connection:
            return connection.execute(statement, values).rowcount

    def _read(self, condition: str, value: object) -> tuple[Session, ...]:
        query = f"SELECT {_COLUMNS} FROM session WHERE {condition} ORDER BY opened DESC, digest"
        with self._file.open() as connection:
            rows = connection.execute(query, (value,)).fetchall()
        return tuple(
            Session(digest, account, instant_of(opened), instant_of(seen), *rest)
            for digest, account, opened, seen, *rest in rows
        )


def _row(session: Session) -> tuple[object, ...]:
    return (
        session.digest,
        session.account,
        micros_of(session.opened),
        micros_of(session.seen),
        session.csrf,
        session.address,
        session.agent,
        session.viewing_as,
    )
