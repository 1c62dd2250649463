"""W7: raising a marking, for the secretariat; to lower one needs the producer's consent and has no page here (S8).

May import: as its parent. Never comes in: a change of a marking without a preview.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.console.forms import line, one_of
from hub.console.here import actor, hub
from hub.console.pages import again, go, page
from hub.console.previewing import Proposal
from hub.errors import ConflictError, ForbiddenError, InvalidInputError
from hub.services.shelves.marking import Raising
from stix_models.markings import Level

blueprint = Blueprint("marking", __name__)

_MARKING = "marking/marking.html"


@blueprint.get("/objects/<id>/marking")
def show(id: str) -> Response:  # noqa: A002 - the part of the address
    """Show the levels in force and those above."""
    return page(_MARKING, **_object(id))


@blueprint.post("/objects/<id>/marking/preview")
def preview(id: str) -> Response:  # noqa: A002 - as above
    """Show who would lose the object, and who of them has got it."""
    known = _object(id)
    try:
        return _raising(id).show()
    except (InvalidInputError, ConflictError, ForbiddenError) as problem:
        return again(_MARKING, problem, **known)


@blueprint.post("/objects/<id>/marking/apply")
def apply(id: str) -> AnyResponse:  # noqa: A002 - as above
    """Raise it, as previewed."""
    return _raising(id).settle() or go("marking.show", done="marking_raised", id=id)


def _raising(id: str) -> Proposal:  # noqa: A002 - as above
    level, reason = one_of(Level, "level"), line("reason")
    return Proposal(
        stages=(Raising(id, level, reason),),
        fields=(("level", level), ("reason", reason)),
        apply_to=url_for("marking.apply", id=id),
        back=url_for("marking.show", id=id),
        pulled=hub().marking.pulled(actor(), id),
    )


def _object(id: str) -> dict[str, Any]:  # noqa: A002 - as above
    in_force = hub().marking.levels(actor(), id)
    lowest = min((level.rank for level in in_force if level is not Level.WITHHELD), default=0)
    higher = [level for level in Level if lowest <= level.rank < Level.WITHHELD.rank]
    (named,) = hub().access.named(actor(), [id])
    return {"named": named, "in_force": in_force, "higher": higher, "next": higher[min(1, len(higher) - 1)]}
