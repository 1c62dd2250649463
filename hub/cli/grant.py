"""hub grant, hub ungrant: who reads and writes a collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hub.cli.acting import open_hub, operator
from hub.cli.output import emit
from hub.model.collections import Right

if TYPE_CHECKING:
    # The services are loaded when a hub is opened.
    from hub.services.membership.agreements import Grant

_RIGHTS = {
    "read": frozenset({Right.READ}),
    "write": frozenset({Right.WRITE}),
    "both": frozenset({Right.READ, Right.WRITE}),
}


@click.command(epilog="Example: hub grant 'Fraud infrastructure' @g-fraud read")
@click.argument("collection")
@click.argument("subject", metavar="PARTNER|@GROUP|'*'")
@click.argument("right", type=click.Choice(list(_RIGHTS)))
@click.option("--trusted", is_flag=True, help="Its pushes need no review (with write or both).")
def grant(collection: str, subject: str, right: str, trusted: bool) -> None:
    """Let a partner, a group or everybody read or write a collection from now on."""
    if trusted and right == "read":
        raise click.UsageError("--trusted is about pushes: it goes with write or both")
    rights = _RIGHTS[right] | ({Right.TRUSTED} if trusted else set())
    with open_hub() as hub:
        _show(hub.membership.agreements.grant(operator(), collection, subject, rights))


@click.command(epilog="Example: hub ungrant 'Fraud infrastructure' bank-a write")
@click.argument("collection")
@click.argument("subject", metavar="PARTNER|@GROUP|'*'")
@click.argument("right", type=click.Choice(list(_RIGHTS)), required=False)
@click.option("--trusted", is_flag=True, help="Without a right: end the trust alone; it ends with write anyway.")
def ungrant(collection: str, subject: str, right: str | None, trusted: bool) -> None:
    """End what was granted, now."""
    if right is None and not trusted:
        raise click.UsageError("say what ends: read, write, both or --trusted")
    rights = (_RIGHTS[right] if right else frozenset()) | ({Right.TRUSTED} if trusted else set())
    with open_hub() as hub:
        _show(hub.membership.agreements.ungrant(operator(), collection, subject, rights))


def _show(found: Grant) -> None:
    record = {
        "collection": found.collection,
        "subject": found.subject,
        "rights": sorted(found.rights),
        "changed": found.changed,
    }
    held = ", ".join(sorted(found.rights)) or "nothing"
    emit(record, f"{found.subject} on {found.collection}: {held}{'' if found.changed else ' (as before)'}")
