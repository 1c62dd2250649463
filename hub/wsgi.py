"""The hub for any WSGI server: `granian --interface wsgi --factory hub.wsgi:create_application`.

Each worker calls it for itself, after it was started: a store is never carried over a fork, so don't preload.
Which hub it is says HUB_DATA; `hub serve` does all this by itself.
"""

from __future__ import annotations

from hub import doors
from hub.application import build_hub
from hub.settings import load
from taxii_server import journal


def create_application() -> doors.Wsgi:
    """Build the application from the environment. Raises: SettingsError, StoreError."""
    settings = load()
    journal.configure(settings.log_level)
    return doors.create_application(build_hub(settings))
