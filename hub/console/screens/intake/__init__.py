"""W6: what waits, and letting it out, sending it back or turning it away.

May import: as its parent. Never comes in: a rule about who may decide (policy.actions), an object's meaning.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.console.forms import is_ticked, line
from hub.console.here import actor, hub
from hub.console.pages import again, go, page
from hub.console.paging import start
from hub.errors import ConflictError, ForbiddenError, HubError, InvalidInputError, NotFoundError
from hub.model.submissions import ItemState
from stix_models.timestamps import UNVERSIONED

if TYPE_CHECKING:
    from hub.services.shelves.review import Case, Exhibit

blueprint = Blueprint("intake", __name__)

PAGE = 25
OBJECTS = 25
"""How many submissions, and how many objects of one, a page holds."""
_MAX_TITLE_CHARACTERS = 120
_MAX_RAW_CHARACTERS = 200_000
_QUEUE, _ONE, _RELEASE, _RAW = "intake/queue.html", "intake/one.html", "intake/release.html", "intake/raw.html"
_TYPED = (InvalidInputError, ConflictError, ForbiddenError)


@blueprint.get("/intake")
def show() -> Response:
    """List what waits for the reviewer, oldest first."""
    begin = start()
    desk = hub().review.desk(actor(), begin, PAGE)
    more = begin + PAGE < desk.total
    return page(
        _QUEUE,
        cases=[_row(case) for case in desk.cases],
        total=desk.total,
        titles=_titles(),
        next_url=url_for("intake.show", start=begin + PAGE) if more else None,
        first_url=url_for("intake.show") if begin else None,
    )


@blueprint.get("/intake/<submission>")
def one(submission: str) -> Response:
    """Show what waits of a submission, beside what the hub has."""
    return page(_ONE, **_examined(submission))


@blueprint.get("/intake/<submission>/raw")
def raw(submission: str) -> Response:
    """Show one waiting object as it was pushed."""
    wanted = request.args.get("object", ""), request.args.get("version", "")
    for exhibit in hub().review.show(actor(), submission, frozenset({wanted[0]})).exhibits:
        if (exhibit.item.object_id, exhibit.item.version) == wanted and exhibit.body is not None:
            text = exhibit.body.decode()
            return page(_RAW, submission=submission, item=exhibit.item, text=text[:_MAX_RAW_CHARACTERS], size=len(text))
    raise NotFoundError(f"no object {wanted[0]}")


@blueprint.post("/intake/<submission>/release")
def release(submission: str) -> AnyResponse:
    """Let objects out, once it was said which and to whom."""
    try:
        if not is_ticked("confirmed"):
            seen = hub().review.foresee(actor(), submission, _chosen())
            return page(
                _RELEASE, submission=submission, seen=seen, names=_names, chosen=request.form.getlist("objects")
            )
        done = hub().review.release(actor(), submission, _chosen())
    except _TYPED as problem:
        return _again(submission, problem)
    out = any(item.state is ItemState.RELEASED for item in done.items)
    return _on(submission, "released" if out else "approved")


@blueprint.post("/intake/<submission>/return")
def send_back(submission: str) -> AnyResponse:
    """Return objects to their sender, to be mended."""
    try:
        hub().review.send_back(actor(), submission, line("reason"), _chosen())
    except _TYPED as problem:
        return _again(submission, problem)
    return _on(submission, "returned")


@blueprint.post("/intake/<submission>/reject")
def reject(submission: str) -> AnyResponse:
    """Turn objects away."""
    try:
        hub().review.reject(actor(), submission, line("reason"), _chosen())
    except _TYPED as problem:
        return _again(submission, problem)
    return _on(submission, "rejected")


def _chosen() -> frozenset[str] | None:
    """Give the ticked objects; None for none: then all that waits is meant, as the page says."""
    return frozenset(request.form.getlist("objects")) or None


def _on(submission: str, done: str) -> AnyResponse:
    """Go on to what is left of the submission, else to the queue."""
    if hub().review.waits(actor(), submission):
        return go("intake.one", done=done, submission=submission)
    return go("intake.show", done=done)


def _again(submission: str, problem: HubError) -> AnyResponse:
    """Show the page again with what is wrong; where nothing is left of it, the problem alone."""
    try:
        values = _examined(submission)
    except (NotFoundError, ConflictError, ForbiddenError):
        raise problem from None
    return again(_ONE, problem, **values)


def _examined(submission: str) -> dict[str, Any]:
    begin = start()
    found = hub().review.examine(actor(), submission, begin, OBJECTS)
    total = len(found.submission.items)
    more = begin + OBJECTS < total
    return {
        "submission": found.submission,
        "sheets": found.sheets,
        "total": total,
        "names": _names,
        "unversioned": UNVERSIONED,
        "titles": _titles(),
        "following": hub().review.following(actor(), submission),
        "next_url": url_for("intake.one", submission=submission, start=begin + OBJECTS) if more else None,
        "first_url": url_for("intake.one", submission=submission) if begin else None,
    }


def _row(case: Case) -> dict[str, Any]:
    return {
        "submission": case.submission,
        "objects": len(case.exhibits),
        "findings": sum(len(each.findings) for each in case.exhibits),
        "level": max((each.label.level for each in case.exhibits), key=lambda level: level.rank),
        "approved": sum(bool(each.approvals) for each in case.exhibits),
        "closed": all(each.closed is not None for each in case.exhibits),
    }


def _names(exhibit: Exhibit) -> str:
    """Give what an object calls itself; "" for what is not to be read."""
    if exhibit.body is None:
        return ""
    value = json.loads(exhibit.body)
    said = next((value[key] for key in ("name", "value", "pattern") if isinstance(value.get(key), str)), "")
    return str(said)[:_MAX_TITLE_CHARACTERS]


def _titles() -> dict[str, str]:
    return {each.collection.id: each.collection.title for each in hub().sharing.collections(actor())}
