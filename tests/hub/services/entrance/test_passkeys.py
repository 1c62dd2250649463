"""Passkeys (WebAuthn): answered once, in time, where they were asked, by a verified person, by their own key."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.errors import AuthenticationError, ConflictError, InvalidInputError, NotFoundError, ThrottledError
from hub.services.entrance import Site, Visitor
from hub.services.membership.throttle import Patience
from tests.hub.services.entrance.authenticator import PRESENT, Authenticator
from tests.hub.services.entrance.door import HERE, PASSWORD, make_door

SITE = Site("hub.test", "https://hub.test")


@pytest.fixture
def phone(door):
    """Let somebody in by a passkey; give it."""
    return enrol(door, Authenticator(), "a-ada")


def enrol(door, key, account):
    """Take an invitation up with a passkey."""
    secret = door.invite(account)
    answer = key.create(door.entrance.invitations.ask_passkey(secret, SITE, HERE))
    door.entrance.invitations.accept_passkey(secret, SITE, answer, "phone", HERE)
    return key


def refused(door, answer, site=SITE):
    """Turn an answer away."""
    with pytest.raises(AuthenticationError) as caught:
        door.entrance.arrivals.by_passkey(site, answer, HERE)
    return str(caught.value)


def test_a_passkey_opens_by_itself(door, phone):
    """Without a name, and though too many guesses were made at the account's password."""
    strict = make_door(door.store, door.clock, Patience(per_account=1))
    for error in (AuthenticationError, ThrottledError):
        with pytest.raises(error):
            strict.entrance.arrivals.by_password("a-ada", PASSWORD, "000000", Visitor())
    opened = strict.entrance.arrivals.by_passkey(SITE, phone.get(strict.entrance.arrivals.question(SITE)), HERE)
    assert door.entrance.session(opened.secret).actor.name == "a-ada"


def test_an_answer_that_proves_nobody_is_refused(door, phone):
    """Answered before, too late, elsewhere, by another key, unverified, counted back, or to another question."""
    ask = door.entrance.arrivals.question
    used = phone.get(ask(SITE))
    assert door.entrance.arrivals.by_passkey(SITE, used, HERE)
    texts = {refused(door, used)}
    late = phone.get(ask(SITE))
    door.later(300)
    texts.add(refused(door, late))
    phishing = Authenticator("hub.test", "https://hub.test.evil", id=phone.id, key=phone.key, count=50)
    texts.add(refused(door, phishing.get(ask(SITE))))
    texts.add(refused(door, phone.get(ask(SITE)), Site("other.test", "https://other.test")))
    texts.add(refused(door, Authenticator(id=phone.id, count=60).get(ask(SITE))))
    texts.add(refused(door, Authenticator(id=phone.id, key=phone.key, count=70, flags=PRESENT).get(ask(SITE))))
    texts.add(refused(door, Authenticator(id=phone.id, key=phone.key, count=0).get(ask(SITE))))
    texts.add(refused(door, Authenticator().get(ask(SITE))))
    enrolment = door.entrance.invitations.ask_passkey(door.invite(), SITE, HERE)
    texts.add(refused(door, phone.get(enrolment)))
    texts.add(refused(door, phone.get(json.dumps({"challenge": "AAAA"}))))
    assert len(texts) == 1
    phone.count = 100
    assert door.entrance.arrivals.by_passkey(SITE, phone.get(ask(SITE)), HERE)


def test_an_enrolment_is_for_the_one_who_was_asked(door, phone):
    """An answer made for somebody else's link, or sent twice, brings nothing; a passkey has one owner."""
    mine, theirs = door.invite("x-xan"), door.invite("s-sue")
    invitations, key = door.entrance.invitations, Authenticator()
    answer = key.create(invitations.ask_passkey(mine, SITE, HERE))
    with pytest.raises(InvalidInputError):
        invitations.accept_passkey(theirs, SITE, answer, "", HERE)
    assert invitations.accept_passkey(mine, SITE, answer, "", HERE)
    with pytest.raises(NotFoundError):
        invitations.accept_passkey(mine, SITE, answer, "", HERE)
    stolen = phone.create(invitations.ask_passkey(theirs, SITE, HERE))
    with pytest.raises(ConflictError):
        invitations.accept_passkey(theirs, SITE, stolen, "", HERE)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=50), st.binary(max_size=60).map(repr), st.integers(0, 400)))
def test_nonsense_is_refused_like_any_other_answer(door, phone, broken):
    """Whatever is sent instead of an answer, or one with a sign of it changed, is an answer that proves nobody."""
    answer = broken
    if isinstance(broken, int):
        whole = phone.get(door.entrance.arrivals.question(SITE))
        answer = f"{whole[:broken]}~{whole[broken + 1 :]}"
    fresh = make_door(door.store, door.clock, Patience(per_address=10**6))
    with pytest.raises(AuthenticationError):
        fresh.entrance.arrivals.by_passkey(SITE, answer, HERE)


def test_bombs_are_refused(door):
    """Too long, too deep, or of no shape."""
    for answer in ("[" * 5_000, "x" * 100_000, "[]", "{}", '{"rawId": 5}', '{"rawId": "AA", "response": []}'):
        refused(door, answer)
