"""Poll, pull and push at growing sizes beside the floor: what grows with the hub, and what it costs in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from tests.bench.client import Account, Line, pages, pull_with_taxii2, together
from tests.bench.community import COLLECTION
from tests.bench.hubs import CLIENTS, NEW, POLLS_EACH, Hub, served
from tests.bench.loading import Loaded
from tests.bench.openings import openings
from tests.bench.rounds import Measure, Samples, in_turn, p50_ms, seconds
from tests.bench.servers import Server, other_server
from tests.bench.table import Table, Target, at_least, at_most

SECTION = "growth"
MOST_STATIC_PAGES = 100
_ANYBODY = Account("anybody", "anything")
_FLOOR_CALLS = 200


class Growth:
    """Hubs of ascending size, served at the same time, and the floor."""

    def __init__(self, hubs: Sequence[Hub], floor: Server, table: Table, rounds: int) -> None:
        self._hubs = {_short(hub.loaded.objects): hub for hub in hubs}
        self._floor = floor
        self._table = table
        self._rounds = rounds

    def run(self) -> None:
        """Read, then push, then change rights: each leaves the next what it needs."""
        self._polls()
        self._pages()
        self._pulls()
        self._clients()
        self._memory("after pulls")
        self._pushes()
        self._memory("after pushes")
        for name, hub in self._hubs.items():
            openings(hub, name, self._table, self._rounds)

    def _polls(self) -> None:
        with Line(self._floor.port, _ANYBODY) as line:
            empty = p50_ms(lambda: line.get("/empty/"), _FLOOR_CALLS)
            nothing = self._race("poll, nothing new", "ms", Hub.nothing_new, floor=empty)
            some = self._race(f"poll, {NEW} new", "ms", Hub.some_new, floor=empty)
        for name, found, target in (("nothing", nothing, None), (f"{NEW}", some, at_most(2.5))):
            last = list(self._hubs)[-1]
            self._add(
                f"poll, {name} new: {last} over an empty Flask route", "x", found[last].over(found["floor"]), target
            )
        self._grown(f"poll, {NEW} new", some, at_most(1.2), more_is_better=False)

    def _pages(self) -> None:
        for limit in (100, 1_000):
            found = self._race(f"first page of {limit:,}", "ms", partial(Hub.page, limit=limit))
            self._grown(f"first page of {limit:,}", found, at_most(1.2), more_is_better=False)

    def _pulls(self) -> None:
        found = self._race(
            "full pull, limit 1,000, raw client", "obj/s", partial(Hub.pull, limit=1_000), target=at_least(150_000)
        )
        self._grown("full pull", found, at_most(1.2), more_is_better=True)
        self._taxii2()

    def _taxii2(self) -> None:
        """Pull with taxii2-client from the hub and from the files that hold the same pages."""
        hub = static_of(list(self._hubs.values()))
        pull = partial(pull_with_taxii2, collection=COLLECTION, limit=1_000, most=MOST_STATIC_PAGES)
        sides = {"hub": (hub.server.port, hub.loaded.reader), "files": (self._floor.port, _ANYBODY)}
        counts = {pull(*side) for side in sides.values()}
        if len(counts) > 1:
            raise RuntimeError(f"the files don't hold what the hub serves: {counts} objects")
        count = counts.pop()

        def rate(port: int, account: Account) -> Measure:
            return lambda: count / seconds(lambda: pull(port, account))

        both = in_turn({name: rate(*side) for name, side in sides.items()}, self._rounds)
        self._add("pull, taxii2-client, limit 1,000", "obj/s", both["hub"])
        self._add("the same client, the same pages as files", "obj/s", both["files"])
        self._add("pull, taxii2-client: hub over files", "x", both["hub"].over(both["files"]), at_least(0.9))

    def _clients(self) -> None:
        floor = partial(together, self._floor.port, _ANYBODY, CLIENTS, "/empty/", POLLS_EACH)
        found = self._race(f"{CLIENTS} clients polling, {NEW} new", "req/s", Hub.polled_by_many, floor=floor)
        self._grown(f"{CLIENTS} clients polling", found, None, more_is_better=True)

    def _pushes(self) -> None:
        for size, envelopes, target in ((1_000, 3, at_least(8_000)), (100, 10, at_least(5_000))):
            measure = partial(Hub.push, size=size, envelopes=envelopes)
            found = self._race(f"push, {size:,} an envelope", "obj/s", measure, target=target)
            self._grown(f"push, {size:,} an envelope", found, at_most(2), more_is_better=True)

    def _memory(self, when: str) -> None:
        for name, hub in self._hubs.items():
            peak = Samples((hub.server.memory_mb("VmHWM"),))
            self._add(f"memory of a worker {when}, peak, {name}", "MB", peak, at_most(250))
            self._add(f"memory of a worker {when}, now, {name}", "MB", Samples((hub.server.memory_mb(),)))

    def _race(
        self,
        name: str,
        unit: str,
        measure: Callable[[Hub], Measure],
        *,
        floor: Measure | None = None,
        target: Target | None = None,
    ) -> dict[str, Samples]:
        contestants = {size: measure(hub) for size, hub in self._hubs.items()}
        found = in_turn(contestants | ({"floor": floor} if floor else {}), self._rounds)
        for size, samples in found.items():
            self._add(f"{name}, {size}", unit, samples, target)
        return found

    def _grown(self, name: str, found: dict[str, Samples], target: Target | None, *, more_is_better: bool) -> None:
        """Tell how much worse each size is than the smallest; 1 is flat, more is worse."""
        smallest, *larger = self._hubs
        for size in larger:
            worse = found[smallest].over(found[size]) if more_is_better else found[size].over(found[smallest])
            self._add(f"{name}: growth {smallest} to {size}", "x", worse, target)

    def _add(self, name: str, unit: str, samples: Samples, target: Target | None = None) -> None:
        self._table.add(SECTION, name, unit, samples, target)


def _short(objects: int) -> str:
    """Write 10k, 100k, 1M."""
    return f"{objects // 1_000_000}M" if objects >= 1_000_000 else f"{objects // 1_000}k"


def static_of(hubs: Sequence[Hub]) -> Hub:
    """Give the hub whose pages the floor serves: the first that fills them all, else the last."""
    return next((hub for hub in hubs if hub.feed.visible >= 1_000 * MOST_STATIC_PAGES), hubs[-1])


def write_pages(hub: Hub, folder: Path) -> None:
    """Keep the hub's first pages as files; `next` in each names the next file."""
    folder.mkdir()
    found = [page.body for page in pages(hub.reader, COLLECTION, 1_000, MOST_STATIC_PAGES)]
    for number, body in enumerate(found, 1):
        linked = re.sub(rb'"next":"[^"]+"', b'"next":"%d"' % number, body, count=1)
        if number == len(found):
            linked = linked.replace(b'"more":true', b'"more":false', 1)
        (folder / str(number - 1)).write_bytes(linked)


def growth(loaded: Sequence[Loaded], folder: Path, table: Table, *, workers: int, rounds: int) -> None:
    """Serve all, measure, end all."""
    with ExitStack() as stack:
        hubs = [stack.enter_context(served(each, workers)) for each in loaded]
        write_pages(static_of(hubs), folder / "pages")
        floor = stack.enter_context(other_server("floor", folder / "pages", workers))
        for hub in hubs:
            share = hub.feed.visible / hub.loaded.objects
            table.note(
                f"{hub.loaded.objects:,} objects: the reader sees {hub.feed.visible:,} ({share:.0%}), last versions"
            )
        Growth(hubs, floor, table, rounds).run()
