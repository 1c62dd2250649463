"""hub account: those who sign in."""

from __future__ import annotations

from typing import Any

import click

from hub.cli.acting import open_hub, operator
from hub.cli.output import emit, emit_table
from hub.model.members import Account, AccountKind, Role


@click.group()
def account() -> None:
    """Those who sign in, each of one organisation."""


@account.command(epilog="Example: hub account add x-pull --partner police-x --kind service --role reader")
@click.argument("name")
@click.option("--partner", required=True, metavar="P", help="Its organisation.")
@click.option(
    "--kind", type=click.Choice([kind.value for kind in AccountKind]), required=True, help="person, service or client."
)
@click.option(
    "--role",
    "roles",
    type=click.Choice([role.value for role in Role]),
    multiple=True,
    help="What it may do; reader if not given.",
)
@click.option("--red-capable", is_flag=True, help="A service for which one named individual answers.")
def add(name: str, partner: str, kind: str, roles: tuple[str, ...], red_capable: bool) -> None:
    """Take up an account; it opens nothing until a token is issued."""
    held = frozenset(map(Role, roles or (Role.READER,)))
    wanted = Account(name, partner, AccountKind(kind), held, red_capable)
    with open_hub() as hub:
        _show(hub.membership.members.add_account(operator(), wanted), "added")


@account.command("list", epilog="Example: hub --json account list")
def list_() -> None:
    """List accounts by name."""
    with open_hub() as hub:
        found = hub.membership.members.accounts(operator())
    emit_table(map(_record, found), "no accounts yet: hub account add NAME --partner P --kind person")


@account.command(epilog="Example: hub account suspend x-pull")
@click.argument("name")
def suspend(name: str) -> None:
    """Don't let it in until it is resumed."""
    with open_hub() as hub:
        _show(hub.membership.members.suspend_account(operator(), name), "suspended")


@account.command(epilog="Example: hub account resume x-pull")
@click.argument("name")
def resume(name: str) -> None:
    """Let it in again, with the tokens it had."""
    with open_hub() as hub:
        _show(hub.membership.members.resume_account(operator(), name), "resumed")


def _show(found: Account, done: str) -> None:
    emit(_record(found), f"{done} account {found.name} of {found.partner}")


def _record(found: Account) -> dict[str, Any]:
    return {
        "account": found.name,
        "partner": found.partner,
        "kind": found.kind,
        "roles": sorted(found.roles),
        "red_capable": found.red_capable,
        "suspended": found.suspended,
    }
