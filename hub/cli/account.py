"""hub account: those who sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.cli.acting import open_hub, operator
from hub.cli.output import emit, emit_table
from hub.model.members import Account, AccountKind, Role

if TYPE_CHECKING:
    from hub.settings import Settings


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


@account.command(epilog="Example: hub account invite x-xan --base-url https://console.example.org")
@click.argument("name", metavar="ACCOUNT")
@click.option(
    "--base-url", metavar="URL", help="Where the console is, as browsers see it; from the settings if not given."
)
def invite(name: str, base_url: str | None) -> None:
    """Make a one-time link by which a person sets how to sign in to the console.

    It is shown once; a link the person had before is worth nothing from now on. Who has lost a password or a phone
    is invited again.
    """
    with open_hub() as hub:
        invited = hub.entrance.invite(operator(), name)
        base = (base_url or _console(hub.settings)).rstrip("/")
    link = f"{base}/console/welcome/{invited.secret}"
    until = f"{invited.expires:%Y-%m-%d %H:%M} UTC"
    record = {"account": name, "link": link, "expires": invited.expires}
    emit(record, f"{link}\n(for {name}, once, until {until}; it is not shown again)")


@account.command("sign-out", epilog="Example: hub account sign-out x-xan")
@click.argument("name", metavar="ACCOUNT")
def sign_out(name: str) -> None:
    """End all console sessions of a person at once; tokens are not touched (hub token revoke)."""
    with open_hub() as hub:
        ended = hub.entrance.sessions.end_all(operator(), name)
    emit({"account": name, "sessions": ended}, f"signed {name} out of {ended} session{'s' * (ended != 1)}")


def _console(settings: Settings) -> str:
    """Give where browsers find the console, as far as the settings tell: under its name, or where the hub listens."""
    if settings.console_name:
        return f"https://{settings.console_name}"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{'https' if settings.tls_cert else 'http'}://{host}:{settings.port}"


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
