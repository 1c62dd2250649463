"""How feeds are pulled, summed up day by day beside the log of reads, so that nobody has to walk it.

It is derived from the log but for polls that found nothing and answers that failed, which stand here alone; a log
of before this table is summed up once.
"""

from __future__ import annotations

import json
import sqlite3

from hub.model.audit import ReadRecord
from hub.model.feeds import DAY_US, PULLS, PullDay

TABLE = """
CREATE TABLE IF NOT EXISTS pull_day (
    account TEXT NOT NULL, collection TEXT NOT NULL, day INTEGER NOT NULL, objects INTEGER NOT NULL,
    failed INTEGER NOT NULL, at INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (account, collection, day)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pull_day_day ON pull_day (day);
"""
_ADD = """
INSERT INTO pull_day VALUES (:account, :collection, :day, :objects, :failed, :at, :last)
ON CONFLICT (account, collection, day) DO UPDATE SET objects = objects + excluded.objects,
    failed = failed + excluded.failed, at = max(at, excluded.at), last = max(last, excluded.last)
"""
_SUM_UP = """
INSERT OR IGNORE INTO pull_day SELECT account, collection, at / :day, sum(count), 0, max(at), max(last) FROM read
WHERE endpoint IN (SELECT value FROM json_each(:pulls)) GROUP BY 1, 2, 3
"""
_FIELDS = "account, collection, day, objects, failed, at, last"
_SINCE = f"SELECT {_FIELDS} FROM pull_day WHERE day >= :since"
_BEFORE = f"""
SELECT {_FIELDS} FROM pull_day p WHERE day < :since AND collection <> '' AND day =
    (SELECT max(day) FROM pull_day o WHERE o.account = p.account AND o.collection = p.collection)
"""


def prepare(connection: sqlite3.Connection) -> None:
    """Make the table, and fill it from the log when it is new."""
    connection.executescript(TABLE)
    if connection.execute("SELECT 1 FROM pull_day LIMIT 1").fetchone() is None:
        connection.execute(_SUM_UP, {"day": DAY_US, "pulls": json.dumps(sorted(PULLS))})


def add(connection: sqlite3.Connection, now: int, read: ReadRecord) -> None:
    """Count what a read served, if it was of a feed."""
    if read.endpoint in PULLS:
        _add(connection, now, read.account, read.collection, objects=read.count, last=read.last)


def polled(connection: sqlite3.Connection, now: int, account: str, collection: str) -> None:
    """Keep that nothing was there to serve."""
    _add(connection, now, account, collection)


def failed(connection: sqlite3.Connection, now: int, account: str) -> None:
    """Count an answer that failed, wherever it was asked for."""
    _add(connection, now, account, "", failed=1)


def since(connection: sqlite3.Connection, day: int) -> tuple[PullDay, ...]:
    """Give the days from one on, and the last before it of each feed that has none since."""
    rows = connection.execute(f"{_SINCE} UNION ALL {_BEFORE}", {"since": day})
    return tuple(PullDay(*row) for row in rows)


def _add(
    connection: sqlite3.Connection,
    now: int,
    account: str,
    collection: str,
    *,
    objects: int = 0,
    failed: int = 0,
    last: int = 0,
) -> None:
    values = {"objects": objects, "failed": failed, "at": now, "last": last}
    connection.execute(_ADD, {"account": account, "collection": collection, "day": now // DAY_US, **values})
