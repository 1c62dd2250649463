"""The audiences as rows: the graph of policy.audience, played back from its table and written on."""

from __future__ import annotations

import sqlite3

from hub.policy.audience import Audiences


class AudienceBook(Audiences):
    """Audiences whose numbers are rows. One belongs to the writer, one to all readers of a process."""

    def catch_up(self, connection: sqlite3.Connection) -> None:
        """Learn what was written since."""
        for (text,) in connection.execute("SELECT text FROM audience WHERE id >= ? ORDER BY id", (len(self),)):
            self.learn(text)

    def write_on(self, connection: sqlite3.Connection, since: int) -> None:
        """Write all nodes from number `since`, inside the commit that made them."""
        connection.executemany(
            "INSERT INTO audience (id, text) VALUES (?, ?)",
            ((number, self.text(number)) for number in range(since, len(self))),
        )
