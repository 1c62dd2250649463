"""hub community: partners, groups, collections and grants as one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.acting import open_hub, operator
from hub.cli.effects import show_effects
from hub.cli.output import emit, note
from hub.errors import InvalidInputError

if TYPE_CHECKING:
    # The services are loaded when a hub is opened.
    from hub.services.community import Plan

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.toml")


@click.group()
def community() -> None:
    """Keep the whole community as one file, under version control if you like."""


@community.command(epilog="Example: hub community plan community.toml")
@_FILE
def plan(file: Path) -> None:
    """Print what applying the file would change, and who would see how many objects more or fewer; change nothing."""
    from hub.services.community import CommunityFile

    text = _read(file)
    with open_hub() as hub:
        _show(hub.community.plan(text, operator()))
        show_effects(hub.access.preview(operator(), [CommunityFile(text)]))


@community.command(epilog="Example: hub community apply community.toml")
@_FILE
def apply(file: Path) -> None:
    """Make the hub as the file says, in one commit; a second time changes nothing."""
    text = _read(file)
    with open_hub() as hub:
        _show(hub.community.apply(text, operator()))


@community.command(epilog="Example: hub community export > community.toml")
def export() -> None:
    """Print the community as a file that, applied, changes nothing."""
    with open_hub() as hub:
        text = hub.community.export(operator())
    emit({"community": text}, text.rstrip("\n"))


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInputError(f"{file} can't be read: {error}") from error


def _show(found: Plan) -> None:
    for change in found.changes:
        emit({"action": change.action, "object": change.target, "change": change.words}, change.words)
    if not found.changes:
        note("nothing changes")
    for left in found.left:
        note(f"not in the file, left as it is: {left}")
