"""Where one can go, by what one may do: the side of every page, with the letter that follows `g`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Flask, current_app, g, request

from hub.console.doorkeeper import is_for_viewers
from hub.console.here import viewing_as
from hub.model.members import Actor, Role


@dataclass(frozen=True, slots=True)
class Place:
    """One entry. endpoint: the screen's view; its text is `navigation.ENDPOINT`'s room. letter: after `g`."""

    endpoint: str
    letter: str
    is_for: Callable[[Actor], bool]

    @property
    def text(self) -> str:
        """The key of its text."""
        return f"navigation.{self.endpoint.replace('.', '_')}"

    @property
    def is_here(self) -> bool:
        """Whether the page belongs to this entry."""
        return request.endpoint == self.endpoint or (
            request.blueprint == self.endpoint.partition(".")[0] and self.endpoint.endswith(".show")
        )


def _all(_: Actor) -> bool:
    return True


def _secretariat(actor: Actor) -> bool:
    return actor.has(Role.SECRETARIAT)


def _reviewer(actor: Actor) -> bool:
    return actor.has(Role.SECRETARIAT) or actor.has(Role.REVIEWER)


def _contributor(actor: Actor) -> bool:
    return actor.has(Role.CONTRIBUTOR)


PLACES: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "navigation.work",
        (
            Place("home.show", "h", _all),
            Place("search.show", "s", _all),
            Place("push.show", "p", _contributor),
            Place("contributions.show", "c", _all),
            Place("intake.show", "i", _reviewer),
            Place("questions.show", "q", _all),
        ),
    ),
    (
        "navigation.community",
        (
            Place("partners.show", "m", _secretariat),
            Place("groups.show", "r", _all),
            Place("access.show", "w", _secretariat),
        ),
    ),
    (
        "navigation.oversight",
        (
            Place("why.show", "y", _all),
            Place("feeds.show", "f", _all),
            Place("audit.show", "a", _all),
            Place("tokens.show", "t", _all),
        ),
    ),
)
"""The groups of entries, each with the key of its heading."""


def install(app: Flask) -> None:
    """Give the templates the places of whoever asks."""
    app.context_processor(lambda: {"places": list(_open()) if "entered" in g else []})


def _is_there(place: Place) -> bool:
    return not viewing_as() or is_for_viewers(current_app.view_functions[place.endpoint])


def _open() -> Iterator[tuple[str, list[Place]]]:
    for heading, places in PLACES:
        there = [each for each in places if _is_there(each) and each.is_for(g.actor)]
        if there:
            yield heading, there
