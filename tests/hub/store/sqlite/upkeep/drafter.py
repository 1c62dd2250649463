"""A process that drafts a backup and never ends it; it is there to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from hub.store.sqlite.upkeep.drafts import draft

if __name__ == "__main__":
    with draft(Path(sys.argv[1])) as folder:
        (folder / "hub.sqlite3").write_bytes(b"half")
        sys.stdout.write(f"{folder.name}\n")
        sys.stdout.flush()
        sys.stdin.read()
