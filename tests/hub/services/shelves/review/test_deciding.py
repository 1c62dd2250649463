"""Review: who may let out what (visibility.md S8)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from hub.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from hub.model.collections import Right
from hub.model.members import Role
from hub.model.submissions import ItemState, SubmissionState
from hub.store.base import Transaction
from tests.hub.services.world import FRAUD, GROUP, OPERATOR, UNKNOWN, World, domain, domain_id


def test_a_reviewer_releases_what_he_would_see(world: World):
    """Objects he would not see go on waiting, and he hears nothing of them."""
    pushed = world.push("a-push", FRAUD, domain("one.test", "green"), domain("two.test", "red"))
    xan = world.actor("x-xan")
    assert [[item.object_id for item in case.submission.items] for case in world.review.queue(xan)] == [
        [domain_id("one.test")]
    ]
    done = world.review.release(xan, pushed.id)
    assert [(item.object_id, item.state) for item in done.items] == [(domain_id("one.test"), ItemState.RELEASED)]
    assert world.sees("x-pull", "one.test")
    states = [item.state for item in world.intake.status(world.actor("a-push"), pushed.id).items]
    assert states == [ItemState.RELEASED, ItemState.REVIEW]
    with pytest.raises(NotFoundError):
        world.review.show(xan, pushed.id)


def test_a_part_of_the_queue_says_how_much_there_is(world: World):
    """Only what the reviewer may decide about is counted, blind or not."""
    for number in range(3):
        world.push("a-push", FRAUD, domain(f"{number}.test", "green"), domain(f"red{number}.test", "red"))
    world.push("a-push", FRAUD, domain("red.test", "red"))
    for name, total in (("x-xan", 3), ("s-sue", 4)):
        actor = world.actor(name)
        desk = world.review.desk(actor, start=1, limit=1)
        assert (desk.cases, desk.total) == (world.review.queue(actor)[1:2], total)
        assert world.review.desk(actor, limit=0).cases == ()


def test_the_next_that_waits_is_the_next_he_may_decide_about(world: World):
    """What is hidden from the reviewer is passed over; after the last comes none."""
    first = world.push("a-push", FRAUD, domain("one.test", "green"))
    world.push("a-push", FRAUD, domain("two.test", "red"))
    third = world.push("a-push", FRAUD, domain("three.test", "green"))
    xan = world.actor("x-xan")
    assert world.review.following(xan, first.id) == third.id
    assert world.review.following(xan, third.id) is None
    assert world.review.following(xan, "8f0f9f3a-6a66-4f3c-9d4e-6f2a3b1c0d9e") is None


def test_a_reviewer_for_whom_nothing_is_left_finds_no_submission(world: World):
    """Unseen is absent: an observer reviewing AMBER gets what an invented id gives."""
    pushed = world.push("a-push", FRAUD, domain("one.test", "amber"))
    eve = world.actor("o-eve")
    assert world.review.queue(eve) == ()
    for id_ in (pushed.id, "8f0f9f3a-6a66-4f3c-9d4e-6f2a3b1c0d9e"):
        with pytest.raises(NotFoundError, match=f"no submission {id_}"):
            world.review.release(eve, id_)


@pytest.mark.parametrize(("name", "told"), [("s-sue", True), ("a-ada", True), ("x-xan", False), ("o-eve", False)])
def test_who_pushed_it_is_told_to_the_secretariat_and_its_organisation_alone(world: World, name: str, told: bool):
    """S8: others read it as if it were released, and nothing that is released names its producer's organisation."""
    pushed = world.push("a-push", FRAUD, domain("one.test", "clear"), recipients=frozenset({"x-pull"}))
    actor = world.actor(name)
    (case,) = world.review.queue(actor)
    examined = world.review.examine(actor, pushed.id)
    shown, (exhibit,) = world.review.show(actor, pushed.id), (sheet.exhibit for sheet in examined.sheets)
    ((foreseen, _),) = world.review.foresee(actor, pushed.id).outgoing
    done = world.review.release(actor, pushed.id)
    for found in (case.submission, shown.submission, examined.submission, done):
        assert (found.account, found.partner) == (("a-push", "bank-a") if told else ("", ""))
        assert found.recipients == (frozenset({"x-pull"}) if told else frozenset())
    for found in (*case.exhibits, *shown.exhibits, exhibit, foreseen):
        assert found.label.producer == ("bank-a" if told else "")
    assert ("bank-a" in repr((case, shown, examined, foreseen, done))) is told


