"""W1: what waits for whoever signs in, and where to begin.

May import: as its parent. Never comes in: a count of what the reader may not see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, url_for

from hub.console.doorkeeper import even_as_viewer
from hub.console.here import actor, hub, looker, viewing_as
from hub.console.pages import page
from hub.model.members import Role

blueprint = Blueprint("home", __name__)

_SOON = timedelta(days=30)
_LATEST = 5


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits. text: key of what it is; n: how many; url: where it is dealt with."""

    text: str
    n: int
    url: str


@blueprint.get("/")
@even_as_viewer
def show() -> Response:
    """Show what waits, the latest pushes and the open collections."""
    is_own = viewing_as() is None  # nothing of another's waits for who looks as him
    return page(
        "home/home.html",
        waiting=[each for each in _waiting(datetime.now(UTC)) if each.n] if is_own else (),
        checked=datetime.now(UTC),
        latest=hub().contributions.list(actor(), limit=_LATEST).entries if is_own else (),
        accesses=[each for each in hub().sharing.collections(looker()) if each.can_read],
        looker=looker(),
        is_own=is_own,
    )


def _waiting(now: datetime) -> Iterator[Waiting]:
    """Give what there may be to do, by what the actor may do; what is not his is not asked."""
    if actor().has(Role.REVIEWER) or actor().has(Role.SECRETARIAT):
        yield Waiting("intake", hub().review.desk(actor(), limit=0).total, url_for("intake.show"))
    if actor().has(Role.SECRETARIAT):
        yield Waiting("agreements", _ending_agreements(now), url_for("partners.show"))
    yield Waiting("feeds", hub().feeds.troubled(actor()), url_for("feeds.show"))
    yield Waiting("questions", hub().questions.unanswered(actor()), url_for("questions.show"))
    if actor().has(Role.CONTRIBUTOR):
        yield Waiting("drafts", len(hub().drafting.drafts(actor())), url_for("push.show"))
    yield Waiting("tokens", _ending_tokens(now), url_for("tokens.show"))


def _ending_agreements(now: datetime) -> int:
    """Count the partners whose agreement is over or soon will be, of those that may come in."""
    latest = (now + _SOON).date()
    partners = hub().membership.members.partners(actor())
    return sum(
        each.agreement_ends is not None and each.agreement_ends <= latest for each in partners if not each.suspended
    )


def _ending_tokens(now: datetime) -> int:
    """Count the live tokens that end soon."""
    tokens = hub().membership.tokens.list(actor())
    return sum(
        each.revoked is None and each.expires is not None and now < each.expires <= now + _SOON for each in tokens
    )
