"""hub mark: raise an object's marking at once."""

from __future__ import annotations

import click

from hub.cli.acting import as_account, open_hub
from hub.cli.output import emit
from stix_models.markings import TLP_MARKING, Level


@click.command(
    epilog="Example: hub mark ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4 red "
    '--reason "a case depends on it" --as s-sue'
)
@click.argument("object_id")
@click.argument("level", type=click.Choice(list(map(str, TLP_MARKING)), case_sensitive=False))
@click.option("--reason", required=True, metavar="TEXT", help="One line for the audit trail.")
@as_account
def mark(object_id: str, level: str, reason: str, account: str) -> None:
    """Raise every contribution of an object to at least LEVEL; to lower one needs the producer's consent."""
    with open_hub() as hub:
        changed = hub.marking.raise_level(hub.membership.acting(account), object_id, Level(level), reason)
    record = {"object": object_id, "level": level, "changed": changed}
    emit(record, f"{object_id} is at least {level.upper()} now: {changed} contributions changed")
