"""W11: how feeds do: who pulls what, when it last did, how far behind it is, how much it got, what failed.

May import: as its parent. Never comes in: content, a number that only another account may know (S17).
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request, url_for

from hub.console.doorkeeper import even_as_viewer
from hub.console.here import hub, looker
from hub.console.pages import page
from hub.services.operation.feeds import MOST_BEHIND

blueprint = Blueprint("feeds", __name__)

_ON_A_PAGE = 25
_MOST_FEEDS = 1_000_000
SPARK_HEIGHT = 24
_BAR_WIDTH = 4
_MINUTE_US = 60_000_000
_STEPS = (("days", 1_440), ("hours", 60), ("minutes", 1))
"""In what an age is told, and how many minutes each has."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a sparkline, in pixels from its upper left corner."""

    x: int
    y: int
    height: int


@blueprint.get("/feeds")
@even_as_viewer
def show() -> Response:
    """List the feeds, late ones first."""
    start = min(max(request.args.get("start", 0, type=int), 0), _MOST_FEEDS)
    found = hub().feeds.health(looker(), start, _ON_A_PAGE)
    following = start + _ON_A_PAGE
    return page(
        "feeds/feeds.html",
        found=found,
        bars=bars,
        age=lambda at: age(found.now - at),
        most=MOST_BEHIND,
        width=_BAR_WIDTH - 1,
        height=SPARK_HEIGHT,
        next_url=url_for("feeds.show", start=following) if following < found.total else None,
        first_url=url_for("feeds.show") if start else None,
    )


def bars(days: tuple[int, ...]) -> tuple[Bar, ...]:
    """Draw a number a day, the most of them as high as the line; what is not nothing is seen."""
    most = max(days, default=0)
    heights = [max(1, round(SPARK_HEIGHT * each / most)) if each else 0 for each in days]
    return tuple(Bar(_BAR_WIDTH * at, SPARK_HEIGHT - each, each) for at, each in enumerate(heights) if each)


def age(since_us: int) -> tuple[str, int]:
    """Give a length of time in the largest whole unit: its name and how many, at least 0 minutes."""
    minutes = max(since_us, 0) // _MINUTE_US
    return next(((name, minutes // size) for name, size in _STEPS if minutes >= size), ("minutes", 0))
