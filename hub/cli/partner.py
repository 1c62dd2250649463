"""hub partner: organisations."""

from __future__ import annotations

from typing import Any

import click

from hub.cli.acting import open_hub, operator
from hub.cli.output import emit, emit_table
from hub.model.members import Partner, PartnerKind


@click.group()
def partner() -> None:
    """Organisations that take part."""


@partner.command(
    epilog="Example: hub partner add police-x --kind member --identity identity--46ca697f-0545-458e-9397-67eb067842fa"
)
@click.argument("name")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in PartnerKind]), required=True, help="member, relay or observer."
)
@click.option("--identity", "identities", multiple=True, metavar="STIX_ID", help="A STIX identity that stands for it.")
def add(name: str, kind: str, identities: tuple[str, ...]) -> None:
    """Take up an organisation."""
    wanted = Partner(name, PartnerKind(kind), tuple(sorted(set(identities))))
    with open_hub() as hub:
        _show(hub.membership.members.add_partner(operator(), wanted), "added")


@partner.command("list", epilog="Example: hub --json partner list")
def list_() -> None:
    """List organisations by name."""
    with open_hub() as hub:
        found = hub.membership.members.partners(operator())
    emit_table(map(_record, found), "no partners yet: hub partner add NAME --kind member")


@partner.command(epilog="Example: hub partner suspend police-x")
@click.argument("name")
def suspend(name: str) -> None:
    """Let none of its accounts in until it is resumed."""
    with open_hub() as hub:
        _show(hub.membership.members.suspend_partner(operator(), name), "suspended")


@partner.command(epilog="Example: hub partner resume police-x")
@click.argument("name")
def resume(name: str) -> None:
    """Let its accounts in again."""
    with open_hub() as hub:
        _show(hub.membership.members.resume_partner(operator(), name), "resumed")


def _show(found: Partner, done: str) -> None:
    emit(_record(found), f"{done} partner {found.name} ({found.kind})")


def _record(found: Partner) -> dict[str, Any]:
    return {
        "partner": found.name,
        "kind": found.kind,
        "identities": list(found.identities),
        "suspended": found.suspended,
    }
