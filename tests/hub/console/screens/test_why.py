"""W5: why an account sees an object, and who else does."""

from __future__ import annotations

import re

import pytest

from tests.hub.console.browsing import Site, words
from tests.hub.services.world import FRAUD, GROUP, LOOSE, UNKNOWN, domain, domain_id

ONE = domain_id("one.test")


def release(site: Site, *levels: str) -> None:
    """Bring one.test into Fraud, past review."""
    pushed = site.world.push("a-push", FRAUD, domain("one.test", *levels))
    site.world.review.release(site.world.actor("s-sue"), pushed.id)


def test_the_first_stop_is_in_bold_and_the_nearest_change_beside_it(site: Site):
    """Every rule that was tried, in order, and what would open it."""
    release(site, "amber", GROUP)
    answer = site.browser("s-sue").get(f"/why?account=b-push&object={ONE}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<strong>no right to read this collection</strong>" in page
    assert "<strong>make bank-b a member of the group g-fraud</strong>" in page
    said = words(answer)
    assert "b-push" in said
    assert "does not see it" in said
    assert said.count("not reached") == 6
    assert said.index("stops it") < said.index("not reached")


def test_nobody_named_means_everybody(site: Site):
    """Who can see it: partners by how many of their accounts do, each with its reason."""
    release(site, "green")
    said = words(site.browser("s-sue").get(f"/why?object={ONE}"))
    assert "5 accounts see it" in said
    assert "5 shown of 5 partners" in said
    assert re.search(r"bank-a 2 of 2 .* bank-b 0 of 1", said)


def test_the_question_alone_asks_for_an_object(site: Site):
    """An empty page says what to do."""
    assert "Choose an object" in words(site.browser("s-sue").get("/why"))
    assert "Choose an object" in words(site.browser("x-xan").get("/why"))


def test_an_account_that_is_not_there_is_named(site: Site):
    """The field, and what was typed."""
    answer = site.browser("s-sue").get(f"/why?account=nobody&object={ONE}")
    assert answer.status_code == 422
    assert "there is no such account" in words(answer)
    assert 'value="nobody"' in answer.get_data(as_text=True)


def test_members_ask_for_themselves_alone(site: Site):
    """Another account in the address changes nothing, and no producer is named."""
    site.world.push("b-push", LOOSE, domain("one.test", "green"))
    browser = site.browser("x-xan")
    answer = browser.get(f"/why?object={ONE}")
    assert "1 version that you see" in words(answer)
    assert "bank-b" not in answer.get_data(as_text=True)
    assert answer.data == browser.get(f"/why?object={ONE}&account=a-ada").data


@pytest.mark.parametrize("account", ["x-xan", "o-eve"])
def test_hidden_and_unknown_are_the_same(site: Site, account):
    """S17: the page of a hidden id is, but for the id, that of one that never was."""
    site.world.push("a-push", LOOSE, domain("one.test", "clear", UNKNOWN))
    browser, never = site.browser(account), domain_id("never.test")
    hidden = browser.get(f"/why?object={ONE}").get_data(as_text=True)
    absent = browser.get(f"/why?object={never}").get_data(as_text=True)
    assert hidden.replace(ONE, never) == absent
    assert "You see nothing of this id" in hidden


def test_what_is_typed_is_text(site: Site):
    """No markup comes back as markup, and a long id is cut."""
    text = '"><script>alert(1)</script>' + "x" * 300
    for account in ("s-sue", "x-xan"):
        page = site.browser(account).get("/why", query_string={"object": text, "account": "x-xan"})
        assert page.status_code == 200
        assert "<script>alert" not in page.get_data(as_text=True)
