"""hub upgrade: tables of an older hub brought up to date."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.acting import operator, settings
from hub.cli.output import emit
from hub.cli.serve import unserved


@click.command(epilog="Example: hub upgrade --backup /srv/backups/before-upgrade.zip")
@click.option(
    "--backup",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to keep what the hub was; beside it if not given.",
)
def upgrade(target: Path | None) -> None:
    """Bring the hub of an older version up to this one, after a backup; stop its server first."""
    from hub.application import upgrade_hub

    wanted = settings()
    with unserved(wanted.data, "upgrading it"):
        done = upgrade_hub(wanted, operator(), target)
    record = {"before": done.before, "after": done.after, "backup": done.backup and str(done.backup)}
    if done.backup is None:
        emit(record, f"nothing to do: the hub has tables {done.after}, as this version wants")
    else:
        emit(record, f"upgraded tables {done.before} to {done.after}; what it was is in {done.backup}")
