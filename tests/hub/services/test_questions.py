"""Questions between readers and producers, through the hub."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError, ThrottledError
from hub.model.collections import Right
from hub.model.questions import MAX_TEXT_CHARACTERS
from hub.policy.actions import operator
from hub.services.questions import ASKED_A_DAY, Party, Questions, checked_text
from tests.hub.services.world import FRAUD, GROUP, LOOSE, World, domain, domain_id

ONE = domain_id("one.test")


@pytest.fixture
def questions(world: World) -> Questions:
    """Give the service over a world in which bank-a shares an object with its group, and one with two of them."""
    shared = world.push("a-push", FRAUD, domain("one.test", "amber"))
    world.review.release(world.actor("s-sue"), shared.id)
    red = world.push("a-ada", FRAUD, domain("red.test", "red"), recipients=frozenset({"x-xan"}))
    world.review.release(world.actor("s-sue"), red.id)
    return Questions(world.store)


def test_neither_learns_who_the_other_is(world: World, questions: Questions):
    """The reader gets an answer from its producer, the producer a question from a reader."""
    xan, ada = world.actor("x-xan"), world.actor("a-ada")
    asked = questions.ask(xan, ONE, "Since when?")
    assert (asked.mine, asked.can_answer, asked.asker, asked.producer) == (True, False, None, None)
    (received,) = questions.list(ada).entries
    assert (received.mine, received.can_answer, received.asker, received.producer) == (False, True, None, None)
    answered = questions.answer(ada, asked.id, "Since May.")
    assert [(each.text, each.account) for each in answered.answers] == [("Since May.", "a-ada")]
    assert [(each.text, each.account) for each in questions.show(xan, asked.id).answers] == [("Since May.", None)]


def test_the_secretariat_sees_both_as_far_as_it_sees_the_object(world: World, questions: Questions):
    """Not what was asked of RED that does not name it (S8)."""
    xan, sue = world.actor("x-xan"), world.actor("s-sue")
    asked = questions.ask(xan, ONE, "Since when?")
    hidden = questions.ask(xan, domain_id("red.test"), "And this?")
    (seen,) = questions.list(sue).entries
    assert (seen.id, seen.asker, seen.producer) == (asked.id, Party("police-x", "x-xan"), Party("bank-a"))
    assert not seen.can_answer
    with pytest.raises(ForbiddenError):
        questions.answer(sue, asked.id, "Since May.")
    with pytest.raises(NotFoundError):
        questions.show(sue, hidden.id)
    assert [each.id for each in questions.list(world.actor("a-ada")).entries] == [hidden.id, asked.id]


def test_a_question_is_its_accounts(world: World, questions: Questions):
    """Others who see the object, and the asker's colleagues, find none."""
    asked = questions.ask(world.actor("x-xan"), ONE, "Since when?")
    for name in ("x-pull", "b-push", "o-eve", "a-push"):
        assert questions.list(world.actor(name)).entries == ()
        for id_ in (asked.id, "8f0f9f3a-6a66-4f3c-9d4e-6f2a3b1c0d9e"):
            with pytest.raises(NotFoundError, match=f"no question {id_}"):
                questions.show(world.actor(name), id_)


def test_a_hidden_object_can_not_be_asked_about(world: World, questions: Questions):
    """It is as absent as one that never was (S17)."""
    eve = world.actor("o-eve")
    for id_ in (ONE, domain_id("red.test"), domain_id("never.test")):
        with pytest.raises(NotFoundError, match=f"no object {id_}"):
            questions.ask(eve, id_, "What is it?")


def test_who_asks_is_a_person_of_another_organisation(world: World, questions: Questions):
    """No service, no operator, nobody about his own organisation's, and nobody about what the hub holds."""
    for name in ("x-pull", "a-ada"):
        with pytest.raises(ForbiddenError):
            questions.ask(world.actor(name), ONE, "What is it?")
    with pytest.raises(ForbiddenError):
        questions.ask(operator("alice"), ONE, "What is it?")
    with pytest.raises(ConflictError):
        questions.ask(world.actor("x-xan"), GROUP, "What is it?")


