"""A reader's feed of one collection, walked in order of date_added (lanes.md, Reading a page).

Stretch by stretch of unchanged rights: first what the change itself opened, in order of place; then the rows of
the commits that followed, in order of row. Each step of the walk is a seek into one lane, so what is hidden
costs nothing.
"""

from __future__ import annotations

import heapq
import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hub.policy.spans import FOREVER
from hub.store.query import Position
from hub.store.sqlite.reading.rights import LaneRights, Stretch

CHUNK = 64
MOST_ROWS = 5_000
"""How few and how many rows are asked for at once when more are wanted than was expected."""

# The ORDER BY inside a recursive query makes it a priority queue: each step takes the smallest head of all lanes
# and seeks its successor in that lane. Without the LIMIT, SQLite before 3.41 returned rows out of order.
_MERGE = """
WITH RECURSIVE head(k, lane) AS (
    SELECT (SELECT e.{key} FROM entry_row e INDEXED BY {index}
            WHERE e.lane = j.value AND e.{key} > :after AND e.{key} <= :to {only} ORDER BY e.{key} LIMIT 1), j.value
    FROM json_each(:lanes) j
    UNION ALL
    SELECT (SELECT e.{key} FROM entry_row e INDEXED BY {index}
            WHERE e.lane = h.lane AND e.{key} > h.k AND e.{key} <= :to {only} ORDER BY e.{key} LIMIT 1), h.lane
    FROM head h WHERE h.k IS NOT NULL
    ORDER BY 1 LIMIT -1
)
"""
_ROWS = """
SELECT e.r, e.lane, e.place, e.since, e.until, e.next, p.lane FROM head h
CROSS JOIN entry_row e ON e.r = h.k LEFT JOIN entry_row p ON p.r = e.prev
WHERE h.k IS NOT NULL LIMIT :n
"""
_BY_ROW = _MERGE.format(key="r", index="row_lane", only="") + _ROWS
_FOLLOWED = _MERGE.format(key="r", index="row_lane_followed", only="AND e.next IS NOT NULL") + _ROWS
_OF_COMMIT = """
SELECT e.r, e.lane, e.place, e.since, e.until, e.next, p.lane FROM entry_row e LEFT JOIN entry_row p ON p.r = e.prev
WHERE e.r > :after AND e.r <= :to ORDER BY e.r
"""
_ACTIVE = "AND e.since < :at AND e.until > :at"
_OPENED_ROWS = """
SELECT e.place, e.lane, e.until, e.next FROM head h
CROSS JOIN entry_row e INDEXED BY row_lane_place
  ON e.lane = h.lane AND e.place = h.k AND e.since < :at AND e.until > :at
WHERE h.k IS NOT NULL LIMIT :n
"""
_OPENED = _MERGE.format(key="place", index="row_lane_place", only=_ACTIVE) + _OPENED_ROWS
_OPENED_FOLLOWED = (
    _MERGE.format(key="place", index="row_lane_place_followed", only=f"AND e.next IS NOT NULL {_ACTIVE}") + _OPENED_ROWS
)
_LOST_PLACES = """
SELECT e.place FROM json_each(:lanes) j CROSS JOIN entry_row e INDEXED BY row_lane_place
  ON e.lane = j.value AND e.since < :at AND e.until > :at
WHERE e.next IS NULL ORDER BY 1
"""
_LAST_STAMP = "SELECT t, r0 FROM stamp WHERE t <= ? ORDER BY t DESC LIMIT 1"
_NEXT_ROW = """
SELECT coalesce((SELECT r0 FROM stamp WHERE t > ? ORDER BY t LIMIT 1), (SELECT max(r) FROM entry_row), 0)
"""
_BEFORE = "SELECT r0, p0 FROM stamp WHERE t = ?"


class Seen(NamedTuple):  # not a dataclass: a page makes a thousand of them
    """One contribution the reader sees now: where his view of it began, and as the how-many-th of that block."""

    block: int
    nth: int
    key: int
    place: int

    @property
    def date_added(self) -> int:
        """The date this reader knows it by (S13)."""
        return self.block + self.nth


