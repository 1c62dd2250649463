"""The hub for any WSGI server: `granian --interface wsgi --factory hub.wsgi:create_application`.

Each worker calls it for itself, after it was started: a store is never carried over a fork, so don't preload.
Which hub it is says HUB_DATA; `hub serve` does all this by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.application import build_hub
from hub.settings import load
from taxii_server import journal
from taxii_server.app import create_app

if TYPE_CHECKING:
    from flask import Flask


def create_application() -> Flask:
    """Build the application from the environment. Raises: SettingsError, StoreError."""
    settings = load()
    journal.configure(settings.log_level)
    return create_app(build_hub(settings))
