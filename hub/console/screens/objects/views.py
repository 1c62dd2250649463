"""The pages of one object. Unknown and hidden ids have the same: that of refusals."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, request, url_for

from hub.console.doorkeeper import even_as_viewer
from hub.console.here import actor, hub, viewing_as
from hub.console.pages import page
from hub.console.screens.objects.drawing import draw
from hub.model.members import Role
from hub.services.exploring.object import Pages
from hub.services.exploring.results import Paged
from stix_models.outline import UNVERSIONED

blueprint = Blueprint("objects", __name__)

_INWARD, _OUTWARD = "in", "out"
_BUNDLE_TYPE = "application/stix+json;version=2.1"


@blueprint.get("/objects/<id>")
@even_as_viewer
def show(id: str) -> Response:  # noqa: A002 - the parameter of the address
    """Tell of an object."""
    pages = Pages(outward=_wanted(_OUTWARD), inward=_wanted(_INWARD))
    found = hub().exploring.object(actor(), id, pages, viewing_as=viewing_as())
    told = found.portrait
    return page(
        "objects/object.html",
        told=told,
        around=found.around,
        picture=draw(found.around),
        is_own=_is_own(told.producer),
        is_secretariat=actor().has(Role.SECRETARIAT) and viewing_as() is None,
        unversioned=UNVERSIONED,
        raw=msgspec.json.format(told.raw, indent=2).decode(),
        inward_links=_links(told.id, _INWARD, told.inward_page),
        outward_links=_links(told.id, _OUTWARD, told.outward_page),
        account=viewing_as(),
    )


@blueprint.get("/objects/<id>/stix")
@even_as_viewer
def stix(id: str) -> Response:  # noqa: A002 - the parameter of the address
    """Give an object as a bundle to keep."""
    body = hub().exploring.bundle(actor(), id, viewing_as=viewing_as())
    headers = {"Content-Disposition": f'attachment; filename="{id}.json"'}
    return Response(body, content_type=_BUNDLE_TYPE, headers=headers)


def _is_own(producer: str) -> bool:
    account = actor().account
    return account is not None and account.partner == producer


def _wanted(name: str) -> int:
    return max(1, request.args.get(name, 1, type=int))


def _links(id_: str, name: str, where: Paged) -> tuple[str | None, str | None]:
    """Give the addresses of the next and of the first page of a list of links, where there are such."""
    address = url_for("objects.show", id=id_)
    following = f"{address}?{urlencode({name: where.page + 1})}" if where.page < where.pages else None
    return following, address if where.page > 1 else None