class Feed:
    """Walks one reader's feed inside one read transaction."""

    def __init__(self, connection: sqlite3.Connection, rights: LaneRights, expected: int = CHUNK) -> None:
        """Ask for as many rows at once as are expected to be taken."""
        self._connection = connection
        self._rights = rights
        self._expected = expected

    def walk(self, after: Position | None, added_after: int | None) -> Iterator[Seen]:
        """Give what the reader sees, beyond a position or a date, oldest date_added first."""
        if after is not None and (added_after is None or added_after <= after.block + after.index):
            yield from self._from(after)
        elif added_after is not None:
            for seen in self._from(self._at(added_after)):
                if seen.date_added > added_after:
                    yield seen
        else:
            yield from self._from(Position(0, 0, -1))

    def _at(self, date: int) -> Position:
        """Give where to begin to look for what has a later date: a block's start, or its end if it can hold none."""
        row = self._connection.execute(_LAST_STAMP, (date,)).fetchone()
        if row is None:
            return Position(0, 0, -1)
        block, before = row
        if self._rights.stretches[self._rights.at(block)].start != block:
            (last,) = self._connection.execute(_NEXT_ROW, (block,)).fetchone()
            if date - block >= last - before:  # k is below the number of rows in a commit
                return Position(block, last, date - block)
        return Position(block, -1, -1)

    def _from(self, after: Position) -> Iterator[Seen]:
        """Walk from a position; key -1 stands for the beginning of its block."""
        stretches = self._rights.stretches
        first = self._rights.at(after.block)
        for number in range(first, len(stretches)):
            stretch = stretches[number]
            end = stretches[number + 1].start if number + 1 < len(stretches) else FOREVER
            inside = number == first
            if not inside or after.block == stretch.start:
                yield from self._opening(stretch, after if inside else Position(stretch.start, -1, -1))
            yield from self._commits(stretch, end, after if inside and after.block != stretch.start else None)

    def _opening(self, stretch: Stretch, after: Position) -> Iterator[Seen]:
        """Give what the change of rights at the stretch's start opened, in order of place."""
        if not stretch.begun:
            return
        count: _Counter | None = None
        start = max(after.key, 0)
        for place, lane, until, following in self._opened(stretch, start):
            count = count or _Counter(self.lost_places(stretch), met=after.index + 1, last=start)
            nth = count.nth(place)
            if self._carried(lane, stretch.start, until, following):
                yield Seen(stretch.start, nth, place, place)

    def _opened(self, stretch: Stretch, start: int) -> Iterator[tuple[int, ...]]:
        """Merge what was opened in kept lanes with those rows of lost ones that have a successor."""
        _, last = self._connection.execute(_BEFORE, (stretch.start,)).fetchone()
        values = {"at": stretch.start, "to": last}
        kept = self._chunks(_OPENED, values | {"lanes": stretch.begun_kept_json}, start)
        if not stretch.begun_lost:
            return kept
        return heapq.merge(kept, self._chunks(_OPENED_FOLLOWED, values | {"lanes": stretch.begun_lost_json}, start))

    def _commits(self, stretch: Stretch, end: int, after: Position | None) -> Iterator[Seen]:
        """Give what the commits of the stretch brought, in order of row."""
        low, high = self._bounds(stretch.start, end, after)
        block = after.block if after else 0
        count = _Counter(self.lost_rows(stretch, after.block), after.index + 1, after.key) if after else _Counter([])
        for r, lane, place, since, until, following, previous in self._merged(stretch, low, high):
            if previous in stretch.lanes:
                continue  # he saw it just before, in another lane: nothing new
            if since != block:
                block, count = since, _Counter(self.lost_rows(stretch, since))
            nth = count.nth(r)
            if (until == FOREVER and lane in stretch.kept) or self._carried(lane, since, until, following):
                yield Seen(since, nth, r, place)

    def _bounds(self, start: int, end: int, after: Position | None) -> tuple[int, int]:
        """Give the row numbers between which the stretch's commits lie: after the first, to the second."""
        low = self._row_before(start) if start else 0
        if after is not None:
            low = max(low, after.key if after.key >= 0 else self._row_before(after.block))
        return low, self._row_before(end) if end != FOREVER else FOREVER

    def _row_before(self, stamp: int) -> int:
        row = self._connection.execute(_BEFORE, (stamp,)).fetchone()
        return int(row[0]) if row else 0

    def _merged(self, stretch: Stretch, low: int, high: int) -> Iterator[tuple[int, ...]]:
        """Merge the kept lanes with those rows of lost ones that have a successor."""
        kept = self.rows(_BY_ROW, stretch.kept_json, low, high)
        if not stretch.lost:
            return kept
        followed = self.rows(_FOLLOWED, stretch.lost_json, low, high)
        return heapq.merge(kept, followed)

    def rows(self, statement: str, lanes: str, low: int, high: int) -> Iterator[tuple[int, ...]]:
        """Give the rows of lanes with low < r <= high, in order, a chunk at a time."""
        return self._chunks(statement, {"lanes": lanes, "to": high}, low)

    def _chunks(self, statement: str, values: dict[str, int | str], low: int) -> Iterator[tuple[int, ...]]:
        """Give what a statement finds after `low`, its first column, a chunk at a time."""
        for size in self._sizes():
            rows = self._connection.execute(statement, values | {"after": low, "n": size}).fetchall()
            yield from rows
            if len(rows) < size:
                return
            low = rows[-1][0]

    def _sizes(self) -> Iterator[int]:
        """Say how many rows to ask for, step by step: what is expected and a little more, then few, then many."""
        yield self._expected + self._expected // 8
        size = CHUNK
        while True:
            yield size
            size = min(size * 2, MOST_ROWS)

    def lost_rows(self, stretch: Stretch, block: int) -> list[int]:
        """Give the rows of a commit in lost lanes that began a view then and are not met on the way."""
        if not stretch.lost:
            return []
        low = self._row_before(block)
        (high,) = self._connection.execute(_NEXT_ROW, (block,)).fetchone()
        rows: Iterable[tuple[int, ...]]
        if high - low <= len(stretch.lost):  # fewer rows than lanes to look into
            rows = self._connection.execute(_OF_COMMIT, {"after": low, "to": high})
        else:
            rows = self.rows(_BY_ROW, stretch.lost_json, low, high)
        return [
            r
            for r, lane, _, _, _, following, previous in rows
            if following is None and lane in stretch.lost and previous not in stretch.lanes
        ]

    def lost_places(self, stretch: Stretch) -> list[int]:
        """Give the places that an opening showed in lost lanes and that are not met on the way."""
        if not stretch.begun_lost:
            return []
        values = {"lanes": stretch.begun_lost_json, "at": stretch.start}
        return [row[0] for row in self._connection.execute(_LOST_PLACES, values)]

    def _carried(self, lane: int, since: int, until: int, following: int | None) -> bool:
        """Whether a view that held at `since` goes on to now, over all later rows of the contribution."""
        while True:
            if self._rights.seen_until(lane, since) < until:
                return False
            if until == FOREVER:
                return True
            if following is None:
                return False
            lane, since, until, following = self._connection.execute(
                "SELECT lane, since, until, next FROM entry_row WHERE r = ?", (following,)
            ).fetchone()


class _Counter:
    """Counts what began in one block, in order of row or place, those lost since too: so k never moves."""

    def __init__(self, lost: list[int], met: int = 0, last: int = 0) -> None:
        """lost: what counts and is not met. met: how many began up to `last`, where counting goes on."""
        self._lost = lost
        self._met = met
        self._last = last

    def nth(self, key: int) -> int:
        """Give k of what began its view at a key, met in order."""
        if self._lost:
            self._met += bisect_left(self._lost, key) - bisect_left(self._lost, self._last)
        self._last = key
        self._met += 1
        return self._met - 1
