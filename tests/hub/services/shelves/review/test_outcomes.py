"""Three outcomes, over some objects of a push, by one reviewer or by two (visibility.md S8, Status)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.errors import ConflictError, ForbiddenError
from hub.model.collections import Intake, Right
from hub.model.submissions import ItemState, Submission, SubmissionState
from tests.hub.services.world import FRAUD, LOOSE, World, domain, domain_id

TWICE = replace(FRAUD, intake=Intake.TWO_REVIEWERS)
ONE, TWO = domain("one.test", "green"), domain("two.test", "green")


def states(submission: Submission) -> list[ItemState]:
    """Give where its objects stand."""
    return [item.state for item in submission.items]


def by_two(world: World) -> None:
    """Let two reviewers decide about what is pushed to the collection."""
    world.store.commit(lambda tx: tx.registry.put_collection(TWICE))


def test_what_is_returned_can_be_mended_and_sent_again(world: World):
    """Its sender reads the reason among the failures and what to do; the same id and version is taken anew."""
    pushed = world.push("a-push", FRAUD, ONE)
    done = world.review.send_back(world.actor("x-xan"), pushed.id, "who says so?")
    assert (done.state, states(done)) == (SubmissionState.RETURNED, [ItemState.RETURNED])
    told = world.intake.status(world.actor("a-push"), pushed.id)
    assert told.items[0].message == "returned: who says so?; mend it and send it again"
    mended = world.push("a-push", FRAUD, ONE | {"x_source": "a mailbox"})
    assert mended.state is SubmissionState.REVIEW
    assert world.events()[-2][1:] == (
        "submission:return",
        pushed.id,
        {"objects": [ONE["id"]], "blind": [], "reason": "who says so?"},
    )


def test_objects_of_a_push_can_go_different_ways(world: World):
    """The chosen ones are decided about, the others wait on."""
    pushed = world.push("a-push", FRAUD, ONE, TWO, domain("three.test", "green"))
    xan = world.actor("x-xan")
    released = world.review.release(xan, pushed.id, frozenset({domain_id("two.test")}))
    assert [item.object_id for item in released.items] == [domain_id("two.test")]
    world.review.send_back(xan, pushed.id, "no source", frozenset({domain_id("one.test")}))
    assert [item.object_id for item in world.review.show(xan, pushed.id).submission.items] == [domain_id("three.test")]
    status = world.intake.status(world.actor("a-push"), pushed.id)
    assert states(status) == [ItemState.RETURNED, ItemState.RELEASED, ItemState.REVIEW]


@pytest.mark.parametrize("value", ["two.test", "never.test", "decided.test"])
def test_an_object_that_does_not_wait_for_the_reviewer_stops_the_act(world: World, value: str):
    """Hidden, absent and decided are the same, and nothing of the choice is done."""
    pushed = world.push("a-push", FRAUD, ONE, domain("two.test", "red"), domain("decided.test", "green"))
    xan = world.actor("x-xan")
    world.review.release(xan, pushed.id, frozenset({domain_id("decided.test")}))
    chosen = frozenset({domain_id("one.test"), domain_id(value)})
    with pytest.raises(ConflictError, match=f"{domain_id(value)} does not wait for you"):
        world.review.release(xan, pushed.id, chosen)
    assert not world.sees("x-pull", "one.test")


def test_two_reviewers_of_two_organisations_release(world: World):
    """The first one's word is kept and audited; the second need not know whose it is, and lets the object out."""
    by_two(world)
    pushed = world.push("a-push", FRAUD, ONE)
    first = world.review.release(world.actor("a-ada"), pushed.id)
    assert states(first) == [ItemState.REVIEW]
    assert not world.sees("x-pull", "one.test")
    for name, told in (("s-sue", ("a-ada", "bank-a")), ("x-xan", ("", ""))):
        (exhibit,) = world.review.show(world.actor(name), pushed.id).exhibits
        assert ([(each.account, each.partner) for each in exhibit.approvals], exhibit.closed) == ([told], None)
    assert states(world.review.release(world.actor("x-xan"), pushed.id)) == [ItemState.RELEASED]
    assert world.sees("x-pull", "one.test")
    assert [event[:2] for event in world.events()[-2:]] == [
        ("a-ada", "submission:approve"),
        ("x-xan", "submission:release"),
    ]


@pytest.mark.parametrize(("first", "second"), [("x-xan", "x-xan"), ("a-ada", "a-ada"), ("x-xan", "a-ada")])
def test_the_second_is_of_another_organisation_than_the_first_and_the_producer(world: World, first: str, second: str):
    """He can send it back, and is told why he can't release it."""
    by_two(world)
    pushed = world.push("a-push", FRAUD, ONE)
    world.review.release(world.actor(first), pushed.id)
    with pytest.raises(ForbiddenError, match="second reviewer"):
        world.review.release(world.actor(second), pushed.id)
    (exhibit,) = world.review.show(world.actor(second), pushed.id).exhibits
    assert "second reviewer" in (exhibit.closed or "")
    assert states(world.review.reject(world.actor(second), pushed.id, "it is ours")) == [ItemState.REJECTED]


def test_the_secretariat_is_an_organisation(world: World):
    """Its word is one of the two, and not both."""
    by_two(world)
    pushed = world.push("a-push", FRAUD, ONE)
    sue = world.actor("s-sue")
    world.review.release(sue, pushed.id)
    with pytest.raises(ForbiddenError, match="second reviewer"):
        world.review.release(sue, pushed.id)
    assert states(world.review.release(world.actor("x-xan"), pushed.id)) == [ItemState.RELEASED]


def test_the_word_of_one_who_was_suspended_counts_no_more(world: World):
    """Another's is then the first."""
    by_two(world)
    pushed = world.push("a-push", FRAUD, ONE)
    xan = world.actor("x-xan")
    world.review.release(xan, pushed.id)
    assert xan.account
    suspended = replace(xan.account, suspended=True)
    world.store.commit(lambda tx: tx.registry.put_account(suspended))
    assert states(world.review.release(world.actor("s-sue"), pushed.id)) == [ItemState.REVIEW]


def test_nobody_is_trusted_where_two_reviewers_decide(world: World):
    """A grant that says trusted does not apply there."""
    by_two(world)
    world.store.commit(lambda tx: tx.registry.open_right(Right.TRUSTED, "partner:bank-a", FRAUD.id))
    assert world.push("a-push", FRAUD, ONE).state is SubmissionState.REVIEW
    assert world.push("a-push", LOOSE, ONE).state is SubmissionState.RELEASED


def test_what_a_release_would_do_is_said_before(world: World):
    """Objects and who gets them; partners by name for the secretariat alone."""
    world.store.commit(lambda tx: tx.registry.put_collection(replace(FRAUD, intake=Intake.REVIEW)))
    pushed = world.push("a-push", FRAUD, ONE, domain("two.test", "clear"))
    chosen = frozenset({domain_id("one.test")})
    seen = world.review.foresee(world.actor("s-sue"), pushed.id, chosen)
    assert [(each.item.object_id, words) for each, words in seen.outgoing] == [
        (domain_id("one.test"), "accounts, except observers', that read Fraud")
    ]
    assert (seen.first, seen.partners) == (0, ("police-x", "secretariat"))
    assert world.review.foresee(world.actor("s-sue"), pushed.id).partners == ("police-x", "secretariat", "watch-o")
    assert world.review.foresee(world.actor("x-xan"), pushed.id).partners is None
    by_two(world)
    first = world.review.foresee(world.actor("s-sue"), pushed.id)
    assert (first.outgoing, first.first, first.partners) == ((), 2, ())
