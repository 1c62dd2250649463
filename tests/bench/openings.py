"""Acts that open old objects: how soon each is answered, and how fast what it opened is pulled."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from hub.application import Hub as Inside
from hub.application import build_hub
from hub.settings import Settings
from tests.bench.client import Line, pages
from tests.bench.community import COLLECTION, join, leave, let_in, let_out
from tests.bench.hubs import Hub
from tests.bench.rounds import Samples, seconds
from tests.bench.table import Table, at_most

SECTION = "openings"
MOST_PAGES = 100
"""Pages of what was opened that are pulled at most."""

_LIMIT = 1_000
_MICROSECONDS = 1e6


@dataclass(frozen=True, slots=True)
class _Act:
    """Something that opens, and what ends it."""

    name: str
    begin: Callable[[Inside], None]
    end: Callable[[Inside], None]


def openings(hub: Hub, size: str, table: Table, rounds: int) -> None:
    """Let the late partner in to everything his groups may see, then in to one more group; size: the hub's, in short.

    The second opens a tenth of the hub to somebody who has the rest already.
    """
    with closing(build_hub(Settings(data=hub.loaded.data))) as inside, Line(hub.server.port, hub.loaded.late) as line:
        _opening(_Act("grant", let_in, let_out), hub, inside, line, size, table, rounds)
        let_in(inside)
        leave(inside)
        _opening(_Act("group", join, leave), hub, inside, line, size, table, rounds)


def _opening(act: _Act, hub: Hub, inside: Inside, line: Line, size: str, table: Table, rounds: int) -> None:
    # An act takes as many µs of the hub clock as it may open objects; the next one need not wait for them.
    room = 1.5 * hub.loaded.objects / _MICROSECONDS + 0.1
    answered, first, slower, opened = [], [], [], 0
    for _ in range(rounds):
        time.sleep(room)
        since = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
        answered.append(1_000 * seconds(lambda: act.begin(inside)))
        first.append(1_000 * seconds(lambda since=since: _pull(line, 1, since)))
        opened, rate = _rate(line, since)
        slower.append(_rate(hub.reader, "")[1] / rate)
        time.sleep(room)
        act.end(inside)
    most = "at least " if opened >= MOST_PAGES * _LIMIT else ""
    what = f"{act.name} that opens {most}{opened:,} old objects of {size}"
    table.add(SECTION, what, "ms", Samples(tuple(answered)), at_most(50))
    table.add(SECTION, f"its first page of {_LIMIT:,}", "ms", Samples(tuple(first)))
    table.add(SECTION, "pull: what was there before over what it opened", "x", Samples(tuple(slower)), at_most(1.2))


def _pull(line: Line, most: int, since: str) -> int:
    return sum(page.body.count(b'"spec_version"') for page in pages(line, COLLECTION, _LIMIT, most, added_after=since))


def _rate(line: Line, since: str) -> tuple[int, float]:
    """Give how many objects there are since a date, and how many of them come in a second."""
    begun = time.perf_counter()
    count = _pull(line, MOST_PAGES, since)
    return count, count / (time.perf_counter() - begun)
