"""Looking as an account: for whom, for what, and in the trail."""

from __future__ import annotations

import pytest

from hub.errors import ForbiddenError, InvalidInputError, NotFoundError
from hub.services.insight import MAX_REASON, Viewing
from tests.hub.services.world import OPERATOR, World


def test_it_is_recorded_from_beginning_to_end(world: World):
    """Who looked with whose eyes and what for; the account is an actor that may only read."""
    viewing = Viewing(world.store)
    sue = world.actor("s-sue")
    seen = viewing.begin(sue, "x-xan", " police-x asks why one.test is missing ")
    assert (seen.name, seen.read_only, seen.partner and seen.partner.name) == ("x-xan", True, "police-x")
    viewing.end(sue, "x-xan")
    assert world.events()[-2:] == [
        ("s-sue", "object:view-as", "x-xan", {"reason": "police-x asks why one.test is missing"}),
        ("s-sue", "object:view-as-end", "x-xan", {}),
    ]


def test_only_persons_of_the_secretariat_look(world: World):
    """Neither the operator, who never reads content, nor anybody else; and nothing is recorded of it."""
    for actor in (OPERATOR, world.actor("x-xan"), world.actor("s-sue", read_only=True)):
        with pytest.raises(ForbiddenError):
            Viewing(world.store).begin(actor, "a-ada", "curious")
        with pytest.raises(ForbiddenError):
            Viewing(world.store).end(actor, "a-ada")
    assert world.events() == []


@pytest.mark.parametrize("reason", ["", "  ", "x" * (MAX_REASON + 1)])
def test_a_reason_is_needed(world: World, reason):
    """And one that a reader of the trail can read."""
    with pytest.raises(InvalidInputError) as caught:
        Viewing(world.store).begin(world.actor("s-sue"), "x-xan", reason)
    assert [finding.place for finding in caught.value.findings] == ["reason"]


def test_somebody_else_who_is_there_is_looked_at(world: World):
    """Neither oneself nor nobody."""
    with pytest.raises(InvalidInputError):
        Viewing(world.store).begin(world.actor("s-sue"), "s-sue", "try")
    with pytest.raises(NotFoundError):
        Viewing(world.store).begin(world.actor("s-sue"), "nobody", "try")
