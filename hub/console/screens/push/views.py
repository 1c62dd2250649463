"""The pages of a push: the form with what waits, one draft, and what becomes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response
from werkzeug.wrappers import Response as AnyResponse

from hub.console.forms import line
from hub.console.here import actor, hub
from hub.console.pages import again, go, page
from hub.console.screens.push.upload import uploaded, wish_for
from hub.errors import ConflictError, InvalidInputError, ThrottledError
from stix_models.markings import Level

blueprint = Blueprint("push", __name__)

_FORM, _DRAFT = "push/push.html", "push/draft.html"
_TYPED = (InvalidInputError, ConflictError, ThrottledError)
_LEVELS = tuple(level for level in Level if level is not Level.WITHHELD)


@blueprint.get("/push")
def show() -> Response:
    """Show the form, and what waits to be sent."""
    return page(_FORM, **_choices())


@blueprint.post("/push")
def read() -> AnyResponse:
    """Read a file and keep what comes of it as a draft; or only draft a mapping for it."""
    try:
        with uploaded() as (file, filename):
            if line("act") == "mapping":
                return page(_FORM, **_choices(mapping=hub().drafting.first_mapping(actor(), file, filename)))
            draft = hub().drafting.make(actor(), file, wish_for(filename))
    except _TYPED as problem:
        return again(_FORM, problem, **_choices())
    return go("push.draft", id=draft.id)


@blueprint.get("/push/<uuid:id>")
def draft(id: object) -> Response:  # noqa: A002 - the part of the address
    """Show a draft: what was found, who would get it."""
    return page(_DRAFT, **_draft(str(id)))


@blueprint.post("/push/<uuid:id>/send")
def send(id: object) -> AnyResponse:  # noqa: A002 - the part of the address
    """Push a draft, once, however often it is pressed."""
    sent = hub().drafting.send(actor(), str(id))
    return go("contributions.one", done="push_sent", submission=sent.id)


@blueprint.post("/push/<uuid:id>/discard")
def discard(id: object) -> AnyResponse:  # noqa: A002 - the part of the address
    """Throw a draft away."""
    hub().drafting.discard(actor(), str(id))
    return go("push.show", done="draft_discarded")


def _choices(mapping: str | None = None) -> dict[str, Any]:
    """Give what the form offers. mapping: one that was just drafted, to be looked at."""
    drafting = hub().drafting
    return {
        "drafts": drafting.drafts(actor()),
        "collections": [each.collection for each in hub().sharing.collections(actor()) if each.can_write],
        "groups": drafting.groups(actor()),
        "formats": drafting.formats,
        "levels": _LEVELS,
        "today": datetime.now(UTC).date(),
        "mapping": mapping,
        "titles": _titles(),
    }


def _draft(id_: str) -> dict[str, Any]:
    found = hub().drafting.find(actor(), id_)
    return {"draft": found, "collection": _titles().get(found.collection, found.collection)}


def _titles() -> dict[str, str]:
    """Give the titles of the collections the account knows of, by id."""
    return {each.collection.id: each.collection.title for each in hub().sharing.collections(actor())}
