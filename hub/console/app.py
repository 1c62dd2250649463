"""The console's Flask application: its limits, its door, its screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, request
from jinja2 import StrictUndefined

from hub.console import assets, doorkeeper, headers, navigation, pages, refusals
from hub.console.here import HUB
from hub.console.screens import SCREENS

if TYPE_CHECKING:
    from hub.application import Hub

_FORM_BYTES = 1_048_576
_FORM_PARTS = 2_000


class _Quiet(Flask):
    """Says in the log which view failed, never its address: that may hold a link's secret, or a hidden id."""

    def log_exception(self, exc_info: Any) -> None:
        """Log what no view caught."""
        self.logger.error("fault in %s", request.endpoint, exc_info=exc_info)


def create_app(hub: Hub) -> Flask:
    """Build the console of one hub, whose store this process has opened itself."""
    app = _Quiet("hub.console", static_folder=None)
    app.extensions[HUB] = hub
    # A form may bring a file as large as a push; what is no file stays small.
    app.config["MAX_CONTENT_LENGTH"] = hub.settings.max_content_bytes + _FORM_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = _FORM_BYTES
    app.config["MAX_FORM_PARTS"] = _FORM_PARTS
    app.jinja_env.undefined = StrictUndefined
    headers.install(app)
    doorkeeper.install(app)
    pages.install(app)
    navigation.install(app)
    refusals.install(app)
    app.register_blueprint(assets.blueprint)
    for screen in SCREENS:
        app.register_blueprint(screen)
    return app
