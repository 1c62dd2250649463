"""Tokens as their people see them: made once, listed without secrets, renewed, revoked; and the clients' set-ups."""

from __future__ import annotations

import configparser
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.console.screens.tokens.setups import CLIENTS
from hub.errors import AuthenticationError
from hub.model.collections import Collection
from tests.hub.console.browsing import Browser, Site, words
from tests.hub.services.world import FRAUD, LOOSE, OPERATOR

HIDDEN = Collection("2c6d3a0e-5b0f-4c63-9d0a-7c1f1c5b8b55", "Hidden")
SECRET = re.compile(r"hub_[0-9a-f]{72}")


def made(browser: Browser, **fields: str) -> tuple[str, str]:
    """Make a token with the form; give the page and the secret."""
    answer = browser.post("/tokens", {"account": "a-push", **fields})
    assert answer.status_code == 200, words(answer)
    secrets = set(SECRET.findall(answer.text))
    assert len(secrets) == 1
    return answer.text, secrets.pop()


def id_of(site: Site, account: str) -> str:
    """Give the id of the account's newest token."""
    return site.hub.membership.tokens.list(OPERATOR, account)[-1].id


def test_without_a_token_the_page_says_how_to_connect(site: Site):
    """The empty list leads to the set-ups, and the form offers the accounts one sees to."""
    page = site.browser("a-ada").get("/tokens")
    assert "No token yet" in words(page)
    assert "/console/tokens/setup" in page.text
    assert re.findall(r'<option value="([^"]*)"', page.text) == ["a-ada", "a-push"]


def test_a_token_is_shown_once(site: Site):
    """It works, and no other page ever holds it; the list says how it ends and that it was never used."""
    ada = site.browser("a-ada")
    page, secret = made(ada)
    assert site.hub.membership.authenticate(secret).name == "a-push"
    others = [ada.get(path).text for path in ("/tokens", f"/tokens/{id_of(site, 'a-push')}", "/tokens/setup")]
    assert not any(SECRET.search(other) for other in others)
    assert f"…{secret[-4:]}" in others[0]
    assert all(secret not in str(event) for event in site.world.events())
    assert page.count(secret) > len(CLIENTS) - 1


def test_use_is_shown(site: Site):
    """A token that was let in says when; the other says that it never was."""
    ada = site.browser("a-ada")
    _, secret = made(ada)
    assert "never used" in words(ada.get("/tokens"))
    site.hub.membership.authenticate(secret)
    assert "never used" not in words(ada.get("/tokens"))


def test_a_token_is_cut_as_asked(site: Site):
    """Reading only, some collections, some networks and an end stand in the token and on its page."""
    ada, ends = site.browser("a-ada"), (datetime.now(UTC) + timedelta(days=10)).date()
    form = {
        "read_only": "yes",
        "collections": LOOSE.id,
        "networks": "192.0.2.0/24, 2001:db8::/32",
        "expires": f"{ends}",
    }
    made(ada, **form)
    said = words(ada.get(f"/tokens/{id_of(site, 'a-push')}"))
    for each in ("reading only", "Loose", "192.0.2.0/24, 2001:db8::/32", f"{ends} 00:00", "ends soon"):
        assert each in said


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("networks", "192.0.2.1/24"),
        ("networks", "everywhere"),
        ("expires", "2020-01-01"),
        ("expires", "2999-01-01"),
        ("expires", "soon"),
    ],
)
def test_a_wrong_field_is_named_and_the_form_kept(site: Site, field, value):
    """The finding stands at its field, what was typed stands, and no token is made."""
    answer = site.browser("a-ada").post("/tokens", {"account": "a-push", "networks": "192.0.2.0/24", field: value})
    assert answer.status_code == 422
    assert f'id="wrong-{field}"' in answer.text
    assert f'value="{value}"' in answer.text
    assert site.hub.membership.tokens.list(OPERATOR) == ()


def test_replaced_with_an_overlap_both_are_good(site: Site):
    """The new secret is shown once with how long the old one lasts; without overlap the old one stops at once."""
    ada = site.browser("a-ada")
    _, old = made(ada)
    first = id_of(site, "a-push")
    answer = ada.post(f"/tokens/{first}/rotate", {"overlap_hours": "24"})
    (new,) = set(SECRET.findall(answer.text))
    assert "The old one is good until" in words(answer)
    for secret in (old, new):
        assert site.hub.membership.authenticate(secret)
    answer = ada.post(f"/tokens/{first}/rotate", {"overlap_hours": "0"})
    assert "opens nothing any more" in words(answer)
    with pytest.raises(AuthenticationError):
        site.hub.membership.authenticate(old)
    assert ada.post(f"/tokens/{first}/rotate", {"overlap_hours": "0"}).status_code == 409


@pytest.mark.parametrize("hours", ["-1", "169", "x", "1e3", "²"])
def test_an_overlap_has_bounds(site: Site, hours):
    """What is no overlap is named at its field, and the token stays as it is."""
    ada = site.browser("a-ada")
    _, secret = made(ada)
    answer = ada.post(f"/tokens/{id_of(site, 'a-push')}/rotate", {"overlap_hours": hours})
    assert answer.status_code == 422
    assert 'id="wrong-overlap_hours"' in answer.text
    assert site.hub.membership.authenticate(secret)


