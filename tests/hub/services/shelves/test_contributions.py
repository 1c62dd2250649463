"""What became of a producer's pushes, for its persons (visibility.md S8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.errors import ForbiddenError, NotFoundError
from hub.model.submissions import ItemState, SubmissionState
from hub.policy.actions import operator
from hub.services.shelves.contributions import Contributions, Sent
from tests.hub.services.world import FRAUD, LOOSE, X_IDENTITY, World, domain, domain_id


@pytest.fixture
def contributions(world: World) -> Contributions:
    """Give the service over the world's store."""
    return Contributions(world.store)


def told(sent: Sent) -> list[tuple[ItemState, str]]:
    """Give where the objects stand and what is said of them."""
    return [(item.state, item.message) for item in sent.submission.items]


def test_persons_see_what_became_of_their_partners_pushes(world: World, contributions: Contributions):
    """Every object with its story, those of the partner's services too."""
    ada = world.actor("a-ada")
    broken = domain("two.test", "green") | {"id": "domain-name--1"}
    pushed = world.push("a-push", FRAUD, domain("one.test", "amber"), broken, domain("three.test", "green"))
    world.review.release(world.actor("x-xan"), pushed.id, frozenset({domain_id("one.test")}))
    world.review.send_back(world.actor("x-xan"), pushed.id, "who says so?", frozenset({domain_id("three.test")}))
    (sent,) = contributions.list(ada).entries
    counts = {ItemState.RELEASED: 1, ItemState.FAILED: 1, ItemState.RETURNED: 1}
    assert (sent.submission.id, sent.submission.state, sent.counts) == (pushed.id, SubmissionState.RELEASED, counts)
    shown = contributions.show(ada, pushed.id)
    assert shown.counts == counts
    assert [state for state, _ in told(shown)] == [ItemState.RELEASED, ItemState.FAILED, ItemState.RETURNED]
    assert told(shown)[2][1] == "returned: who says so?; mend it and send it again"
    assert shown.submission == world.intake.status(world.actor("a-push"), pushed.id)


def test_red_is_for_its_submitter_and_the_named_ones(world: World, contributions: Contributions):
    """S8: a colleague gets neither the object nor a number that counts it, whatever became of it."""
    red = domain("red.test", "red")
    broken = red | {"id": "domain-name--2"}
    mixed = world.push("a-push", LOOSE, domain("one.test", "green"), red, broken, domain("none.test"))
    alone = world.push("a-push", FRAUD, red)
    named = world.push("a-push", FRAUD, domain("named.test", "red"), recipients=frozenset({"a-ada"}))
    ada = world.actor("a-ada")
    listed = contributions.list(ada).entries
    assert [(each.submission.id, each.counts) for each in listed] == [
        (named.id, {ItemState.REVIEW: 1}),
        (mixed.id, {ItemState.RELEASED: 1}),
    ]
    assert [item.object_id for item in contributions.show(ada, mixed.id).submission.items] == [domain_id("one.test")]
    with pytest.raises(NotFoundError):
        contributions.show(ada, alone.id)


def test_what_waits_beside_red_is_told_by_its_own_markings(world: World, contributions: Contributions):
    """Its bytes are here; once it is decided about, it is told as its envelope."""
    pushed = world.push("a-push", FRAUD, domain("one.test", "amber"), domain("red.test", "red"), domain("none.test"))
    ada = world.actor("a-ada")
    (listed,) = contributions.list(ada).entries
    shown = contributions.show(ada, pushed.id)
    assert listed.counts == shown.counts == {ItemState.REVIEW: 1}
    assert [item.object_id for item in shown.submission.items] == [domain_id("one.test")]
    world.review.reject(world.actor("s-sue"), pushed.id, "no source", frozenset({domain_id("one.test")}))
    assert contributions.list(ada).entries == ()


def test_what_can_not_be_taken_is_told_as_restrictively_as_it_asked_for(world: World, contributions: Contributions):
    """A broken object that names RED makes its envelope RED for what names no level (S10)."""
    broken = domain("red.test", "red") | {"id": "domain-name--2"}
    pushed = world.push("a-push", LOOSE, broken)
    with pytest.raises(NotFoundError):
        contributions.show(world.actor("a-ada"), pushed.id)
    assert contributions.list(world.actor("a-ada")).entries == ()


def test_nobody_else_sees_them(world: World, contributions: Contributions):
    """Not another partner, the secretariat included; unknown and another's are the same; machines have the status."""
    pushed = world.push("a-ada", FRAUD, domain("one.test", "clear"))
    for name in ("x-xan", "s-sue"):
        assert contributions.list(world.actor(name)).entries == ()
        for id_ in (pushed.id, X_IDENTITY):
            with pytest.raises(NotFoundError, match=f"no contribution {id_}"):
                contributions.show(world.actor(name), id_)
    for actor in (world.actor("a-push"), operator("alice")):
        with pytest.raises(ForbiddenError):
            contributions.list(actor)


def test_pages_hold_what_may_be_known(world: World, contributions: Contributions):
    """S17: hidden pushes take no room on a page, and the last page says that it is the last."""
    shown = []
    for number in range(3):
        world.push("a-push", FRAUD, domain(f"red{number}.test", "red"))
        shown.append(world.push("a-push", FRAUD, domain(f"{number}.test", "green")).id)
    world.push("a-push", FRAUD, domain("red.test", "red"))
    ada = world.actor("a-ada")
    first = contributions.list(ada, limit=2)
    rest = contributions.list(ada, first.next, limit=2)
    assert [each.submission.id for each in first.entries + rest.entries] == shown[::-1]
    assert (first.next is None, rest.next is None) == (False, True)
    exact = contributions.list(ada, limit=3)
    assert (len(exact.entries), exact.next) == (3, None)


def test_many_objects_come_in_parts(world: World, contributions: Contributions):
    """Some objects, all counted."""
    pushed = world.push("a-push", FRAUD, *(domain(f"{number}.test", "green") for number in range(5)))
    part = contributions.show(world.actor("a-ada"), pushed.id, start=3, limit=5)
    assert ([item.position for item in part.submission.items], part.counts) == ([3, 4], {ItemState.REVIEW: 5})


def test_an_empty_push_is_its_senders_alone(world: World, contributions: Contributions):
    """Nothing of it says what it was about."""
    own = world.push("a-ada", FRAUD)
    world.push("a-push", FRAUD)
    ada = world.actor("a-ada")
    assert [each.submission.id for each in contributions.list(ada).entries] == [own.id]
    assert contributions.show(ada, own.id).submission == replace(own, items=())
