"""Intake: who may push where, what becomes of each object, and what its sender is told."""

from __future__ import annotations

import json

import pytest

from hub.errors import ForbiddenError, InvalidInputError, NotFoundError
from hub.model.members import Actor
from hub.model.submissions import ItemState, Submission, SubmissionState
from stix_models.markings import Level
from tests.hub.services.world import (
    FRAUD,
    LOOSE,
    NOBODY,
    OPERATOR,
    World,
    bundle,
    domain,
    domain_id,
)


def messages(submission: Submission) -> list[str]:
    """Give what the sender is told, object by object."""
    return [item.message for item in submission.items]


def states(submission: Submission) -> list[ItemState]:
    """Give where the objects stand."""
    return [item.state for item in submission.items]


def test_a_trusted_push_is_released_at_once(world: World):
    """A collection whose intake is trusted needs no reviewer."""
    done = world.push("a-push", LOOSE, domain("one.test", "clear"))
    assert (done.state, states(done), messages(done)) == (SubmissionState.RELEASED, [ItemState.RELEASED], [""])
    assert [entry.object_id for entry in world.feed("x-pull", LOOSE)] == [domain_id("one.test")]


def test_a_push_to_a_reviewed_collection_waits(world: World):
    """Nothing of it is visible to anybody by the way of released data, its producer's own included."""
    done = world.push("a-push", FRAUD, domain("one.test", "clear"))
    assert (done.state, messages(done)) == (SubmissionState.REVIEW, ["in review"])
    assert not any(world.sees(name, "one.test") for name in ("a-push", "x-pull", "s-sue"))


def test_a_push_again_changes_nothing(world: World):
    """Repeats are idempotent; the dates readers have stay (S12)."""
    world.push("a-push", LOOSE, domain("one.test", "clear"))
    before = world.feed("x-pull", LOOSE)
    again = world.push("a-push", LOOSE, domain("one.test", "clear"), domain("one.test", "clear"))
    assert states(again) == [ItemState.KNOWN, ItemState.KNOWN]
    assert world.feed("x-pull", LOOSE) == before


def test_a_push_under_an_id_is_taken_in_once(world: World):
    """The same account's second push of the id is answered with the first, whatever it holds."""
    id_ = "8f7f5a0e-5b0f-4c63-9d0a-7c1f1c5b8b55"
    first = world.push("a-push", LOOSE, domain("one.test", "clear"), once=id_)
    again = world.push("a-push", LOOSE, domain("two.test", "clear"), once=id_)
    assert (first.id, again) == (id_, first)
    assert not world.sees("x-pull", "two.test")
    assert len([event for event in world.events() if event[1] == "object:add"]) == 1


def test_a_sender_may_want_more_for_what_names_no_level(world: World):
    """A floor raises the level of what has no marking, never of what has one, and never lowers the collection's."""
    for floor, level in ((Level.CLEAR, "AMBER"), (Level.RED, "RED")):
        name = f"{floor}.test"
        done = world.push("a-push", FRAUD, domain(name), domain(f"marked-{name}", "clear"), floor=floor)
        assert f"taken as {level}" in done.items[0].message
        assert done.items[1].message == "in review"


def test_one_bad_object_never_costs_the_others(world: World):
    """It is a failure of its own, the rest goes in."""
    bad = {"type": "domain-name", "spec_version": "2.1", "id": domain_id("bad.test")}
    done = world.push("a-push", LOOSE, domain("one.test", "clear"), bad, domain("two.test", "clear"))
    assert states(done) == [ItemState.RELEASED, ItemState.FAILED, ItemState.RELEASED]
    assert "value" in messages(done)[1]


def test_the_bytes_that_come_out_are_those_that_went_in(world: World):
    """Stored bytes are what is served."""
    raw = json.dumps(domain("one.test", "clear"), indent=3).encode()
    world.intake.submit(world.actor("a-push"), LOOSE.id, b'{ "objects" : [ ' + raw + b" ] }")
    assert [entry.body for entry in world.feed("x-pull", LOOSE)] == [raw]


