"""Signing in through an identity provider, as a browser sees it."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest

from hub.application import assemble
from hub.console.doorkeeper import COOKIE
from hub.settings import Settings
from tests.hub.console.browsing import Site, words
from tests.hub.services.entrance.oidc.identity import CLIENT, Signer, providing
from tests.hub.services.world import OPERATOR, make_world


@pytest.fixture
def identity():
    """Run a provider."""
    with providing() as running:
        running.signer = Signer("one", curve=True)
        yield running


@pytest.fixture
def site(tmp_path, identity):
    """Open a console that knows it."""
    settings = Settings(data=tmp_path, oidc_issuer=identity.issuer, oidc_client_id=CLIENT, oidc_name="Police ID")
    with closing(make_world(tmp_path)) as world:
        yield Site(world, assemble(settings, world.store))


def through(browser, identity, path, **claims):
    """Leave by a link, sign in at the provider, and come back."""
    identity.claims = dict(claims)
    left = browser.get(path)
    assert left.status_code == 303
    return browser.get(f"/sign-in/oidc/back?{urlencode(identity.consent(left.location))}")


def join(site, identity, account, subject):
    """Take up an invitation through the provider."""
    secret = site.hub.entrance.invite(OPERATOR, account).secret
    browser = site.browser()
    assert "Sign in with Police ID" in words(browser.get(f"/welcome/{secret}"))
    return browser, through(browser, identity, f"/welcome/{secret}/oidc", sub=subject)


def test_an_invited_person_is_known_by_the_provider_from_then_on(site, identity):
    """The link binds the provider's own name for the person; it then opens and goes on; no other name does."""
    browser, answer = join(site, identity, "x-xan", "sub-x")
    assert answer.location == "/console/?done=welcome"
    assert "Identity provider" in words(browser.get("/you"))
    again = site.browser()
    answer = through(again, identity, "/sign-in/oidc?next=/console/you", sub="sub-x")
    assert (answer.status_code, answer.location) == (303, "/console/you")
    assert "x-xan" in words(again.get("/you"))
    stranger = through(site.browser(), identity, "/sign-in/oidc", sub="sub-y")
    assert stranger.status_code == 422
    assert "this hub does not" in words(stranger)


def test_one_person_of_the_provider_is_one_account(site, identity):
    """A second account can't be bound to the same person; its link stays good."""
    join(site, identity, "x-xan", "sub-x")
    _, answer = join(site, identity, "a-ada", "sub-x")
    assert answer.status_code == 409
    _, answer = join(site, identity, "a-ada", "sub-a")
    assert answer.status_code == 303


def test_a_link_brings_nobody_in_as_somebody_else(site, identity):
    """Sent to another browser, the way back opens nothing there: that has no ticket (login CSRF)."""
    join(site, identity, "x-xan", "sub-x")
    attacker, victim = site.browser(), site.browser()
    left = attacker.get("/sign-in/oidc")
    identity.claims = {"sub": "sub-x"}
    way_back = f"/sign-in/oidc/back?{urlencode(identity.consent(left.location))}"
    assert victim.get(way_back).status_code == 422
    assert victim.client.get_cookie(COOKIE, path="/console") is None


def test_the_ticket_is_for_the_way_back_alone(site):
    """A cookie that no script reads, for these paths, for ten minutes."""
    left = site.browser().get("/sign-in/oidc?next=https://evil.example/")
    flags = left.headers["Set-Cookie"]
    assert {"HttpOnly", "Path=/console/sign-in/oidc", "SameSite=Lax", "Max-Age=600"} <= set(flags.split("; "))


def test_a_provider_that_is_silent_is_told_as_its_fault(site, identity):
    """The other ways in are on the page."""
    identity.answers["/.well-known/openid-configuration"] = 500, b""
    answer = site.browser().get("/sign-in/oidc")
    assert answer.status_code == 502
    assert "identity provider answers 500" in words(answer)
    assert "Password" in words(answer)


def test_what_was_typed_waits_while_one_signs_in_elsewhere(site, identity):
    """In its own tab; who is signed in by then goes on to send it, who isn't is asked again."""
    browser, _ = join(site, identity, "s-sue", "sub-s")
    browser.client.delete_cookie(COOKIE, path="/console")
    asked = browser.post("/partners", {"name": "new-bank"})
    assert 'target="_blank"' in asked.get_data(as_text=True)
    waiting = {"elsewhere": "yes", "kept_path": "/console/partners", "kept.name": "new-bank"}
    assert browser.post("/sign-in", waiting).status_code == 422
    through(browser, identity, "/sign-in/oidc", sub="sub-s")
    shown = browser.post("/sign-in", waiting)
    assert "nothing of it has been sent yet" in words(shown)
    assert "new-bank" in words(shown)


def test_without_a_provider_its_addresses_are_not_there(tmp_path):
    """And no page speaks of one."""
    with closing(make_world(tmp_path)) as world:
        bare = Site(world, assemble(Settings(data=tmp_path), world.store))
        assert bare.browser().get("/sign-in/oidc").status_code == 404
        assert "/oidc" not in bare.browser().get("/sign-in").get_data(as_text=True)
        assert urlsplit(bare.browser().get("/sign-in/oidc/back?code=x&state=y").location or "").path == ""
