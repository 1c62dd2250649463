"""W3: sharing groups, for the secretariat; to a partner's persons those they are in, without the others in them (S5).

May import: as its parent. Never comes in: a change of members without a preview.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.console.forms import line
from hub.console.here import actor, hub
from hub.console.pages import again, go, page
from hub.console.previewing import Proposal
from hub.errors import ConflictError, InvalidInputError, NotFoundError
from hub.model.members import Group, Role
from hub.services.membership.groups import Forming, Moving

blueprint = Blueprint("groups", __name__)

_LIST, _OWN, _GROUP = "groups/groups.html", "groups/own.html", "groups/group.html"
_TYPED = (InvalidInputError, ConflictError)


@blueprint.get("/groups")
def show() -> Response:
    """List the groups, or those one's partner is in."""
    if actor().has(Role.SECRETARIAT):
        return page(_LIST, **_listed())
    return page(_OWN, groups=hub().membership.groups.own(actor()))


@blueprint.post("/groups")
def add() -> AnyResponse:
    """Form an empty group; by a marking that objects may carry already, after a look at what that opens."""
    try:
        if line("marking"):
            return _forming().show()
        hub().membership.groups.add(actor(), line("name"))
    except _TYPED as problem:
        return again(_LIST, problem, **_listed())
    return go("groups.one", done="group_added", name=line("name"))


@blueprint.post("/groups/form")
def form() -> AnyResponse:
    """Form a group by a marking of its own, as previewed."""
    return _forming().settle() or go("groups.one", done="group_added", name=line("name"))


@blueprint.get("/groups/<name>")
def one(name: str) -> Response:
    """Show a group with its members."""
    return page(_GROUP, **_group(name))


@blueprint.post("/groups/<name>/preview")
def preview(name: str) -> Response:
    """Show what would come of partners joining and leaving."""
    return _moving(name).show()


@blueprint.post("/groups/<name>/apply")
def apply(name: str) -> AnyResponse:
    """Let them join and leave, as previewed."""
    return _moving(name).settle() or go("groups.one", done="applied", name=name)


def _forming() -> Proposal:
    name, marking = line("name"), line("marking")
    fields = (("name", name), ("marking", marking))
    return Proposal((Forming(name, marking),), fields, url_for("groups.form"), url_for("groups.show"))


def _moving(name: str) -> Proposal:
    joining, leaving = (tuple(dict.fromkeys(request.form.getlist(field))) for field in ("join", "leave"))
    return Proposal(
        stages=(Moving(name, joining, on=True), Moving(name, leaving, on=False)),
        fields=[("join", each) for each in joining] + [("leave", each) for each in leaving],
        apply_to=url_for("groups.apply", name=name),
        back=url_for("groups.one", name=name),
    )


def _listed() -> dict[str, Any]:
    return {"groups": hub().membership.groups.list(actor())}


def _group(name: str) -> dict[str, Any]:
    found: Group | None = next((each for each in _listed()["groups"] if each.name == name), None)
    if found is None:
        raise NotFoundError(f"no group {name}")
    partners = [each.name for each in hub().membership.members.partners(actor())]
    collections = {each.id: each.title for each in hub().membership.agreements.list(actor())}
    rights = hub().membership.agreements.held(actor())
    held = [(collections[id_], rights[id_, subject]) for id_, subject in rights if subject == f"@{name}"]
    return {"group": found, "others": [each for each in partners if each not in found.members], "held": sorted(held)}
