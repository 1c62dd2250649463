"""W1: what waits for whoever signs in.

May import: as its parent. Never comes in: a count of what the reader may not see.
"""

from __future__ import annotations

from flask import Blueprint, Response

from hub.console.pages import page

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
def show() -> Response:
    """Show the first page."""
    return page("home/home.html")
