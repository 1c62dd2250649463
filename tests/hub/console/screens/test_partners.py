"""W2: partners and their people."""

from __future__ import annotations

import re

import pytest

from tests.hub.console.browsing import Browser, Site, words
from tests.hub.services.world import FRAUD, LOOSE, domain

_STAMP = re.compile(r'name="stamp" value="([^"]*)"')


@pytest.fixture
def sue(site: Site) -> Browser:
    """Give the secretariat's browser."""
    return site.browser("s-sue")


def _add(sue: Browser, partner: str, account: str) -> None:
    """Take up a person as a reader, after a look at what that opens."""
    form = {"account": account, "kind": "person", "roles": "reader"}
    (stamp,) = _STAMP.findall(sue.post(f"/partners/{partner}/accounts", form).text)
    answer = sue.post(f"/partners/{partner}/accounts/apply", {**form, "stamp": stamp, "reason": "a new colleague"})
    assert answer.location.startswith(f"/console/accounts/{account}")


def test_who_is_taken_up_is_shown_with_what_opens_to_him(site: Site, sue: Browser):
    """A new reader of a partner sees what the partner sees: counted before, and so it is."""
    site.world.push("a-push", LOOSE, domain("one.example", "green"))
    shown = sue.post("/partners/police-x/accounts", {"account": "x-new", "kind": "person", "roles": "reader"})
    assert "x-new police-x +1 0" in words(shown)
    _add(sue, "police-x", "x-new")
    assert site.world.sees("x-new", "one.example")
    again = sue.post("/partners/police-x/accounts", {"account": "x-new", "kind": "person"})
    assert (again.status_code, "there is an account x-new already" in words(again)) == (409, True)


def test_a_partner_is_taken_up_with_contact_and_agreement(sue: Browser):
    """It is in the list from then on; an agreement that is over shows."""
    form = {"name": "pay-co", "kind": "member", "contact": "Nel", "agreement_ends": "2026-01-31"}
    assert sue.post("/partners", form).location.startswith("/console/partners/pay-co")
    said = words(sue.get("/partners"))
    assert "pay-co member Nel 2026-01-31 agreement expired" in said
    assert "1 agreement is over" in words(sue.get("/"))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "Pay Co", "lower-case letters"),
        ("kind", "friend", "one of member, relay, observer"),
        ("agreement_ends", "next year", "write it as 2027-06-30"),
        ("identities", "identity--1", "STIX identity"),
        ("contact", "x" * 300, "at most 254 characters"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(sue: Browser, field, value, message):
    """A form that can't be taken comes back as it was typed, with a sentence on what to do."""
    form = {"name": "pay-co", "kind": "member", "contact": "Nel of <Pay & Co>", field: value}
    answer = sue.post("/partners", form)
    assert answer.status_code == 422
    assert message in words(answer)
    if field != "contact":
        assert "Nel of &lt;Pay &amp; Co&gt;" in answer.text


def test_a_name_that_is_taken_says_so(sue: Browser):
    """409, and nothing is changed."""
    assert sue.post("/partners", {"name": "bank-a", "kind": "member"}).status_code == 409


def test_other_roles_are_shown_before_they_are_given(site: Site, sue: Browser):
    """Who becomes secretariat gains what it sees then: counted, with a reason, and refused if that has changed."""
    site.world.push("a-push", FRAUD, domain("one.example", "green"))
    site.world.review.release(
        site.world.actor("s-sue"), site.hub.review.queue(site.world.actor("s-sue"))[0].submission.id
    )
    _add(sue, "secretariat", "s-tom")
    shown = sue.post("/accounts/s-tom", {"roles": ["secretariat", "reader"]})
    assert "s-tom secretariat +1 0" in words(shown)
    (stamp,) = _STAMP.findall(shown.text)
    form = {"roles": ["reader", "secretariat"], "stamp": stamp}
    assert sue.post("/accounts/s-tom/apply", form).status_code == 422
    assert sue.post("/accounts/s-tom/apply", {**form, "reason": "joins us"}).status_code == 303
    assert site.world.sees("s-tom", "one.example")


def test_the_last_person_of_the_secretariat_stays(sue: Browser):
    """Neither its role nor its account can be taken: nobody could undo that here."""
    for path, form, said in (
        ("/accounts/s-sue", {"roles": "reader"}, "last person of the secretariat"),
        ("/accounts/s-sue/rest", {"state": "suspended"}, "last person of the secretariat"),
        ("/partners/secretariat/rest", {"state": "suspended"}, "can't suspend itself"),
    ):
        answer = sue.post(path, form)
        assert answer.status_code == 409
        assert said in words(answer)


def test_who_is_suspended_is_out_at_once(site: Site, sue: Browser):
    """The open page of a suspended person leads to the sign-in at the next click; resumed, one signs in anew."""
    ada = site.browser("a-ada")
    assert ada.get("/").status_code == 200
    sue.post("/partners/bank-a/rest", {"state": "suspended"})
    assert ada.get("/").status_code == 302
    assert "tag-bad" in sue.get("/partners").text
    sue.post("/partners/bank-a/rest", {"state": "active"})
    assert "tag-bad" not in sue.get("/partners").text


def test_a_link_is_shown_once_and_machines_get_none(sue: Browser):
    """The page that makes an invitation is the only one that has it; a service signs in with tokens."""
    shown = sue.post("/accounts/x-xan/invitation")
    assert re.search(r"http://localhost/console/welcome/[\w-]{43}", shown.text)
    assert "welcome/" not in sue.get("/accounts/x-xan").text
    assert sue.post("/accounts/a-push/invitation").status_code == 422


def test_members_are_not_told_who_takes_part(site: Site):
    """The list of partners is the secretariat's alone."""
    for account in ("a-ada", "x-xan", "o-eve"):
        answer = site.browser(account).get("/partners")
        assert answer.status_code == 403
        assert "bank-b" not in answer.text
