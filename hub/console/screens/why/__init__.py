"""W5: why an account sees an object or doesn't, what would open it, and who else sees it.

May import: as its parent. Never comes in: a rule of visibility, content of an object.
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from hub.console.doorkeeper import even_as_viewer
from hub.console.here import actor, hub, looker, viewing_as
from hub.console.pages import again, page
from hub.errors import Finding, InvalidInputError, NotFoundError
from hub.model.members import Role

blueprint = Blueprint("why", __name__)

_LONGEST_ID = 200
_PARTNERS_ON_A_PAGE = 50


@blueprint.get("/why")
@even_as_viewer
def show() -> Response:
    """Explain an object: to the secretariat for any account or for all of them, to others for themselves."""
    object_id = request.args.get("object", "").strip()[:_LONGEST_ID]
    account = request.args.get("account", "").strip()
    if not actor().has(Role.SECRETARIAT) or viewing_as():
        return _own(object_id)
    accounts = hub().membership.members.accounts(actor())
    if not object_id:
        return page("why/why.html", accounts=accounts, form=request.args)
    if not account:
        return _everybody(object_id)
    try:
        why = hub().insight.why(actor(), account, object_id)
    except NotFoundError:
        problem = InvalidInputError("nobody to explain it for", (Finding("account", "there is no such account"),))
        return again("why/why.html", problem, request.args, accounts=accounts)
    nearest = {each.contribution.place: each for each in why.nearest}
    titles = {each.id: each.title for each in hub().membership.agreements.list(actor())}
    found = {"why": why, "nearest": nearest, "titles": titles}
    return page("why/account.html", accounts=accounts, form=request.args, **found)


def _everybody(object_id: str) -> Response:
    seers = hub().insight.seers(actor(), object_id)
    start = max(request.args.get("start", 0, type=int), 0)
    shares = seers.shares[start : start + _PARTNERS_ON_A_PAGE]
    following = start + _PARTNERS_ON_A_PAGE
    return page(
        "why/everybody.html",
        accounts=hub().membership.members.accounts(actor()),
        form=request.args,
        seers=seers,
        shares=shares,
        next=following if following < len(seers.shares) else None,
        first=start > 0,
    )


def _own(object_id: str) -> Response:
    """Tell an account of itself; hidden and unknown get the same words (S17)."""
    own = hub().insight.own(looker(), object_id) if object_id else ()
    return page("why/own.html", own=own, form=request.args, object_id=object_id)
