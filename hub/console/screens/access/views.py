"""The pages of who can pull what: the matrix, a collection's terms, and the checks that must hold."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.console.forms import is_ticked, line, one_of
from hub.console.here import actor, hub
from hub.console.pages import again, go, page
from hub.console.previewing import Proposal
from hub.console.screens.access.cells import CELLS, rows, wanted
from hub.errors import ConflictError, InvalidInputError, NotFoundError
from hub.model.collections import Collection, Intake
from hub.services.membership.agreements import Terms
from stix_models.markings import Level

blueprint = Blueprint("access", __name__)

_MATRIX, _COLLECTION = "access/matrix.html", "access/collection.html"
_TYPED = (InvalidInputError, ConflictError, NotFoundError)
_ROWS = 50
_EVERYBODY = "*"
_LEVELS = tuple(level for level in Level if level is not Level.WITHHELD)
_CEILINGS = tuple(level for level in Level if level.rank < Level.RED.rank)


@blueprint.get("/access")
def show() -> Response:
    """Show the matrix, fifty subjects a page, and the checks."""
    return page(_MATRIX, **_matrix())


@blueprint.post("/access/preview")
def preview() -> Response:
    """Show what the edited cells would change."""
    try:
        return _edits().show()
    except _TYPED as problem:
        return again(_MATRIX, problem, **_matrix())


@blueprint.post("/access/apply")
def apply() -> AnyResponse:
    """Make it so, as previewed."""
    return _edits().settle() or go("access.show", done="applied")


@blueprint.post("/access/collections")
def add() -> AnyResponse:
    """Open a collection that nobody reads or writes yet."""
    try:
        found = hub().membership.agreements.add(actor(), line("title"), alias=line("alias") or None)
    except _TYPED as problem:
        return again(_MATRIX, problem, **_matrix())
    return go("access.collection", done="collection_added", id=found.id)


@blueprint.get("/access/<id>")
def collection(id: str) -> Response:  # noqa: A002 - the part of the address
    """Show a collection's terms."""
    return page(_COLLECTION, **_collection(id))


@blueprint.post("/access/<id>/preview")
def preview_terms(id: str) -> Response:  # noqa: A002 - as above
    """Show what other terms would change."""
    try:
        return _terms(id).show()
    except _TYPED as problem:
        return again(_COLLECTION, problem, **_collection(id))


@blueprint.post("/access/<id>/apply")
def apply_terms(id: str) -> AnyResponse:  # noqa: A002 - as above
    """Put them, as previewed."""
    return _terms(id).settle() or go("access.collection", done="applied", id=id)


@blueprint.post("/access/must-hold")
def keep() -> AnyResponse:
    """Keep what must hold from now on."""
    try:
        above = one_of(Level, "above") if line("above") else None
        hub().membership.must_hold.add(actor(), line("subject"), line("collection"), above, line("why"))
    except _TYPED as problem:
        return again(_MATRIX, problem, **_matrix())
    return go("access.show", done="check_kept")


@blueprint.post("/access/must-hold/<id>/remove")
def forget(id: str) -> AnyResponse:  # noqa: A002 - as above
    """Forget what had to hold."""
    hub().membership.must_hold.remove(actor(), id)
    return go("access.show", done="check_removed")


def _edits() -> Proposal:
    found = list(wanted(request.form.items(multi=True), hub().membership.agreements.held(actor())))
    return Proposal(
        stages=[stage for _, stage in found],
        fields=[field for field, _ in found],
        apply_to=url_for("access.apply"),
        back=url_for("access.show"),
    )


def _terms(id: str) -> Proposal:  # noqa: A002 - as above
    _known(id)
    intake, level = one_of(Intake, "intake"), one_of(Level, "default_tlp")
    group, alias = line("default_group") or None, line("alias") or None
    terms = Terms(id, line("title"), alias, level, group, intake, public=is_ticked("public"))
    names = ("title", "alias", "default_tlp", "default_group", "intake", "public")
    fields = [(name, line(name)) for name in names]
    return Proposal((terms,), fields, url_for("access.apply_terms", id=id), url_for("access.collection", id=id))


def _matrix() -> dict[str, Any]:
    membership = hub().membership
    held = membership.agreements.held(actor())
    collections = sorted(membership.agreements.list(actor()), key=lambda each: each.title.casefold())
    groups = [f"@{each.name}" for each in membership.groups.list(actor())]
    subjects = [_EVERYBODY, *groups, *(each.name for each in membership.members.partners(actor()))]
    start = min(request.args.get("start", 0, type=int), len(subjects) - 1)
    start = max(0, start - start % _ROWS)
    shown = subjects[start : start + _ROWS]
    return {
        "collections": collections,
        "rows": rows(shown, (each.id for each in collections), held, request.form),
        "subjects": subjects,
        "cells": tuple(CELLS),
        "checks": membership.must_hold.list(actor()),
        "ceilings": _CEILINGS,
        "next_url": url_for("access.show", start=start + _ROWS) if start + _ROWS < len(subjects) else None,
        "first_url": url_for("access.show") if start else None,
    }


def _collection(id: str) -> dict[str, Any]:  # noqa: A002 - as above
    groups = hub().membership.groups.list(actor())
    found = _known(id)
    default = next((each.name for each in groups if each.marking == found.default_group), "")
    held = hub().membership.agreements.held(actor())
    holders = sorted((subject, rights) for (where, subject), rights in held.items() if where == id)
    return {
        "collection": found,
        "groups": [each.name for each in groups],
        "default_group": default,
        "levels": _LEVELS,
        "intakes": tuple(Intake),
        "holders": holders,
    }


def _known(id: str) -> Collection:  # noqa: A002 - as above
    found = next((each for each in hub().membership.agreements.list(actor()) if each.id == id), None)
    if found is None:
        raise NotFoundError(f"no collection {id}")
    return found
