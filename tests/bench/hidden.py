"""The same visible objects alone, and among a hundred times as many hidden ones: the reader must not notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from tests.bench.community import MARKS, Mark
from tests.bench.corpus import Corpus, Piece
from tests.bench.hubs import NEW, Hub, served
from tests.bench.loading import BATCH, load
from tests.bench.rounds import Measure, in_turn
from tests.bench.table import Table, at_most

SECTION = "hidden data"
TIMES = 100
"""Hidden objects for each visible one."""

_ENDPOINTS: dict[str, Callable[[Hub], Measure]] = {
    "poll, nothing new": Hub.nothing_new,
    f"poll, {NEW} new": Hub.some_new,
    "first page of 100": partial(Hub.page, limit=100),
    "first page of 1,000": partial(Hub.page, limit=1_000),
    "object by id": Hub.one_object,
    "manifest of 1,000": Hub.manifest,
}


def hidden(visible: int, folder: Path, table: Table, *, workers: int, rounds: int) -> None:
    """Load the two hubs, ask both in turn, and give the ratio of each endpoint."""
    total = visible * (TIMES + 1)
    alone = load(folder / "visible-alone", _visible(Corpus(marks=_marks()).batches(total, BATCH)))
    among = load(folder / "among-hidden", Corpus(marks=_marks()).batches(total, BATCH))
    with ExitStack() as stack:
        hubs = {each.data.name: stack.enter_context(served(each, workers)) for each in (alone, among)}
        seen = {hub.feed.visible for hub in hubs.values()}
        table.note(f"{seen} of {alone.objects:,} and of {among.objects:,} objects seen")
        for name, ask in _ENDPOINTS.items():
            found = in_turn({which: ask(hub) for which, hub in hubs.items()}, rounds)
            mine, theirs = found[alone.data.name], found[among.data.name]
            table.add(SECTION, f"{name}, alone", "ms", mine)
            table.add(SECTION, f"{name}: among {TIMES} x hidden over alone", "x", theirs.over(mine), at_most(1.2))


def _marks() -> tuple[Mark, ...]:
    """Give the marks with their shares shifted to one visible in TIMES + 1."""
    shares = {visible: sum(mark.share for mark in MARKS if mark.visible is visible) for visible in (True, False)}
    wanted = {True: 1 / (TIMES + 1), False: TIMES / (TIMES + 1)}
    return tuple(replace(mark, share=mark.share * wanted[mark.visible] / shares[mark.visible]) for mark in MARKS)


def _visible(batches: Iterator[list[Piece]]) -> Iterator[list[Piece]]:
    kept = ([piece for piece in batch if piece.visible] for batch in batches)
    return (batch for batch in kept if batch)
