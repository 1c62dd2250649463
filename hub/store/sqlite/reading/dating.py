"""Since when a reader sees one contribution: its date_added, without a walk through the feed (S13, lanes.md)."""

from __future__ import annotations

import sqlite3

from hub.policy.spans import FOREVER
from hub.store.sqlite.reading.feed import Seen
from hub.store.sqlite.reading.rights import LaneRights

_BEGUN_BEFORE = """
SELECT count(*) FROM json_each(:lanes) j
CROSS JOIN entry_row e INDEXED BY row_lane ON e.lane = j.value AND e.r > :low AND e.r < :r
LEFT JOIN entry_row p ON p.r = e.prev
WHERE p.lane IS NULL OR p.lane NOT IN (SELECT value FROM json_each(:lanes))
"""
_OPENED_BEFORE = """
SELECT count(*) FROM json_each(:lanes) j
CROSS JOIN entry_row e INDEXED BY row_lane_place
  ON e.lane = j.value AND e.place < :place AND e.since < :at AND e.until > :at
"""


def dated(
    connection: sqlite3.Connection,
    rights: LaneRights,
    r: int,
    lane: int,
    place: int,
    since: int,
    prev: int | None,
) -> Seen:
    """Find where the reader's unbroken view of a contribution began (S13)."""
    start = rights.seen_from(lane, FOREVER - 1)
    while start <= since and prev is not None:
        row = connection.execute("SELECT r, lane, since, prev FROM entry_row WHERE r = ?", (prev,)).fetchone()
        if not rights.seen(row[1], since - 1):
            break
        start = rights.seen_from(row[1], since - 1)
        r, lane, since, prev = row
    stretch = rights.stretches[rights.at(max(start, since))]
    if start > since:
        values = {"lanes": stretch.begun_json, "place": place, "at": start}
        (index,) = connection.execute(_OPENED_BEFORE, values).fetchone()
        return Seen(start, index, place, place)
    (low,) = connection.execute("SELECT r0 FROM stamp WHERE t = ?", (since,)).fetchone()
    (index,) = connection.execute(_BEGUN_BEFORE, {"lanes": stretch.lanes_json, "low": low, "r": r}).fetchone()
    return Seen(since, index, r, place)
