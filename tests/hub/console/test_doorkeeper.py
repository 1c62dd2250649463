"""The console's door: closed to all but who has signed in, and to forms of other sites and sessions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.routing import Rule

from hub.console import doorkeeper
from tests.hub.console.browsing import ORIGIN, Browser, Site

OPEN = {"assets.show", "entrance.sign_in", "entrance.welcome"}


def _rules(site: Site, method: str) -> Iterator[tuple[Rule, str]]:
    """Give every route that takes the method, with an address in which every part is made up."""
    for rule in site.app.url_map.iter_rules():
        if method in (rule.methods or ()):
            yield rule, rule.rule.replace("<path:", "<").replace("<int:", "<")


def _filled(path: str, value: str = "nothing") -> str:
    pieces = path.split("<")
    return pieces[0] + "".join(value + each.partition(">")[2] for each in pieces[1:])


def _is_open(site: Site, rule: Rule) -> bool:
    return getattr(site.app.view_functions[rule.endpoint], "is_open_to_all", False)


def test_without_a_session_every_page_leads_to_the_sign_in(site: Site):
    """Whatever the address, known or not to the hub: no page but those that are open to all says anything else."""
    stranger = site.browser()
    closed = [(rule, path) for rule, path in _rules(site, "GET") if not _is_open(site, rule)]
    assert len(closed) > 1
    for rule, path in closed:
        answer = stranger.get(_filled(path))
        assert answer.status_code == 302, rule
        assert answer.location.startswith("/console/sign-in"), rule


def test_no_form_is_taken_without_a_session(site: Site):
    """Nothing is done for a stranger, whatever he sends; he is asked to sign in."""
    for rule, path in _rules(site, "POST"):
        if not _is_open(site, rule):
            answer = site.browser().post(_filled(path))
            assert answer.status_code in {302, 303, 401, 200}, rule
            assert b"sign-in" in (answer.location or "").encode() + answer.data, rule


@pytest.mark.parametrize("account", ["s-sue", "a-ada", "x-xan", "o-eve"])
def test_every_form_wants_the_token_of_its_session(site: Site, account):
    """A form without it, or with another session's, changes nothing (CSRF)."""
    browser, other = site.browser(account), site.browser(account)
    for rule, path in _rules(site, "POST"):
        if _is_open(site, rule):
            continue
        for token in ("", other.csrf):
            answer = Browser(browser.client, token).post(_filled(path))
            assert answer.status_code == 403, rule
            assert b"not of this session" in answer.data, rule


def test_a_form_of_another_site_is_refused_before_anything_is_looked_up(site: Site):
    """Its Origin gives it away, with the right token too, at the sign-in as well."""
    browser = site.browser("s-sue")
    for rule, path in _rules(site, "POST"):
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
            answer = browser.post(_filled(path), headers=headers)
            assert answer.status_code == 403, (rule, headers)
            assert b"another site" in answer.data


@pytest.mark.parametrize("account", ["", "s-sue", "a-ada", "x-xan", "o-eve"])
def test_no_address_breaks_a_page(site: Site, account):
    """By every role, at every address with things that are nowhere: an answer, never a fault of the hub's."""
    browser = site.browser(account)
    for rule, path in _rules(site, "GET"):
        for value in ("nothing", "%00", "..%2f", "x" * 300):
            assert browser.get(_filled(path, value)).status_code < 500, (rule, value)
    for rule, path in _rules(site, "POST"):
        assert browser.post(_filled(path)).status_code < 500, rule


def test_credentials_of_machines_open_no_page(site: Site):
    """The console takes no Basic and no tokens: a browser that has some in mind can't be used to send forms."""
    answer = site.browser().get("/", headers={"Authorization": "Basic cy1zdWU6aHViX3g="})
    assert answer.status_code == 302


def test_a_session_that_is_nobodys_is_no_session(site: Site):
    """A made-up cookie, an empty one and a long one all lead to the sign-in."""
    for secret in ("", "x", "y" * 5_000):
        answer = site.browser().get("/", headers={"Cookie": f"{doorkeeper.COOKIE}={secret}"})
        assert answer.status_code == 302


def test_every_page_keeps_other_sites_and_caches_out(site: Site):
    """Nothing from elsewhere, nothing inline, no frame around it, no copy kept."""
    headers = site.browser("s-sue").get("/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert (headers["Cache-Control"], headers["X-Frame-Options"]) == ("no-store", "DENY")
    assert "Cookie" in headers["Vary"]


@given(st.text(max_size=60) | st.sampled_from(["//evil.example", "/console//evil", "https://evil.example/console/"]))
def test_the_way_on_after_a_sign_in_stays_on_this_site(text):
    """Whatever a link says, the browser is sent to a path of the console or nowhere (open redirect)."""
    from flask import Flask

    with Flask("test").test_request_context("/sign-in", base_url=f"{ORIGIN}/console"):
        found = doorkeeper.local_path(text)
    assert found is None or (found == text and found.startswith("/console/") and "//" not in found.partition("?")[0])


def test_who_looks_as_another_finds_nothing_of_his_own(site: Site):
    """Pages that can't be shown through other eyes are closed meanwhile, for reading too, and no form is taken."""
    browser = site.browser("s-sue")
    browser.post("/view-as", {"account": "x-xan", "reason": "a call"})
    for rule, path in _rules(site, "GET"):
        view = site.app.view_functions[rule.endpoint]
        if not (doorkeeper.is_for_viewers(view) or _is_open(site, rule)):
            assert browser.get(_filled(path)).status_code == 403, rule
    home = browser.get("/")
    assert b"You look as x-xan" in home.data
    assert b"/console/partners" not in home.data
    assert browser.post("/partners", {"name": "new", "kind": "member"}).status_code == 403
    assert browser.post("/view-as/stop").status_code == 303
    assert b"/console/partners" in browser.get("/").data
