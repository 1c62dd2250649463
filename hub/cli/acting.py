"""Who acts from this terminal, and on which hub."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from hub.cli.lazy import Door
from hub.policy import actions
from hub.settings import Settings, load

if TYPE_CHECKING:
    # What a hub is made of is loaded when one is opened: `hub partner --help` needs none of it.
    from hub.application import Hub
    from hub.model.members import Actor

as_account = click.option(
    "--as", "account", metavar="ACCOUNT", required=True, help="The account that acts; the audit trail names it."
)
"""The option of every command that touches content: hand its value to `hub.membership.acting`."""


def settings() -> Settings:
    """Read the settings of the hub that --data, HUB_DATA or HUB_CONFIG name. Raises: SettingsError."""
    door = click.get_current_context().ensure_object(Door)
    return load(data=door.data)


@contextmanager
def open_hub() -> Iterator[Hub]:
    """Open the hub of the data folder for as long as a command runs. Raises: SettingsError, StoreError."""
    from hub.application import build_hub

    hub = build_hub(settings())
    try:
        yield hub
    finally:
        hub.close()


def operator() -> Actor:
    """Give the built-in actor for set-up, with the system user's name for the audit trail."""
    return actions.operator(_system_user())


def _system_user() -> str:
    """Give the name the system knows the running user by; the environment could say anything."""
    try:
        import pwd

        return pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        return f"uid {os.getuid()}" if hasattr(os, "getuid") else "unknown"
