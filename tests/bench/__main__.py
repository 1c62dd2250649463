"""`make bench`: everything in one run. BENCH=full adds a hub of 1M objects, BENCH=quick shows that it works.

PEERS names what the hub is measured beside: medallion (if nothing is said), opentaxii, or both with a comma.
BENCH_JSON=FILE keeps every figure as a line of JSON. Nothing fails because something is slow.
"""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.console import LARGEST, console, make_ready
from tests.bench.conversion import conversion
from tests.bench.corpus import Corpus
from tests.bench.growth import growth
from tests.bench.hidden import hidden
from tests.bench.loading import BATCH, Loaded, load
from tests.bench.peers import PEERS
from tests.bench.rounds import Samples
from tests.bench.starts import starts
from tests.bench.table import Table

_WORKERS = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """sizes: objects of each hub, ascending; visible: objects that are to be found among hidden ones."""

    sizes: tuple[int, ...]
    visible: int
    rounds: int


PLANS = {
    "quick": Plan((1_000, 3_000), 100, 2),
    "usual": Plan((10_000, 100_000), 1_000, 5),
    "full": Plan((10_000, 100_000, 1_000_000), 1_000, 5),
}


def main() -> None:
    """Run the plan that BENCH names."""
    name = os.environ.get("BENCH") or "usual"
    if name not in PLANS:
        sys.exit(f"BENCH={name}: there are {', '.join(PLANS)}")
    beside = (os.environ.get("PEERS") or "medallion").split(",")
    if unknown := set(beside) - PEERS.keys():
        sys.exit(f"PEERS={','.join(sorted(unknown))}: there are {', '.join(PEERS)}")
    plan, json_path = PLANS[name], os.environ.get("BENCH_JSON")
    table = Table(Path(json_path) if json_path else None)
    table.note(f"bench, {name}: {_WORKERS} workers, {plan.rounds} rounds in turn; every ratio is within a round")
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as made:
        folder = Path(made)
        for each in beside:
            PEERS[each](folder, table, workers=_WORKERS, rounds=plan.rounds)
        loaded = [_loaded(folder, size, table) for size in plan.sizes]
        for found in loaded:
            make_ready(found, table)
        growth(loaded, folder, table, workers=_WORKERS, rounds=plan.rounds)
        starts(loaded[-1], table, workers=_WORKERS, rounds=plan.rounds)
        hidden(plan.visible, folder, table, workers=_WORKERS, rounds=plan.rounds)
        console([found for found in loaded if found.objects <= LARGEST][-1], table, rounds=plan.rounds)
        conversion(folder, table, rounds=plan.rounds)


def _loaded(folder: Path, size: int, table: Table) -> Loaded:
    found = load(folder / f"hub-{size}", Corpus().batches(size, BATCH))
    table.add(
        "loading", f"load in this process, {BATCH:,} an envelope, {size:,}", "obj/s", Samples((size / found.seconds,))
    )
    return found


main()
