"""What a change would do to whom, printed instead of doing it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from hub.cli.acting import operator
from hub.cli.output import emit, note

if TYPE_CHECKING:
    # The services are loaded when a hub is opened.
    from hub.application import Hub
    from hub.model.members import Actor
    from hub.services.access import Preview, Stage

dry_run = click.option(
    "--dry-run", is_flag=True, help="Do nothing: print what would change and who would see how many objects more."
)
"""The option of every command whose act can be previewed."""


def show_preview(hub: Hub, stage: Stage, actor: Actor | None = None) -> None:
    """Preview a stage and print its changes, then its effects. actor: who would do it; None: the operator."""
    preview = hub.access.preview(actor or operator(), [stage])
    for words in preview.changes:
        emit({"change": words}, words)
    if not preview.changes:
        note("nothing changes")
    show_effects(preview)


def show_effects(preview: Preview) -> None:
    """Print a line for each account that gains or loses, one for each check that would be broken, and the sums."""
    for each in preview.effects.accounts:
        who = f"{each.account} of {each.partner}" if each.account else "whoever has not signed in"
        record = {"account": each.account, "partner": each.partner, "gained": each.gained, "lost": each.lost}
        emit(record, f"  {who}: gains {each.gained}, loses {each.lost}")
    for check in preview.broken:
        accounts = list(check.broken_by)
        emit(
            {"broken": check.words, "accounts": accounts}, f"refused: {check.words}; {_listed(accounts)} would read it"
        )
    if preview.changes and not preview.effects.accounts:
        note("nobody sees more or less by it")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
