"""What `hub pull` and `hub push` share: who asks another server, within which limits, and how far it is."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from hub.cli.files import read_file
from hub.cli.output import note
from hub.errors import InvalidInputError

if TYPE_CHECKING:
    from hub.services.sources import Access, Limits

_MAX_TOKEN_BYTES = 16_384
_OTHERS = stat.S_IRWXG | stat.S_IRWXO

CA_VARIABLE = "HUB_CA_FILE"
_OPTIONS = (
    click.option("--user", metavar="NAME", help="Who asks, by HTTP Basic; a token without a name is sent as Bearer."),
    click.option(
        "--token-file",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The token, in a file for its owner alone (0600).",
    ),
    click.option(
        "--ca-file",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar=CA_VARIABLE,
        show_envvar=True,
        metavar="FILE",
        help="Certificates (PEM) of the authorities that vouch for the server, in place of the usual ones.",
    ),
    click.option("--insecure-http", is_flag=True, help="Plain HTTP beyond this machine: token and content are shown."),
    click.option(
        "--max-time",
        type=click.FloatRange(min=1),
        default=3_600,
        show_default=True,
        metavar="SECONDS",
        help="End after that long; the next call goes on.",
    ),
    click.option(
        "--retries",
        type=click.IntRange(0, 100),
        default=6,
        show_default=True,
        help="Repeats of one request, ever later, while the server is away or busy.",
    ),
)


def remote_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options for another server; `access` and `limits` read them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def access(
    url: str, variable: str, *, user: str | None, token_file: Path | None, ca_file: Path | None, insecure_http: bool
) -> Access:
    """Put together whom to ask and as whom. variable: of the environment, for a token that is in no file.

    Raises: InvalidInputError: an address or credentials that are not to be used; others than the owner can read them.
    """
    from hub.services.sources import Access, collection_url

    checked = collection_url(url, insecure_http=insecure_http)
    token = _read(token_file) if token_file is not None else os.environ.get(variable) or None
    if token is None and user is not None:
        if not sys.stdin.isatty():
            raise click.UsageError(f"a token is needed for {user}: --token-file FILE, or {variable} in the environment")
        token = click.prompt(f"Token of {user}", hide_input=True, err=True)
    return Access(checked, user, token, ca_file)


def limits(max_time: float, retries: int) -> Limits:
    """Give the usual limits with these."""
    from hub.services.sources import Limits

    return Limits(total_seconds=max_time, retries=retries)


class Progress:
    """One line on a terminal that says how far it is; elsewhere nothing. Used as a context that ends the line."""

    def __init__(self) -> None:
        self._shows = sys.stderr.isatty()
        self._width = 0

    def show(self, text: str) -> None:
        """Write over what stood there."""
        if self._shows:
            click.echo(f"\r{text.ljust(self._width)}", nl=False, err=True)
            self._width = len(text)

    def note(self, text: str) -> None:
        """Say something on a line of its own."""
        self._end()
        note(text)

    def _end(self) -> None:
        if self._width:
            click.echo(err=True)
        self._width = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()


def _read(path: Path) -> str:
    if path.exists() and path.stat().st_mode & _OTHERS:
        raise InvalidInputError(f"{path}: others can read this token: chmod 600 it, and get a new one")
    try:
        return read_file(path, _MAX_TOKEN_BYTES).decode("ascii").strip()
    except UnicodeDecodeError:
        raise InvalidInputError(f"{path}: no token") from None
