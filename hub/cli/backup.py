"""hub backup: everything in one file, while the hub is served."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from hub.cli.acting import open_hub, operator
from hub.cli.output import emit


@click.command(epilog="Example: hub backup /srv/backups/hub-2026-11-24.zip")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the whole hub into FILE, a new one; it holds all content and the hub's keys, so guard it.

    The hub goes on serving. The file is as of the moment the command began; it needs room for twice the hub
    while it is written.
    """
    with open_hub() as hub:
        made = hub.upkeep.back_up(operator(), file)
    emit(
        {"file": str(file), **asdict(made)},
        f"backed up to {file}: {made.events} events, tables {made.tables}",
    )
