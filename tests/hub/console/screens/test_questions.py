"""Questions: asked from an object, answered by its producer, and nobody learns who the other is."""

from __future__ import annotations

import pytest

from tests.hub.console.browsing import Site, words
from tests.hub.services.world import FRAUD, domain, domain_id

ONE = domain_id("one.test")


@pytest.fixture
def shared(site: Site) -> Site:
    """Give a console whose group reads an object of bank-a."""
    pushed = site.world.push("a-push", FRAUD, domain("one.test", "amber"))
    site.world.review.release(site.world.actor("s-sue"), pushed.id)
    return site


def ask(site: Site) -> str:
    """Ask as x-xan; give the address of the question's page."""
    asked = site.browser("x-xan").post("/questions", {"object": ONE, "text": "Since when?\r\nAnd who says so?"})
    assert asked.status_code == 303
    return str(asked.location).removeprefix("/console").partition("?")[0]


def test_a_question_and_its_answer_go_through_the_hub(shared: Site):
    """The reader reads the producer's answer, the producer a reader's question: no names on either page."""
    xan, ada = shared.browser("x-xan"), shared.browser("a-ada")
    assert f"About {ONE}" in words(xan.get(f"/questions?object={ONE}"))
    path = ask(shared)
    assert "a reader open" in words(ada.get("/questions"))
    asked = words(ada.get(path))
    assert "Since when?" in asked
    assert not {"x-xan", "police-x"} & set(asked.split())
    assert ada.post(path, {"text": "Since May."}).status_code == 303
    answered = words(xan.get(path))
    assert "its producer Since May." in answered
    assert not {"a-ada", "bank-a"} & set(answered.split())
    assert "x-xan of police-x" in words(shared.browser("s-sue").get(path))


def test_hidden_and_absent_objects_are_answered_alike(shared: Site):
    """The page differs in nothing but the id that was typed."""
    eve = shared.browser("o-eve")
    pages = []
    for id_ in (ONE, domain_id("never.test")):
        page = eve.post("/questions", {"object": id_, "text": "What is it?"})
        pages.append((page.status_code, page.get_data(as_text=True).replace(id_, "ID")))
    assert pages[0] == pages[1]
    assert pages[0][0] == 404
    assert "What is it?" in pages[0][1]


def test_what_was_typed_is_kept_when_it_can_not_be_taken(shared: Site):
    """With a sentence on what to do."""
    long = "x" * 2_001
    page = shared.browser("x-xan").post("/questions", {"object": ONE, "text": long})
    assert (page.status_code, long in page.get_data(as_text=True)) == (422, True)
    path = ask(shared)
    refused = shared.browser("a-ada").post(path, {"text": " "})
    assert (refused.status_code, "a text is 1 to 2000 characters" in words(refused)) == (422, True)
    assert shared.browser("x-xan").post(path, {"text": "Hello?"}).status_code == 403


def test_others_find_no_question(shared: Site):
    """Another's question and one that never was are one page."""
    path = ask(shared)
    eve = shared.browser("o-eve")
    hidden, never = eve.get(path), eve.get("/questions/8f0f9f3a-6a66-4f3c-9d4e-6f2a3b1c0d9e")
    assert (hidden.status_code, hidden.data) == (404, never.data)
    assert "No question yet" in words(eve.get("/questions"))
