"""Questions between readers and producers, through the hub.

May import: as its parent. Never comes in: a name that the service does not give.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.console.forms import line
from hub.console.here import actor, hub
from hub.console.pages import again, go, page
from hub.console.paging import before, written
from hub.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError, ThrottledError
from hub.model.questions import MAX_TEXT_CHARACTERS

blueprint = Blueprint("questions", __name__)

PAGE = 50
_MAX_ID_CHARACTERS = 300
_LIST, _ONE = "questions/list.html", "questions/one.html"
_TYPED = (InvalidInputError, ConflictError, ForbiddenError, ThrottledError)


@blueprint.get("/questions")
def show() -> Response:
    """List what the person asked, or may answer; with `?object=` ask about that."""
    return page(_LIST, **_listed(), object_id=request.args.get("object", "")[:_MAX_ID_CHARACTERS])


@blueprint.post("/questions")
def ask() -> AnyResponse:
    """Ask the producer of an object; one that is hidden and one that is absent are answered alike."""
    object_id = line("object")[:_MAX_ID_CHARACTERS]
    try:
        asked = hub().questions.ask(actor(), object_id, line("text"))
    except (*_TYPED, NotFoundError) as problem:
        return again(_LIST, problem, **_listed(), object_id=object_id)
    return go("questions.one", done="question_asked", question=asked.id)


@blueprint.get("/questions/<question>")
def one(question: str) -> Response:
    """Show a question with its answers."""
    return page(_ONE, question=hub().questions.show(actor(), question), longest=MAX_TEXT_CHARACTERS)


@blueprint.post("/questions/<question>")
def answer(question: str) -> AnyResponse:
    """Answer as a person of the producer."""
    try:
        hub().questions.answer(actor(), question, line("text"))
    except _TYPED as problem:
        found = hub().questions.show(actor(), question)
        return again(_ONE, problem, question=found, longest=MAX_TEXT_CHARACTERS)
    return go("questions.one", done="question_answered", question=question)


def _listed() -> dict[str, Any]:
    found = hub().questions.list(actor(), before(), PAGE)
    following = written(found.next)
    return {
        "questions": found.entries,
        "longest": MAX_TEXT_CHARACTERS,
        "next_url": url_for("questions.show", before=following) if following else None,
        "first_url": url_for("questions.show") if before() else None,
    }
