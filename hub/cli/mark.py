"""hub mark: raise an object's marking at once."""

from __future__ import annotations

import click

from hub.cli.acting import as_account, open_hub
from hub.cli.effects import dry_run, show_preview
from hub.cli.output import emit
from stix_models.markings import TLP_MARKING, Level


@click.command(
    epilog="Example: hub mark ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4 red "
    '--reason "a case depends on it" --as s-sue'
)
@click.argument("object_id")
@click.argument("level", type=click.Choice(list(map(str, TLP_MARKING)), case_sensitive=False))
@click.option("--reason", required=True, metavar="TEXT", help="One line for the audit trail.")
@dry_run
@as_account
def mark(object_id: str, level: str, reason: str, account: str, dry_run: bool) -> None:
    """Raise every contribution of an object to at least LEVEL; to lower one needs the producer's consent."""
    from hub.services.shelves.marking import Raising

    with open_hub() as hub:
        actor = hub.membership.acting(account)
        if dry_run:
            show_preview(hub, Raising(object_id, Level(level), reason), actor)
            return
        changed = hub.marking.raise_level(actor, object_id, Level(level), reason)
    record = {"object": object_id, "level": level, "changed": changed}
    emit(record, f"{object_id} is at least {level.upper()} now: {changed} contributions changed")
