"""A store that compares, at every commit, what it says the commit changes with what everybody pulls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hub.model.effects import MOST_NAMED, Effect, Effects, Moved
from hub.store.base import Store, Transaction
from hub.store.query import ALL, Query
from tests.hub.store.stage import MAIN, READERS, SIDE

NAMED_FOR = "s-ann"
_EVERYTHING = Query(versions=frozenset({ALL}), bodies=False)

Views = dict[str, frozenset[str]]


@dataclass
class Watching:
    """Passes everything on to the store it watches; a commit is rehearsed first."""

    store: Store

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)

    def commit(self, work: Callable[[Transaction], Any]) -> Any:
        """Rehearse and then do the work; assert that nothing came of the rehearsal and that both told the truth."""
        before = views(self.store)
        rehearsed = self.store.rehearse(lambda tx: told(tx, work)[1])
        assert views(self.store) == before, "a rehearsal leaves nothing behind"
        result, effects = self.store.commit(lambda tx: told(tx, work))
        assert rehearsed == effects == difference(before, views(self.store))
        return result


def told(tx: Transaction, work: Callable[[Transaction], Any]) -> tuple[Any, Effects]:
    """Do the work and say what it changes."""
    result = work(tx)
    return result, tx.effects(NAMED_FOR)


def views(store: Store) -> Views:
    """Pull everything as everybody: the ids each of the cast sees, who is not there yet sees none."""
    readers = {name: store.reader(name) for name in READERS}
    return {
        name: frozenset(
            entry.object_id
            for collection in (MAIN, SIDE)
            for entry in store.view(reader).page(collection, _EVERYTHING, None, 1000).entries
        )
        if reader
        else frozenset()
        for name, reader in readers.items()
    }


def difference(before: Views, after: Views) -> Effects:
    """Give the effects by definition."""
    gained = {name: after[name] - before[name] for name in sorted(READERS)}
    lost = {name: before[name] - after[name] for name in sorted(READERS)}
    known = before[NAMED_FOR] | after[NAMED_FOR]
    effects = tuple(
        Effect(name, READERS[name].partner, len(gained[name]), len(lost[name]))
        for name in sorted(READERS)
        if gained[name] or lost[name]
    )
    return Effects(effects, _moved(gained, known), _moved(lost, known))


def _moved(ids: Views, known: frozenset[str]) -> Moved:
    everybody = frozenset().union(*ids.values())
    return Moved(tuple(sorted(everybody & known)[:MOST_NAMED]), len(everybody))