def test_who_no_longer_sees_the_object_keeps_what_he_asked(world: World, questions: Questions):
    """His text and the id, and no answer: that would tell of the object."""
    xan, ada = world.actor("x-xan"), world.actor("a-ada")
    asked = questions.ask(xan, ONE, "Since when?")
    questions.answer(ada, asked.id, "Since May.")
    world.store.commit(lambda tx: tx.registry.end_right(Right.MEMBER, "partner:police-x", GROUP))
    kept = questions.show(xan, asked.id)
    assert (kept.text, kept.object_id, kept.sees_object, kept.answers) == ("Since when?", ONE, False, ())
    assert questions.show(ada, asked.id).answers


def test_of_several_producers_the_one_is_asked_whose_object_is_shown(world: World, questions: Questions):
    """S12: what another pushed under the id stays out of it."""
    world.push("b-push", LOOSE, domain("two.test", "green"))
    asked = questions.ask(world.actor("x-xan"), domain_id("two.test"), "Who says so?")
    assert questions.show(world.actor("s-sue"), asked.id).producer == Party("bank-b")


def test_what_was_said_is_in_no_audit_trail(world: World, questions: Questions):
    """That it was said is, with the object and how long it was."""
    asked = questions.ask(world.actor("x-xan"), ONE, "Since when?")
    questions.answer(world.actor("a-ada"), asked.id, "May.")
    assert world.events()[-2:] == [
        ("x-xan", "question:ask", asked.id, {"object": ONE, "characters": 11}),
        ("a-ada", "question:answer", asked.id, {"object": ONE, "characters": 4}),
    ]


@pytest.mark.parametrize("text", ["", " \n ", "a\x00b", "a\u202eb", "x" * (MAX_TEXT_CHARACTERS + 1)])
def test_a_text_is_printable_lines(world: World, questions: Questions, text: str):
    """1 to 2,000 characters that look as they are."""
    with pytest.raises(InvalidInputError, match="2000 characters"):
        questions.ask(world.actor("x-xan"), ONE, text)


def test_lines_are_kept_as_lines():
    """Whatever a browser or a spreadsheet ends them with."""
    assert checked_text(" one \r\ntwo\tthree\r\n\r\n") == "one\ntwo three"


def test_an_account_asks_so_often_a_day(world: World, questions: Questions):
    """Beyond that it is told when to come again."""
    xan = world.actor("x-xan")
    for number in range(ASKED_A_DAY):
        questions.ask(xan, ONE, f"Question {number}?")
    with pytest.raises(ThrottledError) as refused:
        questions.ask(xan, ONE, "And?")
    assert 86_000 < refused.value.retry_after_seconds <= 86_400
    pages = [questions.list(xan, limit=15)]
    pages.append(questions.list(xan, pages[0].next, limit=15))
    texts = [each.text for page in pages for each in page.entries]
    assert texts == [f"Question {number}?" for number in reversed(range(ASKED_A_DAY))]
    assert pages[1].next is None


def test_a_question_is_to_the_producer_of_what_is_shown(world: World, questions: Questions):
    """Of several contributions of one observable the most restrictive is shown (S12): it is what was asked about."""
    world.push("b-push", LOOSE, domain("one.test", "clear"))
    asked = questions.ask(world.actor("x-xan"), ONE, "Since when?")
    assert [each.id for each in questions.list(world.actor("a-ada")).entries] == [asked.id]


def test_who_reads_no_more_gets_no_answers(world: World, questions: Questions):
    """An account without the role keeps what it asked, and nothing that was said of it since."""
    asked = questions.ask(world.actor("x-xan"), ONE, "Since when?")
    questions.answer(world.actor("a-ada"), asked.id, "Since May.")
    account = world.actor("x-xan").account
    assert account is not None
    world.store.commit(lambda tx: tx.registry.put_account(replace(account, roles=frozenset())))
    told = questions.show(world.actor("x-xan"), asked.id)
    assert (told.mine, told.sees_object, told.answers) == (True, False, ())


def test_who_may_not_read_is_refused_whatever_he_asks_about(world: World, questions: Questions):
    """Visible to his organisation, held by the hub, or absent: one answer, so that nothing can be tried out."""
    account = world.actor("x-xan").account
    assert account is not None
    world.store.commit(lambda tx: tx.registry.put_account(replace(account, roles=frozenset())))
    said = set()
    for id_ in (ONE, GROUP, domain_id("never.test")):
        with pytest.raises(ForbiddenError) as caught:
            questions.ask(world.actor("x-xan"), id_, "What is it?")
        said.add(str(caught.value))
    assert len(said) == 1