def test_revoked_it_opens_nothing(site: Site):
    """The page of a token names it before it goes; afterwards the list still has it, as revoked."""
    ada = site.browser("a-ada")
    _, secret = made(ada)
    address = f"/tokens/{id_of(site, 'a-push')}"
    assert f"Revoke the token of a-push that ends in …{secret[-4:]}" in words(ada.get(address))
    said = words(ada.post(f"{address}/revoke", follow_redirects=True))
    assert "The token is revoked" in said
    assert "revoked reading" in said or "revoked all" in said
    with pytest.raises(AuthenticationError):
        site.hub.membership.authenticate(secret)


def test_anothers_tokens_are_not_there(site: Site):
    """The page of another partner's token and of none are the same; its account and collections can't be named."""
    other = site.hub.membership.tokens.issue(OPERATOR, "x-pull").token
    ada = site.browser("a-ada")
    absent, hidden = (ada.get(f"/tokens/{id_}") for id_ in ("none", other.id))
    assert (absent.status_code, absent.data) == (404, hidden.data)
    for path in ("revoke", "rotate"):
        absent, hidden = (ada.post(f"/tokens/{id_}/{path}") for id_ in ("none", other.id))
        assert (absent.status_code, absent.data) == (404, hidden.data)
    for form in ({"account": "x-pull"}, {"account": "nobody"}):
        assert ada.post("/tokens", form).status_code == 404
    assert ada.get("/tokens/setup?account=x-pull").data == ada.get("/tokens/setup?account=nobody").data
    assert other.hint not in ada.get("/tokens").text
    site.world.store.commit(lambda tx: tx.registry.put_collection(HIDDEN))
    assert ada.post("/tokens", {"account": "a-ada", "collections": LOOSE.id}).status_code == 200
    absent, hidden = (ada.post("/tokens", {"account": "a-ada", "collections": id_}) for id_ in ("none", HIDDEN.id))
    assert (absent.status_code, absent.data) == (404, hidden.data)


def test_the_secretariat_sees_all_and_makes_none_for_persons(site: Site):
    """It sees to the machines of every partner; who may get RED gets a token from itself or from the operator."""
    sue = site.browser("s-sue")
    site.hub.membership.tokens.issue(OPERATOR, "x-xan")
    assert "x-xan" in words(sue.get("/tokens"))
    assert sue.post("/tokens", {"account": "x-xan"}).status_code == 403
    assert sue.post(f"/tokens/{id_of(site, 'x-xan')}/revoke").status_code == 303
    made(sue, account="x-pull")


def test_long_lists_come_in_pages(site: Site):
    """Fifty tokens a page, the good ones first, each once."""
    ids = [site.hub.membership.tokens.issue(OPERATOR, "a-push").token.id for _ in range(60)]
    site.hub.membership.tokens.revoke(OPERATOR, ids[30])
    ada = site.browser("a-ada")
    pages = [ada.get("/tokens").text, ada.get("/tokens?start=50").text]
    shown = [re.findall(r"/console/tokens/([0-9a-f]{12})", page) for page in pages]
    assert [len(each) for each in shown] == [50, 10]
    assert sorted(shown[0] + shown[1]) == sorted(ids)
    assert shown[1][-1] == ids[30]
    assert "50 of 60 shown" in words(ada.get("/tokens"))
    assert ada.get("/tokens?start=nowhere").status_code == 200


def test_clients_are_set_up_with_what_is_true_here(site: Site):
    """Every client is told this hub's address, the account and a collection it may read; the token is a placeholder."""
    page = site.browser("a-ada").get("/tokens/setup?account=a-push")
    codes = re.findall(r'<pre class="raw"[^>]*>(.*?)</pre>', page.text, re.DOTALL)
    assert len(codes) == len(CLIENTS)
    for code in codes:
        assert "http://localhost/" in code
        assert "a-push" in code
        assert "TOKEN" in code
        assert re.findall(r"\{[a-z_]+\}", code) == []
    assert f"http://localhost/api/collections/{FRAUD.id}/objects/" in page.text


def test_the_scripts_that_are_pasted_are_whole(site: Site):
    """The Python of a set-up compiles, and its credentials are those that were just made."""
    page, secret = made(site.browser("a-ada"))
    codes = [
        code.replace("&#34;", '"').replace("&#39;", "'")
        for code in re.findall(r'<pre class="raw"[^>]*>(.*?)</pre>', page, re.DOTALL)
    ]
    scripts = [code for code in codes if "import " in code]
    assert len(scripts) == 2
    for script in scripts:
        compile(script, "pasted", "exec")
        assert secret in script
    environment = next(code for code in codes if "TAXII2_PASSWORD" in code)
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(f"[x]{environment}")
    assert parser["x"]["taxii2_password"] == secret


def test_taxii_may_have_a_name_of_its_own(site: Site):
    """Where the console has another host name, clients are told TAXII's."""
    site.app.extensions["hub"] = replace(site.hub, settings=replace(site.hub.settings, taxii_name="taxii.example"))
    page = site.browser("a-ada").get("/tokens/setup").text
    assert "http://taxii.example/taxii2/" in page
    assert "http://localhost/taxii2" not in page
