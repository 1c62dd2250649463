"""hub init."""

from __future__ import annotations

import click

from hub.cli.acting import settings
from hub.cli.output import emit


@click.command(epilog="Example: hub --data /srv/atlas init")
def init() -> None:
    """Make a new, empty hub in the data folder, readable for its owner alone."""
    from hub.application import create_hub

    wanted = settings()
    create_hub(wanted).close()
    emit({"data": str(wanted.data)}, f"made a new hub in {wanted.data}")
