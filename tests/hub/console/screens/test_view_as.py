"""W5: looking as an account, with a banner on every page, read-only and on record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model.members import Role
from tests.hub.console.browsing import Site, words
from tests.hub.services.world import LOOSE, domain, domain_id

REASON = {"account": "x-xan", "reason": "a question of police-x"}


def test_it_begins_shows_a_banner_everywhere_and_ends(site: Site):
    """From the form to the trail, and back."""
    browser = site.browser("s-sue")
    assert 'value="x-xan"' in browser.get("/view-as?account=x-xan").get_data(as_text=True)
    begun = browser.post("/view-as", REASON)
    assert begun.status_code == 303
    for path in ("/why", "/view-as", "/audit", "/feeds", "/"):
        assert "You look as x-xan." in words(browser.get(path))
    assert browser.post("/view-as/stop").status_code == 303
    assert "You look as" not in words(browser.get("/audit"))
    assert [(actor, action, object_) for actor, action, object_, _ in site.world.events()] == [
        ("s-sue", "object:view-as", "x-xan"),
        ("s-sue", "object:view-as-end", "x-xan"),
    ]


def test_what_the_account_would_be_told_is_told(site: Site):
    """Why, audit and feeds are those of the account, not the secretariat's."""
    site.world.push("b-push", LOOSE, domain("one.test", "green"))
    site.world.feed("x-xan", LOOSE)
    browser = site.browser("s-sue")
    browser.post("/view-as", REASON)
    why = browser.get(f"/why?object={domain_id('one.test')}").get_data(as_text=True)
    assert "bank-b" not in why
    assert why.count("data-row") == 1
    audit = words(browser.get("/audit"))
    assert "collection:read" in audit
    assert "object:add" not in audit
    assert "a-push" not in words(browser.get("/feeds"))


def test_nothing_is_changed_meanwhile(site: Site):
    """Every form but the one that stops it is refused."""
    browser = site.browser("s-sue")
    browser.post("/view-as", REASON)
    assert browser.post("/view-as", REASON | {"account": "a-ada"}).status_code == 403
    assert browser.post("/audit/check").status_code == 403
    assert browser.post("/view-as/stop").status_code == 303


def test_who_loses_the_role_meanwhile_goes_on_as_himself(site: Site):
    """No page stays closed, and no banner is left."""
    browser = site.browser("s-sue")
    browser.post("/view-as", REASON)
    sue = site.world.actor("s-sue").account
    assert sue
    reader = replace(sue, roles=frozenset({Role.READER}))
    site.world.store.commit(lambda tx: tx.registry.put_account(reader))
    for path in ("/", "/you", "/search"):
        answer = browser.get(path)
        assert (answer.status_code, "You look as" in words(answer)) == (200, False)


@pytest.mark.parametrize("account", ["x-xan", "o-eve", "a-ada"])
def test_others_look_as_nobody(site: Site, account):
    """Not even as themselves; the form is refused as its address is."""
    browser = site.browser(account)
    assert browser.get("/view-as").status_code == 403
    assert browser.post("/view-as", REASON).status_code == 403
    assert site.world.events() == []


def test_what_is_missing_is_named_and_kept(site: Site):
    """The field, a sentence, and what was typed."""
    answer = site.browser("s-sue").post("/view-as", {"account": "nobody", "reason": "because"})
    assert answer.status_code == 422
    assert "there is no such account" in words(answer)
    assert "because" in answer.get_data(as_text=True)
