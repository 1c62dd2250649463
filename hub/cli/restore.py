"""hub restore: a hub put in place from a backup."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from hub.cli.acting import operator, settings
from hub.cli.output import emit
from hub.cli.serve import unserved


@click.command(epilog="Example: hub --data /srv/atlas restore /srv/backups/hub-2026-11-24.zip")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the hub that is there: what it has and the backup hasn't is lost.")
def restore(file: Path, *, force: bool) -> None:
    """Put a hub in the data folder from FILE, once all of it has been checked; stop its server first.

    Readers go on where they were: cursors and dates stay good, and what is released from now on is new to all.
    """
    from hub.application import restore_hub

    wanted = settings()
    wanted.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with unserved(wanted.data, "restoring a backup"):
        done = restore_hub(wanted, operator(), file, replace=force)
    record = {
        "data": str(wanted.data),
        "epoch": done.epoch,
        "replaced": done.replaced,
        "backup": asdict(done.backup),
    }
    emit(record, f"restored the hub in {wanted.data} as of {done.backup.taken:%Y-%m-%d %H:%M:%S} UTC")
