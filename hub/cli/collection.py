"""hub collection: collections and their rules."""

from __future__ import annotations

from typing import Any

import click

from hub.cli.acting import open_hub, operator
from hub.cli.output import emit, emit_table
from hub.model.collections import Collection, Intake
from stix_models.markings import Level

_LEVELS = [level.value for level in Level if level is not Level.WITHHELD]


@click.group()
def collection() -> None:
    """Say what is shared where, and by which rules."""


@collection.command(
    epilog='Example: hub collection add "Fraud infrastructure" --default-tlp amber --default-group g-fraud'
)
@click.argument("title")
@click.option("--id", "id_", metavar="UUID", help="Its id; a new one if not given.")
@click.option("--alias", metavar="A", help="A short name for URLs.")
@click.option(
    "--default-tlp",
    type=click.Choice(_LEVELS),
    default=Level.AMBER.value,
    show_default=True,
    help="The level of what carries none.",
)
@click.option("--default-group", metavar="G", help="The group of AMBER that names none.")
@click.option(
    "--intake",
    type=click.Choice([intake.value for intake in Intake]),
    default=Intake.REVIEW.value,
    show_default=True,
    help="Who releases pushes.",
)
@click.option("--public", is_flag=True, help="CLEAR can be read without signing in.")
def add(
    title: str,
    id_: str | None,
    alias: str | None,
    default_tlp: str,
    default_group: str | None,
    intake: str,
    public: bool,
) -> None:
    """Open a collection; nobody reads or writes it until it is granted."""
    with open_hub() as hub:
        found = hub.membership.agreements.add(
            operator(),
            title,
            id=id_,
            alias=alias,
            default_tlp=Level(default_tlp),
            default_group=default_group,
            intake=Intake(intake),
            public=public,
        )
    emit(_record(found), f"added collection {found.id}: {found.title}")


@collection.command("list", epilog="Example: hub --json collection list")
def list_() -> None:
    """List collections by id."""
    with open_hub() as hub:
        found = hub.membership.agreements.list(operator())
    emit_table(map(_record, found), "no collections yet: hub collection add TITLE")


def _record(found: Collection) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "alias": found.alias,
        "default_tlp": found.default_tlp,
        "default_group": found.default_group,
        "intake": found.intake,
        "public": found.public,
    }
