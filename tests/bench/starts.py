"""How long one waits before anything happens."""

from __future__ import annotations

import subprocess

from tests.bench.loading import Loaded
from tests.bench.rounds import in_turn, seconds
from tests.bench.servers import COMMAND, hub_server
from tests.bench.table import Table, at_most

SECTION = "starts"


def starts(largest: Loaded, table: Table, *, workers: int, rounds: int) -> None:
    """Time the help text and the first answer of a server."""
    command = [str(COMMAND), "--help"]

    def helped() -> float:
        return seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))

    def answered() -> float:
        with hub_server(largest.data, workers) as server:
            return server.start_seconds

    found = in_turn({"help": helped, "serve": answered}, rounds)
    table.add(SECTION, "hub --help", "s", found["help"], at_most(0.25))
    name = f"hub serve to its first answer, {largest.objects:,} objects loaded"
    table.add(SECTION, name, "s", found["serve"], at_most(2))
