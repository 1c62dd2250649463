"""Must-hold checks as rows (hub.store.checks)."""

from __future__ import annotations

import sqlite3

from hub.model.checks import MustHold
from stix_models.markings import Level

_CHECK = "SELECT id, subject, collection, above, reason FROM must_hold"


class SqliteChecks:
    """Keeps hub.store.checks on a connection that is inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def every(self) -> tuple[MustHold, ...]:
        """Give all, by subject and collection."""
        return tuple(map(_check, self._connection.execute(f"{_CHECK} ORDER BY subject, collection, id")))

    def find(self, id: str) -> MustHold | None:  # noqa: A002 - the field's name
        """Give one."""
        row = self._connection.execute(f"{_CHECK} WHERE id = ?", (id,)).fetchone()
        return _check(row) if row else None

    def add(self, check: MustHold) -> None:
        """Keep a new check."""
        row = (check.id, check.subject, check.collection, check.above, check.reason)
        self._connection.execute("INSERT INTO must_hold VALUES (?, ?, ?, ?, ?)", row)

    def remove(self, id: str) -> None:  # noqa: A002 - the field's name
        """Forget a check."""
        self._connection.execute("DELETE FROM must_hold WHERE id = ?", (id,))


def _check(row: tuple[str, str, str, str | None, str]) -> MustHold:
    id_, subject, collection, above, reason = row
    return MustHold(id_, subject, collection, Level(above) if above else None, reason)
