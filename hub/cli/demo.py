"""hub demo: a hub with invented partners and real open data, made if there is none, and served."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from hub.cli.acting import operator, settings
from hub.cli.output import emit

if TYPE_CHECKING:
    from hub.settings import Settings

_LOOPBACK = "127.0.0.1"
"""A demo hub's credentials are in a file beside it: it never listens on anything else."""


@click.command(epilog="Example: hub --data var/demo demo --port 6100")
@click.option("--reset", is_flag=True, help="Delete the demo hub of the folder first, and make a new one.")
@click.option("--port", type=click.IntRange(1, 65_535), help="The TCP port to listen on (HUB_PORT, 6100).")
def demo(*, reset: bool, port: int | None) -> None:
    """Make a demo hub in the data folder if there is none, and serve it on loopback.

    Starting again keeps its data and prints the same tokens.
    """
    from hub.cli.demonstration.welcome import Welcome
    from hub.cli.serve import run_server

    wanted = settings()
    wanted = replace(wanted, host=_LOOPBACK, port=port or wanted.port)
    tokens = _tokens(wanted, reset=reset)
    base = f"http://{_LOOPBACK}:{wanted.port}"

    def greet() -> None:
        welcome = Welcome(wanted.data, base, tokens, _invitations(wanted))
        emit(welcome.record(), welcome.text())

    run_server(wanted, ready=greet)


def _invitations(wanted: Settings) -> dict[str, str]:
    """Give the secrets of new one-time links for the demo's persons; those who have a sign-in keep it until used."""
    from hub.application import build_hub
    from hub.cli.demonstration.welcome import PEOPLE

    with closing(build_hub(wanted)) as hub:
        there = {each.name for each in hub.membership.members.accounts(operator())}
        return {name: hub.entrance.invite(operator(), name).secret for name in PEOPLE if name in there}


def _tokens(wanted: Settings, *, reset: bool) -> dict[str, str]:
    """Give the tokens of the folder's demo hub, by account; make it first if there is none."""
    from hub.application import upgrade_hub
    from hub.cli.demonstration import credentials, founding
    from hub.cli.serve import unserved

    if reset:
        founding.raze(wanted.data)
    kept = credentials.kept(wanted.data)
    if kept is None:
        return founding.found(wanted, operator())
    with unserved(wanted.data, "bringing it up to date"):
        upgrade_hub(wanted, operator(), None)
    return kept
