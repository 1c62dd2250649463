"""hub token: credentials of an account."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, Any

import click

from hub.cli.acting import open_hub, operator
from hub.cli.output import emit, emit_table

if TYPE_CHECKING:
    # The services are loaded when a hub is opened.
    from hub.model.members import Token
    from hub.services.membership.tokens import Issued


class _Network(click.ParamType[Any]):
    """An address or a network in CIDR form."""

    name = "CIDR"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> IPv4Network | IPv6Network:
        """Read it strictly: host bits are a slip of the pen."""
        try:
            return ip_network(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


@click.group()
def token() -> None:
    """Credentials of an account: name and token for Basic, the token alone for Bearer."""


@token.command(epilog="Example: hub token issue x-pull --read-only --expires 2027-01-31 --from 192.0.2.0/24")
@click.argument("account")
@click.option("--read-only", is_flag=True, help="Good for reading only.")
@click.option(
    "--collection", "collections", multiple=True, metavar="C", help="Good for this collection only (repeatable)."
)
@click.option(
    "--expires",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]),
    metavar="DATE",
    help="The UTC instant it ends, or the day at whose beginning.",
)
@click.option("--from", "networks", type=_Network(), multiple=True, help="Good from this network only (repeatable).")
def issue(
    account: str,
    read_only: bool,
    collections: tuple[str, ...],
    expires: datetime | None,
    networks: tuple[IPv4Network | IPv6Network, ...],
) -> None:
    """Issue a token; it is shown once and can't be shown again."""
    from hub.services.membership.tokens import Cut

    cut = Cut(read_only, frozenset(collections) or None, networks)
    until = expires.replace(tzinfo=UTC) if expires else None
    with open_hub() as hub:
        _show(hub.membership.tokens.issue(operator(), account, cut, until))


@token.command("list", epilog="Example: hub token list x-pull")
@click.argument("account", required=False)
def list_(account: str | None) -> None:
    """List tokens (of an account) by age; never their secrets."""
    with open_hub() as hub:
        found = hub.membership.tokens.list(operator(), account)
        used = hub.membership.tokens.last_used(found)
    rows = [_record(each) | {"last_used": used.get(each.id)} for each in found]
    emit_table(rows, "no tokens: hub token issue ACCOUNT")


@token.command(epilog="Example: hub token revoke 5f0c7d2a9b1e")
@click.argument("id")
def revoke(id: str) -> None:  # noqa: A002 - the argument's name
    """Make a token worthless from the next request on."""
    with open_hub() as hub:
        found = hub.membership.tokens.revoke(operator(), id)
    emit(_record(found), f"revoked token {found.id} of {found.account}")


@token.command(epilog="Example: hub token rotate 5f0c7d2a9b1e --overlap-hours 24")
@click.argument("id")
@click.option(
    "--overlap-hours", type=int, default=0, show_default=True, help="How long the old one stays good (0-168)."
)
def rotate(id: str, overlap_hours: int) -> None:  # noqa: A002 - the argument's name
    """Replace a token by one with a new secret; the old one stops at once or after an overlap."""
    with open_hub() as hub:
        _show(hub.membership.tokens.rotate(operator(), id, overlap_hours))


def _show(issued: Issued) -> None:
    record = _record(issued.token)
    shown = {"account": record.pop("account"), "token": issued.secret} | record
    emit(shown, f"{issued.secret}\n(token {issued.token.id} of {issued.token.account}; it is not shown again)")


def _record(found: Token) -> dict[str, Any]:
    return {
        "id": found.id,
        "account": found.account,
        "hint": found.hint,
        "created": found.created,
        "expires": found.expires,
        "revoked": found.revoked,
        "read_only": found.read_only,
        "collections": None if found.collections is None else sorted(found.collections),
        "networks": [str(network) for network in found.networks],
    }
