"""W16: one box for names, values and ids, and a list of values looked up at once.

May import: as its parent. Never comes in: what a question means (services.exploring).
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.console.doorkeeper import even_as_viewer
from hub.console.here import actor, hub, viewing_as
from hub.console.pages import again, page
from hub.errors import InvalidInputError

blueprint = Blueprint("search", __name__)

_PAGE = "search/search.html"
_NEWEST = "newest"
_MOST_PAGES = 1_000


@blueprint.get("/search")
@even_as_viewer
def show() -> AnyResponse:
    """Answer a question; without one say how to ask."""
    text, newest = request.args.get("q", "").strip(), request.args.get("sort") == _NEWEST
    if not text:
        return page(_PAGE, q="", results=None, listing=None)
    wanted = min(max(request.args.get("page", 1, type=int), 1), _MOST_PAGES)
    try:
        found = hub().exploring.search(actor(), text, page=wanted, by_time=newest, viewing_as=viewing_as())
    except InvalidInputError as problem:
        return again(_PAGE, problem, {}, q=text, results=None, listing=None)
    where = found.paged
    return page(
        _PAGE,
        q=text,
        newest=newest,
        narrows="type:" not in text.lower(),
        results=found,
        listing=None,
        account=viewing_as(),
        link=_link,
        next_url=_link(text, newest=newest, page=where.page + 1) if where.page < where.pages else None,
        first_url=_link(text, newest=newest) if where.page > 1 else None,
    )


@blueprint.post("/search")
@even_as_viewer  # it changes nothing: a list is too long for an address, and not for its history
def look_up() -> AnyResponse:
    """Look up a pasted list of values."""
    try:
        listing = hub().exploring.match(actor(), request.form.get("list", ""), viewing_as=viewing_as())
    except InvalidInputError as problem:
        return again(_PAGE, problem, q="", results=None, listing=None)
    return page(_PAGE, q="", results=None, listing=listing, form=request.form, account=viewing_as())


def _link(text: str, *, newest: bool = False, page: int = 1) -> str:
    """Give the address of a question's page."""
    given = {"q": text} | ({"sort": _NEWEST} if newest else {}) | ({"page": page} if page > 1 else {})
    return f"{url_for('search.show')}?{urlencode(given)}"
