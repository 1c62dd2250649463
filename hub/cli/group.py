"""hub group: sharing groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.cli.acting import open_hub, operator
from hub.cli.effects import dry_run, show_preview
from hub.cli.output import emit, emit_table
from hub.model.members import Group

if TYPE_CHECKING:
    # The services are loaded when a hub is opened.
    from hub.application import Hub


@click.group()
def group() -> None:
    """Sharing groups: each is a pinned marking definition, met for its members."""


@group.command(epilog="Example: hub group add g-fraud")
@click.argument("name")
@click.option("--marking", metavar="ID", help="The marking definition that stands for it; a new one if not given.")
def add(name: str, marking: str | None) -> None:
    """Form an empty group."""
    with open_hub() as hub:
        found = hub.membership.groups.add(operator(), name, marking)
    emit(_record(found), f"added group {found.name}: {found.marking}")


@group.command(epilog="Example: hub group join g-fraud bank-a police-x")
@click.argument("group")
@click.argument("partners", nargs=-1, required=True, metavar="PARTNER...")
@dry_run
def join(group: str, partners: tuple[str, ...], dry_run: bool) -> None:
    """Make partners members from now on; what the group holds opens to them."""
    with open_hub() as hub:
        if dry_run:
            _preview(hub, group, partners, on=True)
        else:
            _show(hub.membership.groups.join(operator(), group, partners))


@group.command(epilog="Example: hub group leave g-fraud bank-a")
@click.argument("group")
@click.argument("partners", nargs=-1, required=True, metavar="PARTNER...")
@dry_run
def leave(group: str, partners: tuple[str, ...], dry_run: bool) -> None:
    """End memberships now."""
    with open_hub() as hub:
        if dry_run:
            _preview(hub, group, partners, on=False)
        else:
            _show(hub.membership.groups.leave(operator(), group, partners))


@group.command("list", epilog="Example: hub --json group list")
def list_() -> None:
    """List groups with their members."""
    with open_hub() as hub:
        found = hub.membership.groups.list(operator())
    emit_table(map(_record, found), "no groups yet: hub group add NAME")


def _preview(hub: Hub, group: str, partners: tuple[str, ...], *, on: bool) -> None:
    from hub.services.membership.groups import Moving

    show_preview(hub, Moving(group, partners, on))


def _show(found: Group) -> None:
    members = ", ".join(sorted(found.members)) or "nobody"
    emit(_record(found), f"members of {found.name} are now: {members}")


def _record(found: Group) -> dict[str, Any]:
    return {"group": found.name, "marking": found.marking, "members": sorted(found.members)}
