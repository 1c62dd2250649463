"""hub grant, hub ungrant: who reads and writes a collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hub.cli.acting import open_hub, operator
from hub.cli.effects import dry_run, show_preview
from hub.cli.output import emit
from hub.model.collections import Right

if TYPE_CHECKING:
    # The services are loaded when a hub is opened.
    from hub.application import Hub
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
@dry_run
def grant(collection: str, subject: str, right: str, trusted: bool, dry_run: bool) -> None:
    """Let a partner, a group or everybody read or write a collection from now on."""
    if trusted and right == "read":
        raise click.UsageError("--trusted is about pushes: it goes with write or both")
    rights = _RIGHTS[right] | ({Right.TRUSTED} if trusted else set())
    with open_hub() as hub:
        if dry_run:
            _preview(hub, collection, subject, rights, on=True)
        else:
            _show(hub.membership.agreements.grant(operator(), collection, subject, rights))


@click.command(epilog="Example: hub ungrant 'Fraud infrastructure' bank-a write")
@click.argument("collection")
@click.argument("subject", metavar="PARTNER|@GROUP|'*'")
@click.argument("right", type=click.Choice(list(_RIGHTS)), required=False)
@click.option("--trusted", is_flag=True, help="Without a right: end the trust alone; it ends with write anyway.")
@dry_run
def ungrant(collection: str, subject: str, right: str | None, trusted: bool, dry_run: bool) -> None:
    """End what was granted, now."""
    if right is None and not trusted:
        raise click.UsageError("say what ends: read, write, both or --trusted")
    rights = (_RIGHTS[right] if right else frozenset()) | ({Right.TRUSTED} if trusted else set())
    with open_hub() as hub:
        if dry_run:
            _preview(hub, collection, subject, rights, on=False)
        else:
            _show(hub.membership.agreements.ungrant(operator(), collection, subject, rights))


def _preview(hub: Hub, collection: str, subject: str, rights: frozenset[Right], *, on: bool) -> None:
    from hub.services.membership.agreements import Granting

    show_preview(hub, Granting(collection, subject, rights, on))


def _show(found: Grant) -> None:
    record = {
        "collection": found.collection,
        "subject": found.subject,
        "rights": sorted(found.rights),
        "changed": found.changed,
    }
    held = ", ".join(sorted(found.rights)) or "nothing"
    emit(record, f"{found.subject} on {found.collection}: {held}{'' if found.changed else ' (as before)'}")
