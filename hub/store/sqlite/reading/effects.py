"""What a commit under way changes for every account: the exact difference of what it saw before and sees now.

Rights and rows have a history, so both moments are asked of the same tables: `before` is the hub clock when the commit
began. The cost goes with the rows that change hands, not with the hub: ids that stand in the same lanes are one case.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import chain, groupby, islice
from operator import itemgetter

from hub.model.effects import MOST_NAMED, Effect, Effects, Moved
from hub.model.members import Account
from hub.policy.actions import may_read
from hub.policy.rules import Reader
from hub.policy.spans import FOREVER, Spans, contains
from hub.store.sqlite.registry import SqliteRegistryWriter
from hub.store.sqlite.shelves.book import AudienceBook

_NOW = FOREVER - 1
_OPEN_LANES = "SELECT id, audience FROM lane WHERE open_rows > 0"
_AUDIENCES = "SELECT id, audience FROM lane WHERE id IN (SELECT value FROM json_each(?))"
_TOUCHED = """
SELECT DISTINCT c.object_id FROM entry_row e CROSS JOIN contribution c ON c.place = e.place
WHERE e.r > (SELECT r0 FROM stamp WHERE t > :before ORDER BY t LIMIT 1)
"""
_IN_LANES = """
SELECT DISTINCT c.object_id FROM json_each(:lanes) j
CROSS JOIN entry_row e INDEXED BY row_lane ON e.lane = j.value AND e.until = :forever
CROSS JOIN contribution c ON c.place = e.place
"""
_ROWS = """
SELECT j.value, e.lane, e.since <= :before, e.until = :forever FROM json_each(:ids) j
CROSS JOIN contribution c ON c.object_id = j.value
CROSS JOIN entry_row e INDEXED BY row_place ON e.place = c.place AND e.until > :before
ORDER BY j.key
"""


@dataclass(frozen=True, slots=True)
class _Onlooker:
    """A reader at both moments. was, may: whether it could read anything at all, before and now.

    turned: whether its rights differ.
    """

    reader: Reader
    was: bool
    may: bool
    turned: bool

    def alike(self, named: Collection[str]) -> Hashable:
        """Give a key that is equal for readers who see the same. named: accounts that labels speak of by name."""
        it = self.reader
        name = it.account if it.account in named or not it.account else None
        rights = (frozenset(it.reads.items()), frozenset(it.groups.items()), it.secretariat, it.red_capable)
        return name, it.partner, it.partner_kind, it.account_kind, rights, self.was, self.may


@dataclass(frozen=True, slots=True)
class _Standing:
    """The lanes in which the contributions of an id stood before and stand now; most ids share theirs with others."""

    before: frozenset[int]
    now: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Sight:
    """The lanes, of those that matter, which an onlooker saw before and sees now."""

    before: frozenset[int]
    now: frozenset[int]

    def change(self, standing: _Standing) -> int:
        """Give 1 for an id gained, -1 for one lost, else 0."""
        return (not self.now.isdisjoint(standing.now)) - (not self.before.isdisjoint(standing.before))

    def knows(self, standing: _Standing) -> bool:
        """Whether the id is in view at either moment."""
        return not (self.now.isdisjoint(standing.now) and self.before.isdisjoint(standing.before))


class Difference:
    """Compares the moment `before` (a hub clock) with now, inside the commit that makes the difference.

    deleted: ids of which this commit deleted contributions: their rows have no successor that would show them.
    """

    def __init__(
        self, connection: sqlite3.Connection, book: AudienceBook, before: int, deleted: Collection[str] = ()
    ) -> None:
        self._connection = connection
        self._book = book
        self._before = before
        self._deleted = deleted
        self._named = _named(book)
        self._known: dict[Hashable, dict[int, Spans]] = {}

    def effects(self, registry: SqliteRegistryWriter, named_for: str | None) -> Effects:
        """Give what changes for whom. named_for: the account whose view says which objects may be named."""
        onlookers = [_public(registry, self._before), *self._onlookers(registry)]
        cases = self._cases(onlookers)
        lanes = self._audiences(lane for case in cases for lane in (*case.before, *case.now))
        moved = [case for case in cases if case.before != case.now]
        sights = list(zip(onlookers, self._sights(onlookers, lanes), strict=True))
        counts: dict[tuple[_Sight, bool], Mapping[int, frozenset[_Standing]]] = {}
        effects, opened, closed = [], set[_Standing](), set[_Standing]()
        for each, sight in sights:
            key = (sight, each.turned)
            if key not in counts:
                counts[key] = _sorted_out(sight, cases if each.turned else moved)
            gained, lost = counts[key][1], counts[key][-1]
            opened |= gained
            closed |= lost
            if gained or lost:
                reader = each.reader
                effects.append(Effect(reader.account, reader.partner, _total(cases, gained), _total(cases, lost)))
        asker = next((sight for each, sight in sights if named_for and each.reader.account == named_for), None)
        return Effects(tuple(effects), _moved(cases, opened, asker), _moved(cases, closed, asker))

    def _onlookers(self, registry: SqliteRegistryWriter) -> Iterator[_Onlooker]:
        for account in registry.accounts():
            reader = registry.reader(account.name)
            was = _could_read(registry.accounts_before.get(account.name, account))
            may = _could_read(account)
            if reader is not None and (was or may):
                yield _Onlooker(reader, was, may, was != may or _has_turned(reader, self._before))

    def _cases(self, onlookers: Iterable[_Onlooker]) -> dict[_Standing, list[str]]:
        """Sort the ids that could have changed hands by where they stand, each list by id."""
        open_lanes = dict(self._connection.execute(_OPEN_LANES))
        sights = self._sights([each for each in onlookers if each.turned], open_lanes)
        lanes = {lane for sight in set(sights) for lane in sight.before ^ sight.now}
        values = {"lanes": json.dumps(sorted(lanes)), "forever": FOREVER, "before": self._before}
        found = self._connection.execute(_TOUCHED, values).fetchall()
        found += self._connection.execute(_IN_LANES, values).fetchall()
        ids = sorted({*self._deleted, *(row[0] for row in found)})
        cases: defaultdict[_Standing, list[str]] = defaultdict(list)
        rows = self._connection.execute(_ROWS, values | {"ids": json.dumps(ids)})
        for id_, group in groupby(rows, key=itemgetter(0)):
            stood = list(group)
            before = frozenset(lane for _, lane, was, _ in stood if was)
            now = frozenset(lane for _, lane, _, still in stood if still)
            cases[_Standing(before, now)].append(id_)
        return cases

    def _audiences(self, lanes: Iterable[int]) -> dict[int, int]:
        return dict(self._connection.execute(_AUDIENCES, (json.dumps(sorted(set(lanes))),)))

    def _sights(self, onlookers: Iterable[_Onlooker], lanes: Mapping[int, int]) -> list[_Sight]:
        """Give what each sees of the lanes (number to audience); who is alike is asked about once."""
        found: dict[Hashable, _Sight] = {}
        keyed = [(each.alike(self._named), each) for each in onlookers]
        for key, each in keyed:
            if key not in found:
                found[key] = self._sight(each, lanes, self._known.setdefault(key, {}))
        return [found[key] for key, _ in keyed]

    def _sight(self, each: _Onlooker, lanes: Mapping[int, int], known: dict[int, Spans]) -> _Sight:
        spans = {
            lane: known[audience] if audience in known else self._book.spans(each.reader, audience, known)
            for lane, audience in lanes.items()
        }
        before = (lane for lane, when in spans.items() if each.was and contains(when, self._before))
        now = (lane for lane, when in spans.items() if each.may and contains(when, _NOW))
        return _Sight(frozenset(before), frozenset(now))


def _named(book: AudienceBook) -> frozenset[str]:
    labels = (node.label for node in book.nodes if node.label)
    return frozenset(name for label in labels for name in (label.account, *(label.recipients or ())))


def _public(registry: SqliteRegistryWriter, before: int) -> _Onlooker:
    reader = registry.public_reader()
    return _Onlooker(reader, was=True, may=True, turned=_has_turned(reader, before))


def _could_read(account: Account | None) -> bool:
    return account is not None and may_read(account)


def _has_turned(reader: Reader, before: int) -> bool:
    """Whether any of its rights begins or ends after a moment."""
    rights = chain(reader.reads.values(), reader.groups.values(), (reader.secretariat, reader.red_capable))
    return any(before < edge < FOREVER for spans in rights for span in spans for edge in span)


def _sorted_out(sight: _Sight, cases: Iterable[_Standing]) -> dict[int, frozenset[_Standing]]:
    sorted_out: dict[int, set[_Standing]] = {1: set(), 0: set(), -1: set()}
    for case in cases:
        sorted_out[sight.change(case)].add(case)
    return {change: frozenset(found) for change, found in sorted_out.items()}


def _total(cases: Mapping[_Standing, list[str]], chosen: Iterable[_Standing]) -> int:
    return sum(len(cases[case]) for case in chosen)


def _moved(cases: Mapping[_Standing, list[str]], chosen: Collection[_Standing], asker: _Sight | None) -> Moved:
    known = [cases[case] for case in chosen if asker is not None and asker.knows(case)]
    return Moved(tuple(islice(merge(*known), MOST_NAMED)), _total(cases, chosen))
