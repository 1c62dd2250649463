"""A process that pushes until its files may grow no more, then says what it was told; run by test_faults."""

from __future__ import annotations

import json
import resource
import signal
import sys
from pathlib import Path

from hub.errors import StoreError
from hub.services.shelves.intake import Intake
from hub.store.sqlite import SqliteStore
from hub.vetting.checks import Limits
from tests.hub.services.world import LOOSE, World, bundle, domain


def main(path: Path, room: int) -> None:
    """Push single objects, acknowledge each on stdout; `room`: how large a file may get, bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # so that a write fails instead
    store = SqliteStore.open(path)
    world = World(store, path)
    intake, actor = Intake(store, Limits()), world.actor("a-push")
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    number = 0
    try:
        while True:
            value = f"full{number}.test"
            intake.submit(actor, LOOSE.id, bundle(domain(value, "green") | {"x_filling": "x" * 20_000}))
            print(value, flush=True)
            number += 1
    except StoreError as error:
        print(json.dumps({"error": str(error)}), flush=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    intake.submit(actor, LOOSE.id, bundle(domain("after.test", "green")))
    print("after.test", flush=True)
    store.close()


main(Path(sys.argv[1]), int(sys.argv[2]))
