"""A group whose commands are loaded on use, with the options all of them take and one place for errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from hub.cli.output import FAILED, exit_code, report
from hub.errors import HubError, StoreError


@dataclass(slots=True)
class Door:
    """What was said before or after the command's name and holds for all of them."""

    data: Path | None = None
    json: bool = False


def shared_options() -> list[click.Parameter]:
    """Make the options every command takes, before or after its name."""
    return [
        click.Option(
            ["--data"],
            type=click.Path(file_okay=False, path_type=Path),
            metavar="DIR",
            expose_value=False,
            callback=_note("data"),
            help="The hub's folder (HUB_DATA, ./var).",
        ),
        click.Option(
            ["--json"],
            is_flag=True,
            expose_value=False,
            callback=_note("json"),
            help="Print one JSON object a line.",
        ),
    ]


class LazyGroup(click.Group):
    """The root: knows its commands by name alone until one is called.

    table: name to module and short help. What the hub reports on purpose becomes an exit code here.
    """

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the table's order."""
        return [*self._table, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command of that name."""
        if cmd_name not in self._table:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(import_module(self._table[cmd_name][0]), cmd_name.replace("-", "_"))
        _share(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's form
        """Write the short helps from the table, so that `--help` loads no command."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in self._table.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; the only place where errors become exit codes."""
        door = ctx.ensure_object(Door)
        try:
            return super().invoke(ctx)
        except HubError as error:
            report(error, as_json=door.json)
            ctx.exit(exit_code(error))
        except OSError as error:
            if error.filename is None:  # a closed pipe, for one: click knows what to do
                raise
            report(StoreError(f"{error.filename}: {error.strerror}"), as_json=door.json)
            ctx.exit(FAILED)


def _note(name: str) -> Any:
    """Make the callback that keeps an option's value with the door, if it was given."""

    def keep(ctx: click.Context, _: click.Parameter, value: Any) -> Any:
        if value:
            setattr(ctx.ensure_object(Door), name, value)
        return value

    return keep


def _share(command: click.Command) -> None:
    """Give a command and all under it the shared options they lack."""
    taken = {option for param in command.params for option in param.opts}
    command.params += [option for option in shared_options() if not taken.intersection(option.opts)]
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _share(inner)