def test_the_author_never_reviews(world: World):
    """Not his own push; a colleague's he may."""
    own = world.push("a-ada", FRAUD, domain("one.test", "green"))
    other = world.push("a-push", FRAUD, domain("two.test", "green"))
    ada = world.actor("a-ada")
    assert [case.submission.id for case in world.review.queue(ada)] == [other.id]
    with pytest.raises(ForbiddenError, match="author"):
        world.review.release(ada, own.id)
    assert world.review.release(ada, other.id).state is SubmissionState.RELEASED


@pytest.mark.parametrize("actor", ["a-push", "x-pull", None])
def test_who_is_no_reviewer_has_no_queue(world: World, actor):
    """Contributors, readers and the operator are refused."""
    with pytest.raises(ForbiddenError):
        world.review.queue(world.actor(actor) if actor else OPERATOR)


def test_the_secretariat_decides_on_metadata_about_what_it_may_not_read(world: World):
    """S8: RED and withheld objects show no bytes, and their release is audited as blind."""
    pushed = world.push(
        "a-push", FRAUD, domain("one.test", "amber"), domain("two.test", "red"), domain("three.test", UNKNOWN)
    )
    sue = world.actor("s-sue")
    case = world.review.show(sue, pushed.id)
    assert [exhibit.body is None for exhibit in case.exhibits] == [False, True, True]
    assert case.exhibits[2].findings == (
        f"withheld: marking {UNKNOWN} is not known here",
        "no TLP marking: taken as RED",
    )
    world.review.release(sue, pushed.id)
    assert [world.sees("s-sue", f"{name}.test") for name in ("one", "two", "three")] == [True, False, False]


def _loses_the_role(tx: Transaction, world: World) -> None:
    account = world.actor("x-xan").account
    assert account
    tx.registry.put_account(replace(account, roles=frozenset({Role.READER})))


def _is_suspended(tx: Transaction, world: World) -> None:
    account = world.actor("x-xan").account
    assert account
    tx.registry.put_account(replace(account, suspended=True))


def _is_of_a_suspended_partner(tx: Transaction, world: World) -> None:
    partner = world.actor("x-xan").partner
    assert partner
    tx.registry.put_partner(replace(partner, suspended=True))


@pytest.mark.parametrize("change", [_loses_the_role, _is_suspended, _is_of_a_suspended_partner])
def test_who_may_not_review_any_more_decides_nothing(world: World, change: Callable[[Transaction, World], None]):
    """What counts is who he is when it is decided, not when he asked."""
    pushed = world.push("a-push", FRAUD, domain("one.test", "green"))
    xan = world.actor("x-xan")
    world.store.commit(lambda tx: change(tx, world))
    for act in (
        world.review.release,
        partial(world.review.reject, reason="x"),
        partial(world.review.send_back, reason="x"),
    ):
        with pytest.raises(ForbiddenError):
            act(xan, pushed.id)
    assert world.intake.status(world.actor("a-push"), pushed.id).state is SubmissionState.REVIEW


def test_who_would_not_see_it_any_more_decides_nothing_about_it(world: World):
    """A group that he left meanwhile takes the object out of his queue."""
    pushed = world.push("a-push", FRAUD, domain("one.test", "amber"))
    xan, review = world.actor("x-xan"), world.review
    world.store.commit(lambda tx: tx.registry.end_right(Right.MEMBER, "partner:police-x", GROUP))
    with pytest.raises(NotFoundError):
        review.release(xan, pushed.id)


def test_what_is_decided_is_decided(world: World):
    """The secretariat hears that nothing is left, whatever was decided."""
    pushed = world.push("a-push", FRAUD, domain("one.test", "green"))
    sue = world.actor("s-sue")
    world.review.reject(sue, pushed.id, "no source given")
    for act in (world.review.release, world.review.show):
        with pytest.raises(ConflictError, match="decided"):
            act(sue, pushed.id)


def test_a_rejection_reaches_the_sender_with_its_reason(world: World):
    """visibility.md, Status: what a reviewer rejects moves to the failures; it may be pushed again."""
    pushed = world.push("a-push", FRAUD, domain("one.test", "green"))
    world.review.reject(world.actor("x-xan"), pushed.id, "no source given")
    status = world.intake.status(world.actor("a-push"), pushed.id)
    assert [(item.state, item.message) for item in status.items] == [(ItemState.REJECTED, "no source given")]
    assert world.push("a-push", FRAUD, domain("one.test", "green")).state is SubmissionState.REVIEW


@pytest.mark.parametrize("reason", ["", "  ", "two\nlines", "x" * 1_001])
def test_a_rejection_needs_a_reason(world: World, reason: str):
    """One line, for the sender and the audit trail."""
    pushed = world.push("a-push", FRAUD, domain("one.test", "green"))
    with pytest.raises(InvalidInputError, match="reason"):
        world.review.reject(world.actor("s-sue"), pushed.id, reason)
