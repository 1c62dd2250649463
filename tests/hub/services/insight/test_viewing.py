"""Looking as an account: for whom, for what, and in the trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hub.errors import ForbiddenError, InvalidInputError, NotFoundError
from hub.model.entrance import Session
from hub.services.insight import MAX_REASON, Viewing
from tests.hub.services.world import OPERATOR, World

DIGEST = b"d" * 32


@pytest.fixture
def session(world: World) -> Session:
    """Sign the secretariat's Sue in."""
    now = datetime.now(UTC)
    made = Session(DIGEST, "s-sue", now, now, "token")
    world.store.sessions.start(made)
    return made


def looks_as(world: World) -> str:
    """Give as whom the session looks."""
    found = world.store.sessions.find(DIGEST)
    assert found is not None
    return found.viewing_as


def test_it_is_recorded_from_beginning_to_end(world: World, session: Session):
    """Who looked with whose eyes and what for; the session knows it until it is ended."""
    viewing, sue = Viewing(world.store), world.actor("s-sue")
    viewing.begin(sue, session, "x-xan", " police-x asks why one.test is missing ")
    assert looks_as(world) == "x-xan"
    viewing.end(sue, replace(session, viewing_as="x-xan"))
    assert looks_as(world) == ""
    viewing.end(sue, session)
    assert world.events() == [
        ("s-sue", "object:view-as", "x-xan", {"reason": "police-x asks why one.test is missing"}),
        ("s-sue", "object:view-as-end", "x-xan", {}),
    ]


def test_the_eyes_are_those_of_the_account_and_only_read(world: World):
    """All that the account may see, and nothing of what it may do."""
    seen = Viewing(world.store).eyes(world.actor("s-sue"), "x-xan")
    assert replace(seen, read_only=False) == world.actor("x-xan")
    assert seen.read_only
    with pytest.raises(NotFoundError):
        Viewing(world.store).eyes(world.actor("s-sue"), "nobody")


def test_only_persons_of_the_secretariat_look(world: World, session: Session):
    """Neither the operator, who never reads content, nor anybody else; and nothing is recorded of it."""
    viewing = Viewing(world.store)
    for actor in (OPERATOR, world.actor("x-xan"), world.actor("s-sue", read_only=True)):
        with pytest.raises(ForbiddenError):
            viewing.begin(actor, session, "a-ada", "curious")
        with pytest.raises(ForbiddenError):
            viewing.end(actor, session)
        with pytest.raises(ForbiddenError):
            viewing.eyes(actor, "a-ada")
    assert (world.events(), looks_as(world)) == ([], "")


@pytest.mark.parametrize(
    ("account", "reason", "places"),
    [
        ("x-xan", " ", ["reason"]),
        ("x-xan", "x" * (MAX_REASON + 1), ["reason"]),
        ("s-sue", "", ["reason", "account"]),
        ("nobody", "try", ["account"]),
    ],
)
def test_what_is_missing_is_named(world: World, session: Session, account, reason, places):
    """A reason that a reader of the trail can read, and somebody else who is there."""
    with pytest.raises(InvalidInputError) as caught:
        Viewing(world.store).begin(world.actor("s-sue"), session, account, reason)
    assert [finding.place for finding in caught.value.findings] == places
    assert (world.events(), looks_as(world)) == ([], "")


def test_a_session_that_has_ended_looks_at_nothing(world: World, session: Session):
    """It can't be begun any more."""
    world.store.sessions.end(DIGEST)
    with pytest.raises(NotFoundError):
        Viewing(world.store).begin(world.actor("s-sue"), session, "x-xan", "late")
