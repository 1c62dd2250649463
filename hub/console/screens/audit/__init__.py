"""W9: the audit trail, what was done and by whom: all of it for the secretariat, to others their own acts.

May import: as its parent. Never comes in: a record's number or hash where others' acts are not to be counted (S17).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from json import dumps
from typing import Any

from flask import Blueprint, Response, request, url_for

from hub.console.doorkeeper import even_as_viewer
from hub.console.here import actor, hub, looker, viewing_as
from hub.console.pages import again, page
from hub.errors import InvalidInputError
from hub.model.audit import Bookmark, Recorded, Wanted
from hub.model.members import Role
from hub.services.operation import asking, export

blueprint = Blueprint("audit", __name__)

_LIST = "audit/audit.html"
_ON_A_PAGE = 50
_MOST_AT_ONE_TIME = 100_000
"""How many records of one microsecond a link may pass over."""

_LATEST = 2**62
_STAMPS = frozenset({"first", "last"})
"""Facts that are stamps of the hub clock."""

_MOST_LISTED = 3
_LONGEST_FACT = 160


@blueprint.get("/audit")
@even_as_viewer
def show() -> Response:
    """List records, newest first."""
    asked = request.args.get("q", "")
    try:
        wanted = asking.read(asked)
    except InvalidInputError as problem:
        return again(_LIST, problem, request.args, **_listed(None, asked))
    return page(_LIST, form=request.args, **_listed(wanted, asked))


@blueprint.get("/audit/trail.csv")
@even_as_viewer
def as_csv() -> Response:
    """Give what the filter finds as rows for a spreadsheet, newest first."""
    return _file(export.csv_lines, "text/csv", "csv")


@blueprint.get("/audit/trail.jsonl")
@even_as_viewer
def as_json_lines() -> Response:
    """Give the same as JSON lines."""
    return _file(export.json_lines, "application/jsonl", "jsonl")


@blueprint.post("/audit/check")
def check() -> Response:
    """Walk both chains, and say whether they are whole."""
    found = hub().trail.verify(actor())
    heads = {} if found else hub().trail.heads(actor())
    return page("audit/check.html", findings=found, heads=heads, at=datetime.now(UTC))


def _listed(wanted: Wanted | None, asked: str) -> dict[str, Any]:
    after = _bookmark()
    found = hub().trail.page(looker(), wanted, after, _ON_A_PAGE) if wanted else None
    following = found.next if found else None
    return {
        "records": found.records if found else (),
        "next_url": _link(asked, following) if following else None,
        "first_url": url_for("audit.show", q=asked) if after else None,
        "asked": asked,
        "told": told,
        "titles": {each.collection.id: each.collection.title for each in hub().sharing.collections(looker())},
        "may_check": actor().has(Role.SECRETARIAT) and not viewing_as(),
    }


def _link(asked: str, following: Bookmark) -> str:
    return url_for("audit.show", q=asked, at=following.at, given=following.given)


def told(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give the facts of a record as people read them, by name; what is empty says nothing."""
    return [(name, _written(name, value)) for name, value in detail.items() if not _is_empty(name, value)]


def _is_empty(name: str, value: object) -> bool:
    return value is None or value in ("", []) or (name in _STAMPS and not value)


def _written(name: str, value: object) -> str:
    if name in _STAMPS and isinstance(value, int):
        return datetime.fromtimestamp(value / 1_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, list) and len(value) > _MOST_LISTED:
        return f"{', '.join(map(str, value[:_MOST_LISTED]))}, … ({len(value)})"
    text = ", ".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else dumps(value)
    return text if len(text) <= _LONGEST_FACT else f"{text[:_LONGEST_FACT]}…"


def _bookmark() -> Bookmark | None:
    """Read where the page begins off its link; a link that was bent begins at the end of the trail."""
    at, given = (request.args.get(name, type=int) for name in ("at", "given"))
    if at is None or given is None or not (0 <= at <= _LATEST and 0 <= given <= _MOST_AT_ONE_TIME):
        return None
    return Bookmark(at, given)


def _file(write: Callable[[Iterable[Recorded]], Iterator[str]], kind: str, ending: str) -> Response:
    asked = request.args.get("q", "")
    try:
        records = hub().trail.backwards(looker(), asking.read(asked))
    except InvalidInputError as problem:
        return again(_LIST, problem, request.args, **_listed(None, asked))
    response = Response(write(records), content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="audit-{datetime.now(UTC):%Y-%m-%d}.{ending}"'
    return response
