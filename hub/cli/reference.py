"""hub reference: public knowledge held by the hub itself."""

from __future__ import annotations

from pathlib import Path

import click

from hub.cli.acting import open_hub, operator
from hub.cli.files import read_file
from hub.cli.output import REJECTED, emit, note


@click.group()
def reference() -> None:
    """Public knowledge that everybody who may read anything may see (ATT&CK, sectors, countries)."""


@reference.command(epilog="Example: hub reference load enterprise-attack.json")
@click.argument(
    "files", nargs=-1, required=True, metavar="FILE...", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.pass_context
def load(ctx: click.Context, files: tuple[Path, ...]) -> None:
    """Load bundles of reference objects; exit code 3 if some objects were left out."""
    rejected = 0
    with open_hub() as hub:
        for file in files:
            loaded = hub.reference.load(operator(), read_file(file, hub.reference.max_content_bytes))
            rejected += len(loaded.findings)
            for finding in loaded.findings:
                note(f"{file}: {finding}")
            record = {"file": str(file), "added": loaded.added, "held": loaded.held, "rejected": len(loaded.findings)}
            emit(record, f"{file}: {loaded.added} added, {loaded.held} here already, {len(loaded.findings)} left out")
    ctx.exit(REJECTED if rejected else 0)