@pytest.mark.parametrize("name", ["a-push", "x-pull"])
def test_a_collection_without_any_right_is_absent(world: World, name: str):
    """An unknown one, and one the token or the partner has nothing to do with, give the same answer."""
    actor = world.actor(name, collections=frozenset({LOOSE.id}))
    told = set()
    for reference in (FRAUD.id, "9c1b8f0e-0000-4000-8000-000000000000"):
        with pytest.raises(NotFoundError) as error:
            world.intake.submit(actor, reference, bundle(domain("one.test")))
        told.add(str(error.value).replace(reference, ""))
    assert len(told) == 1


@pytest.mark.parametrize(
    ("name", "token", "collection"),
    [("x-pull", {}, FRAUD), ("o-eve", {}, FRAUD), ("s-sue", {}, FRAUD), ("a-push", {"read_only": True}, FRAUD)],
)
def test_who_only_reads_may_not_push(world: World, name, token, collection):
    """Readable but not writable is refused, and nothing of it is kept."""
    with pytest.raises(ForbiddenError):
        world.intake.submit(world.actor(name, **token), collection.id, bundle(domain("one.test")))
    assert world.review.queue(world.actor("s-sue")) == ()


@pytest.mark.parametrize(("actor", "error"), [(OPERATOR, ForbiddenError), (NOBODY, NotFoundError)])
def test_without_an_account_nobody_pushes(world: World, actor: Actor, error):
    """The operator never touches content; who has not signed in finds no collection."""
    with pytest.raises(error):
        world.intake.submit(actor, LOOSE.id, bundle(domain("one.test")))


def test_an_unmarked_object_takes_the_envelopes_most_restrictive_level(world: World):
    """S10: the level of its first arrival stands, whatever a later envelope says."""
    first = world.push("a-push", FRAUD, domain("one.test"), domain("two.test", "amber+strict"))
    world.push("a-push", FRAUD, domain("one.test"), domain("three.test", "red"))
    case = world.review.show(world.actor("s-sue"), first.id)
    assert [exhibit.label.level for exhibit in case.exhibits] == ["amber+strict", "amber+strict"]
    assert messages(first) == ["in review; no TLP marking: taken as AMBER+STRICT", "in review"]


def test_a_status_is_for_its_poster_alone(world: World):
    """A colleague, the secretariat and an unknown id all get the same: there is none (TAXII 2.1 section 4.3)."""
    done = world.push("a-push", LOOSE, domain("one.test", "clear"))
    assert world.intake.status(world.actor("a-push"), done.id) == done
    for name in ("a-ada", "s-sue", "x-pull"):
        with pytest.raises(NotFoundError):
            world.intake.status(world.actor(name), done.id)


def test_a_token_cut_to_a_collection_knows_no_status_of_another(world: World):
    """What the account pushed elsewhere is not for who holds such a token."""
    done = world.push("a-push", LOOSE, domain("one.test", "clear"))
    assert world.intake.status(world.actor("a-push", collections=frozenset({LOOSE.id})), done.id) == done
    with pytest.raises(NotFoundError):
        world.intake.status(world.actor("a-push", collections=frozenset({FRAUD.id})), done.id)


def test_recipients_of_red_come_with_the_push(world: World):
    """S5: the named account of a member gets it, its colleague does not; nobody's name is taken in silence."""
    named = frozenset({"x-xan", "nobody.at-all"})
    done = world.push("a-push", LOOSE, domain("one.test", "red"), recipients=named)
    assert messages(done) == [""]
    assert [name for name in ("x-xan", "x-pull", "a-ada", "a-push", "s-sue") if world.sees(name, "one.test")] == [
        "x-xan",
        "a-push",
    ]


def test_a_recipient_that_is_no_account_name_is_refused(world: World):
    """Nothing is kept of such a push."""
    with pytest.raises(InvalidInputError, match="account names"):
        world.push("a-push", LOOSE, domain("one.test", "red"), recipients=frozenset({"Not A Name"}))
    assert not world.sees("a-push", "one.test")
