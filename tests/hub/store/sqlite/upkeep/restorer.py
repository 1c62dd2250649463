"""A process that restores again and again, replacing what is there; it is there to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from hub.model.audit import Event
from hub.store.sqlite import SqliteStore

ROUNDS = 40

if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for _ in range(ROUNDS):
        SqliteStore.restore(
            Path(sys.argv[1]),
            Path(sys.argv[2]),
            replace=True,
            record=lambda backup: Event("operator (test)", "hub:restore", "hub", {"events": backup.events}),
        )
