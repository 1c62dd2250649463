"""hub must-hold: who never reads what, whatever is granted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.cli.acting import open_hub, operator
from hub.cli.output import emit, emit_table
from stix_models.markings import Level

if TYPE_CHECKING:
    # The services are loaded when a hub is opened.
    from hub.services.membership.must_hold import Check

_CEILINGS = [level.value for level in Level if level.rank < Level.RED.rank]


@click.group("must-hold")
def must_hold() -> None:
    """Keep what must hold: every act that would break it is refused, at every door."""


@must_hold.command(epilog='Example: hub must-hold add @g-vendors "Mule accounts" --reason "customers of the banks"')
@click.argument("subject", metavar="PARTNER|@GROUP")
@click.argument("collection")
@click.option("--above", type=click.Choice(_CEILINGS), help="It may read up to this level; nothing if not given.")
@click.option("--reason", default="", metavar="TEXT", help="One line that is shown with every refusal.")
def add(subject: str, collection: str, above: str | None, reason: str) -> None:
    """Say that SUBJECT never reads COLLECTION, or nothing above a level there; it must hold already."""
    with open_hub() as hub:
        kept = hub.membership.must_hold.add(operator(), subject, collection, Level(above) if above else None, reason)
        (found,) = (each for each in hub.membership.must_hold.list(operator()) if each.rule.id == kept.id)
    emit(_record(found), f"must hold from now on: {found.words} ({kept.id})")


@must_hold.command("list", epilog="Example: hub --json must-hold list")
def list_() -> None:
    """List the checks by subject and collection."""
    with open_hub() as hub:
        found = hub.membership.must_hold.list(operator())
    emit_table(map(_record, found), "no checks yet: hub must-hold add SUBJECT COLLECTION")


@must_hold.command(epilog="Example: hub must-hold remove 0c2a3f0e-5a55-4bb6-9d02-2a7a4f6f8f5e")
@click.argument("id_", metavar="ID")
def remove(id_: str) -> None:
    """Forget a check."""
    with open_hub() as hub:
        hub.membership.must_hold.remove(operator(), id_)
    emit({"id": id_, "removed": True}, f"removed {id_}")


def _record(found: Check) -> dict[str, Any]:
    return {"id": found.rule.id, "check": found.words, "reason": found.rule.reason, "broken_by": list(found.broken_by)}
