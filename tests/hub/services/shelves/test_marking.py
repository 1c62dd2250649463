"""Marking: the secretariat raises, at once and audited (visibility.md S8, S14)."""

from __future__ import annotations

import pytest

from hub.errors import ForbiddenError, InvalidInputError, NotFoundError
from stix_models.markings import Level
from tests.hub.services.world import LOOSE, OPERATOR, World, domain, domain_id


def raise_to(world: World, name: str, level: Level, value: str = "one.test") -> int:
    """Raise a domain name as an account."""
    return world.marking.raise_level(world.actor(name), domain_id(value), level, "a case depends on it")


def test_a_raised_marking_recalls_at_once(world: World):
    """Every contribution of the id is raised, and what its producers push later."""
    world.push("a-push", LOOSE, domain("one.test", "clear"))
    world.push("b-push", LOOSE, domain("one.test", "green"))
    assert world.sees("x-pull", "one.test")
    assert raise_to(world, "s-sue", Level.AMBER) == 2
    assert not world.sees("x-pull", "one.test")
    world.sharing.delete(world.actor("a-push"), LOOSE.id, domain_id("one.test"))
    again = world.push("a-push", LOOSE, domain("one.test", "clear"))
    assert "raised to AMBER by the secretariat" in again.items[0].message
    assert not world.sees("x-pull", "one.test")


def test_to_lower_needs_the_producers_consent(world: World):
    """What is in force stays; the same level again changes nothing."""
    world.push("a-push", LOOSE, domain("one.test", "green"))
    with pytest.raises(ForbiddenError, match="consent"):
        raise_to(world, "s-sue", Level.CLEAR)
    assert raise_to(world, "s-sue", Level.GREEN) == 0
    raise_to(world, "s-sue", Level.RED)
    with pytest.raises(ForbiddenError, match="to lower RED to AMBER"):
        raise_to(world, "s-sue", Level.AMBER)


def test_only_the_secretariat_raises(world: World):
    """Who sees the object is refused, who doesn't finds none."""
    world.push("a-push", LOOSE, domain("one.test", "clear"), domain("two.test", "amber"))
    with pytest.raises(ForbiddenError, match="secretariat"):
        raise_to(world, "x-pull", Level.RED)
    for value in ("two.test", "three.test"):
        with pytest.raises(NotFoundError):
            raise_to(world, "x-pull", Level.RED, value)
    with pytest.raises(NotFoundError):
        raise_to(world, "s-sue", Level.RED, "three.test")
    with pytest.raises(ForbiddenError):
        world.marking.raise_level(OPERATOR, domain_id("one.test"), Level.RED, "because")


def test_a_raise_needs_a_reason(world: World):
    """It stands in the audit trail."""
    world.push("a-push", LOOSE, domain("one.test", "clear"))
    with pytest.raises(InvalidInputError, match="reason"):
        world.marking.raise_level(world.actor("s-sue"), domain_id("one.test"), Level.RED, "")
