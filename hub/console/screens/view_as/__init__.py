"""W5: looking at the hub with the eyes of an account, read-only and on record.

May import: as its parent. Never comes in: what is shown meanwhile, which every screen settles by `viewing_as`.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from hub.console.doorkeeper import even_as_viewer
from hub.console.forms import line
from hub.console.here import actor, entered, hub
from hub.console.pages import again, go, page
from hub.errors import InvalidInputError

blueprint = Blueprint("view_as", __name__)

_FORM = "view_as/view_as.html"


@blueprint.get("/view-as")
def show() -> Response:
    """Ask as whom, and what for."""
    return page(_FORM, **_listed(), form=request.args)


@blueprint.post("/view-as")
def start() -> AnyResponse:
    """Begin to look as the account."""
    try:
        hub().viewing.begin(actor(), entered().session, line("account"), line("reason"))
    except InvalidInputError as problem:
        return again(_FORM, problem, **_listed())
    return go("home.show", done="viewing_begun")


@blueprint.post("/view-as/stop")
@even_as_viewer
def stop() -> AnyResponse:
    """Look with one's own eyes again."""
    hub().viewing.end(actor(), entered().session)
    return go("home.show", done="viewing_ended")


def _listed() -> dict[str, Any]:
    return {"accounts": hub().membership.members.accounts(actor())}
