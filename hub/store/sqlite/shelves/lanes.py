"""Rows in lanes: what a commit changes about who may see what (lanes.md, Acts)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace

from hub.model.contributions import Label
from hub.policy.closure import Audience, Standing, audiences
from hub.policy.spans import FOREVER
from hub.store.sqlite.files.clock import Clock, tick
from hub.store.sqlite.shelves import released
from hub.store.sqlite.shelves.book import AudienceBook


class Lanes:
    """Keeps every standing contribution in the lane of its audience, inside one commit."""

    def __init__(
        self, connection: sqlite3.Connection, book: AudienceBook, clock: Clock, pinned: frozenset[str]
    ) -> None:
        self._connection = connection
        self._book = book
        self._clock = clock
        self._pinned = pinned

    def change(
        self,
        *,
        new: Iterable[Standing] = (),
        labels: Mapping[int, Label] | None = None,
        gone: Iterable[Standing] = (),
        opened: Iterable[str] = (),
    ) -> None:
        """Bring the lanes up to date with one act: new, relabelled, deleted contributions, ids opened to all.

        Works outward: the ids at hand first, then whoever refers to an id whose audience has changed, with
        every cycle in full, until nothing changes any more.
        """
        new, lost, labels = list(new), {each.place for each in gone}, labels or {}
        ids = {each.object_id for each in new} | set(opened) | self._ids_of([*labels, *lost])
        work: dict[str, list[Standing]] = {}
        result: dict[int, Audience] = {}
        frontier = ids
        while frontier:
            frontier |= self._cycles(frontier)
            before = released.openness(self._connection, self._book, frontier | work.keys())
            self._load(work, frontier, new, labels, lost)
            result = self._solve(work)
            moved = {id_ for id_, group in work.items() if self._openness(group, result) != before[id_]}
            frontier = (released.dependants(self._connection, moved) if moved else set()) - work.keys()
            frontier |= self._opened_dependants(opened) - work.keys()
        self._write(work, result, lost)

    def _opened_dependants(self, opened: Iterable[str]) -> set[str]:
        return released.dependants(self._connection, opened) if opened else set()

    def _ids_of(self, places: Iterable[int]) -> set[str]:
        query = "SELECT DISTINCT object_id FROM contribution WHERE place IN (SELECT value FROM json_each(?))"
        return {row[0] for row in self._connection.execute(query, (json.dumps(sorted(places)),))}

    def _cycles(self, ids: set[str]) -> set[str]:
        referred = self._connection.execute(
            "SELECT DISTINCT f.target FROM json_each(?) j JOIN reference f ON f.target = j.value",
            (json.dumps(sorted(ids)),),
        )
        return released.cycles(self._connection, {row[0] for row in referred})

    def _load(
        self,
        work: dict[str, list[Standing]],
        ids: set[str],
        new: list[Standing],
        labels: Mapping[int, Label],
        gone: set[int],
    ) -> None:
        standing = released.load(self._connection, self._book, ids)
        work.update((id_, []) for id_ in ids)
        for each in (*standing, *(each for each in new if each.object_id in ids)):
            if each.place not in gone:
                label = labels.get(each.place)
                work[each.object_id].append(replace(each, label=label) if label else each)

    def _solve(self, work: Mapping[str, list[Standing]]) -> dict[int, Audience]:
        standings = [each for group in work.values() for each in group]
        targets = {target for each in standings for target in each.references}
        known = released.everybody(self._connection, targets, self._pinned)
        if known:  # what everybody may see holds nobody up
            standings = [released.but(each, known) for each in standings]
        outside = released.openness(self._connection, self._book, targets - known - work.keys())
        outside.update((id_, self._book.either(())) for id_ in targets if id_ in work and not work[id_])
        return audiences(self._book, standings, outside)

    def _openness(self, group: Iterable[Standing], result: Mapping[int, Audience]) -> int:
        return self._book.either(result[each.place].closure for each in group)

    def _write(self, work: Mapping[str, list[Standing]], result: Mapping[int, Audience], gone: set[int]) -> None:
        """End rows and begin rows, all at one stamp, in place order."""
        standings = sorted((each for group in work.values() for each in group), key=lambda each: each.place)
        places = json.dumps([*(each.place for each in standings), *sorted(gone)])
        have = {
            row[0]: row[1:]
            for row in self._connection.execute(
                "SELECT place, label, closure, audience, r FROM standing"
                " WHERE place IN (SELECT value FROM json_each(?))",
                (places,),
            )
        }
        wanted = {
            each.place: (self._book.atom(each.label), result[each.place].closure, result[each.place].shown)
            for each in standings
        }
        moved = [each for each in standings if have.get(each.place, (0, 0, -1, 0))[2] != wanted[each.place][2]]
        ended = [have[place][3] for place in sorted(gone)]
        if moved or ended:
            self._move(moved, ended, have, wanted)
        self._connection.executemany(
            "UPDATE standing SET label = ?, closure = ? WHERE place = ?",
            (
                (label, closure, place)
                for place, (label, closure, _) in wanted.items()
                if place in have and have[place][:2] != (label, closure)
            ),
        )
        self._connection.executemany("DELETE FROM standing WHERE place = ?", ((place,) for place in sorted(gone)))

    def _move(
        self,
        moved: list[Standing],
        ended: list[int],
        have: Mapping[int, tuple[int, ...]],
        wanted: Mapping[int, tuple[int, int, int]],
    ) -> None:
        stamp = tick(self._connection, self._clock(), max(1, len(moved)))
        (last,) = self._connection.execute("SELECT coalesce(max(r), 0) FROM entry_row").fetchone()
        numbered = list(enumerate(moved, last + 1))
        lanes = self._lanes({(each.collection, wanted[each.place][2]) for each in moved})
        previous = {each.place: have[each.place][3] for each in moved if each.place in have}
        self._end([*ended, *previous.values()], stamp)
        self._connection.executemany(
            "UPDATE entry_row SET next = ? WHERE r = ?",
            ((r, previous[each.place]) for r, each in numbered if each.place in previous),
        )
        self._connection.executemany(
            "INSERT INTO entry_row VALUES (?, ?, ?, ?, ?, ?, NULL)",
            (
                (
                    r,
                    lanes[each.collection, wanted[each.place][2]],
                    each.place,
                    stamp,
                    FOREVER,
                    previous.get(each.place),
                )
                for r, each in numbered
            ),
        )
        self._connection.executemany(
            "INSERT OR REPLACE INTO standing VALUES (?, ?, ?, ?, ?)",
            ((each.place, *wanted[each.place], r) for r, each in numbered),
        )
        self._count((lanes[each.collection, wanted[each.place][2]], 1) for each in moved)

    def _end(self, rows: list[int], stamp: int) -> None:
        if not rows:
            return
        self._connection.executemany("UPDATE entry_row SET until = ? WHERE r = ?", ((stamp, r) for r in rows))
        lanes = self._connection.execute(
            "SELECT lane FROM entry_row WHERE r IN (SELECT value FROM json_each(?))", (json.dumps(rows),)
        )
        self._count((lane, -1) for (lane,) in lanes.fetchall())

    def _count(self, changes: Iterable[tuple[int, int]]) -> None:
        sums: dict[int, int] = {}
        for lane, change in changes:
            sums[lane] = sums.get(lane, 0) + change
        self._connection.executemany(
            "UPDATE lane SET open_rows = open_rows + ? WHERE id = ?",
            ((n, lane) for lane, n in sums.items() if n),
        )

    def _lanes(self, keys: set[tuple[str, int]]) -> dict[tuple[str, int], int]:
        self._connection.executemany(
            "INSERT OR IGNORE INTO lane (collection, audience, open_rows) VALUES (?, ?, 0)", sorted(keys)
        )
        return {
            key: self._connection.execute("SELECT id FROM lane WHERE collection = ? AND audience = ?", key).fetchone()[
                0
            ]
            for key in keys
        }
