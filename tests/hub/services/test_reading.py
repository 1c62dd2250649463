"""Reading: what every content service asks first, and the trail every act leaves."""

from __future__ import annotations

import pytest

from hub.errors import ForbiddenError, NotFoundError
from hub.model.collections import Right
from hub.model.members import Account, AccountKind, Actor
from hub.services.reading import holds, holds_now, reader_of
from stix_models.markings import Level
from tests.hub.services.world import (
    FRAUD,
    GROUP,
    LOOSE,
    NOBODY,
    OPERATOR,
    World,
    bundle,
    domain,
    domain_id,
)


def test_each_actor_is_one_reader(world: World):
    """An account its own, whoever has not signed in the public one, the operator none."""
    assert reader_of(world.store, world.actor("x-pull")).partner == "police-x"
    assert reader_of(world.store, NOBODY).account == ""
    with pytest.raises(ForbiddenError):
        reader_of(world.store, OPERATOR)
    with pytest.raises(NotFoundError):
        reader_of(world.store, Actor("gone", Account("gone", "bank-a", AccountKind.PERSON)))


@pytest.mark.parametrize(
    ("right", "partner", "collection", "expected"),
    [
        (Right.WRITE, "bank-a", FRAUD, True),
        (Right.WRITE, "bank-b", FRAUD, False),
        (Right.READ, "police-x", FRAUD, True),
        (Right.READ, "bank-b", FRAUD, False),
        (Right.READ, "bank-b", LOOSE, True),
        (Right.READ, "", LOOSE, False),
    ],
)
def test_a_right_is_held_by_name_by_group_or_with_everybody(world: World, right, partner, collection, expected):
    """Grants name a partner, a group or everybody; who has not signed in is nobody."""
    with world.store.snapshot() as snapshot:
        assert holds(snapshot.registry, right, partner, collection) is expected


def test_a_right_that_ended_is_not_held(world: World):
    """Of a right's history its last span counts."""
    world.store.commit(lambda tx: tx.registry.end_right(Right.MEMBER, "partner:police-x", GROUP))
    assert not holds_now(reader_of(world.store, world.actor("x-pull")).groups[GROUP])
    world.store.commit(lambda tx: tx.registry.open_right(Right.MEMBER, "partner:police-x", GROUP))
    assert holds_now(reader_of(world.store, world.actor("x-pull")).groups[GROUP])


def test_every_act_leaves_its_event(world: World):
    """The audit trail is part of the act: who, what, to what, and no content."""
    sue = world.actor("s-sue")
    pushed = world.push("a-push", FRAUD, domain("one.test", "green"), domain("two.test", "red"))
    refused = world.push("a-push", FRAUD, domain("three.test", "green"))
    world.review.release(sue, pushed.id)
    world.review.reject(sue, refused.id, "no source")
    world.marking.raise_level(sue, domain_id("one.test"), Level.AMBER, "a case")
    world.sharing.delete(world.actor("a-push"), FRAUD.id, domain_id("one.test"))
    world.reference.load(OPERATOR, bundle(domain("four.test")))
    one, two, three = (domain_id(f"{name}.test") for name in ("one", "two", "three"))
    received = {"collection": FRAUD.id, "released": False}
    assert world.events() == [
        ("a-push", "object:add", pushed.id, {**received, "objects": 2, "new": 2}),
        ("a-push", "object:add", refused.id, {**received, "objects": 1, "new": 1}),
        ("s-sue", "submission:release", pushed.id, {"objects": [one, two], "blind": [two]}),
        ("s-sue", "submission:reject", refused.id, {"objects": [three], "blind": [], "reason": "no source"}),
        ("s-sue", "object:mark", one, {"level": "amber", "reason": "a case", "changed": 1}),
        ("a-push", "object:delete", one, {"collection": FRAUD.id, "versions": [pushed.items[0].version]}),
        ("operator (alice)", "reference:load", "", {"objects": 1, "added": 1}),
    ]


def test_a_refused_act_leaves_nothing(world: World):
    """Nothing half done: no event, no submission, no change."""
    world.push("a-push", LOOSE, domain("one.test", "clear"))
    before = world.events()
    with pytest.raises(ForbiddenError):
        world.push("x-pull", LOOSE, domain("two.test", "clear"))
    with pytest.raises(ForbiddenError):
        world.sharing.delete(world.actor("b-push"), LOOSE.id, domain_id("one.test"))
    with pytest.raises(ForbiddenError):
        world.marking.raise_level(world.actor("x-xan"), domain_id("one.test"), Level.RED, "because")
    assert world.events() == before
