"""What became of an organisation's pushes, for its persons.

May import: as its parent. Never comes in: a rule about who may know (policy.actions), another producer's push.
"""

from __future__ import annotations

from flask import Blueprint, Response, url_for

from hub.console.here import actor, hub
from hub.console.pages import page
from hub.console.paging import before, start, written
from hub.model.submissions import ItemState
from stix_models.timestamps import UNVERSIONED

blueprint = Blueprint("contributions", __name__)

PAGE = 50
OBJECTS = 100
"""How many pushes, and how many objects of one, a page holds."""
LOOKS = {
    ItemState.RELEASED: "good",
    ItemState.KNOWN: "",
    ItemState.REVIEW: "wait",
    ItemState.RETURNED: "bad",
    ItemState.REJECTED: "bad",
    ItemState.FAILED: "bad",
}
"""State to the look of its tag, in the order in which numbers are told."""


@blueprint.get("/contributions")
def show() -> Response:
    """List the pushes of the person's organisation, newest first."""
    found = hub().contributions.list(actor(), before(), PAGE)
    following = written(found.next)
    return page(
        "contributions/list.html",
        entries=found.entries,
        looks=LOOKS,
        titles=_titles(),
        next_url=url_for("contributions.show", before=following) if following else None,
        first_url=url_for("contributions.show") if before() else None,
    )


@blueprint.get("/contributions/<submission>")
def one(submission: str) -> Response:
    """Show what became of each object of one push."""
    begin = start()
    found = hub().contributions.show(actor(), submission, begin, OBJECTS)
    total = sum(found.counts.values())
    more = begin + OBJECTS < total
    return page(
        "contributions/one.html",
        submission=found.submission,
        counts=found.counts,
        total=total,
        looks=LOOKS,
        unversioned=UNVERSIONED,
        titles=_titles(),
        to_mend=found.counts.get(ItemState.RETURNED, 0),
        next_url=url_for("contributions.one", submission=submission, start=begin + OBJECTS) if more else None,
        first_url=url_for("contributions.one", submission=submission) if begin else None,
    )


def _titles() -> dict[str, str]:
    return {each.collection.id: each.collection.title for each in hub().sharing.collections(actor())}
