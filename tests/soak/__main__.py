"""`make soak`: SOAK_SECONDS (180 if not said), SOAK_SEED (one that is printed). Ends with 1 if anything is inexact."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from pathlib import Path

from tests.soak.run import soak

_SECONDS = "180"


def main() -> None:
    """Run one soak and say what it came to."""
    seconds = float(os.environ.get("SOAK_SECONDS") or _SECONDS)
    seed = int(os.environ.get("SOAK_SEED") or secrets.randbelow(1_000_000))
    print(f"soak: {seconds:g} s, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="hub-soak-") as made:
        outcome = soak(Path(made), seconds, seed)
    print(outcome.summary)
    for each in outcome.differences:
        print(each)
    if outcome.differences:
        sys.exit(1)
    print("every reader has exactly what he may see")


main()
