"""Changing how one signs in: soon after a sign-in, confirmed, and with the end of all other sessions."""

from __future__ import annotations

import pytest

from hub.errors import AuthenticationError, ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from hub.services.entrance import Site
from tests.hub.services.entrance.authenticator import Authenticator
from tests.hub.services.entrance.door import HERE, PASSWORD

SITE = Site("hub.test", "https://hub.test")
NEW = "copper window seven"


@pytest.fixture
def joined(door):
    """Let somebody in; give the session and the app's secret."""
    opened, app = door.join()
    return door.entrance.session(opened.secret), app


def renewed(door, before, opened):
    """Give who is in by a new session, with the old one gone."""
    assert door.store.sessions.find(before.session.digest) is None
    return door.entrance.session(opened.secret)


def test_a_password_is_changed_by_who_knows_it(door, joined):
    """The old one opens nothing any more, other sessions end, and this one goes on under a new secret."""
    here, app = joined
    door.later(60)
    other = door.entrance.arrivals.by_password("a-ada", PASSWORD, door.code(app), HERE)
    with pytest.raises(InvalidInputError) as caught:
        door.entrance.factors.change_password(here, "not it at all", NEW)
    assert caught.value.findings[0].place == "current"
    with pytest.raises(InvalidInputError):
        door.entrance.factors.change_password(here, PASSWORD, "short")
    after = renewed(door, here, door.entrance.factors.change_password(here, PASSWORD, NEW))
    assert after.session.opened == here.session.opened
    assert after.session.csrf != here.session.csrf
    assert door.entrance.session(other.secret) is None
    door.later(60)
    with pytest.raises(AuthenticationError):
        door.entrance.arrivals.by_password("a-ada", PASSWORD, door.code(app), HERE)
    assert door.entrance.arrivals.by_password("a-ada", NEW, door.code(app), HERE)


def test_an_app_is_renewed_by_its_code(door, joined):
    """What is offered stays the same until its code is typed; then the old app's codes open nothing."""
    here, old = joined
    new = door.entrance.factors.offer(here).secret
    assert (new == old, door.entrance.factors.offer(here).secret) == (False, new)
    with pytest.raises(InvalidInputError):
        door.entrance.factors.renew_code(here, door.code(old))
    after = renewed(door, here, door.entrance.factors.renew_code(here, door.code(new)))
    assert door.entrance.factors.offer(after).secret not in {old, new}
    door.later(60)
    with pytest.raises(AuthenticationError):
        door.entrance.arrivals.by_password("a-ada", PASSWORD, door.code(old), HERE)
    assert door.entrance.arrivals.by_password("a-ada", PASSWORD, door.code(new), HERE)


def test_nothing_is_changed_long_after_a_sign_in(door, joined):
    """Whoever finds a browser open may not take the account over."""
    here, _ = joined
    new = door.entrance.factors.offer(here).secret
    door.later(600)
    for change in (
        lambda: door.entrance.factors.change_password(here, PASSWORD, NEW),
        lambda: door.entrance.factors.set_password(here, NEW, door.code(new)),
        lambda: door.entrance.factors.renew_code(here, door.code(new)),
        lambda: door.entrance.factors.add_passkey(here, SITE, "{}", "laptop"),
        lambda: door.entrance.factors.remove_passkey(here, b"any"),
    ):
        with pytest.raises(ForbiddenError, match="sign in again"):
            change()


def test_passkeys_come_and_go_but_never_the_last_way_in(door, joined):
    """One is added and opens; removed it opens nothing; where it is all there is, it stays."""
    here, _ = joined
    factors, laptop = door.entrance.factors, Authenticator()
    answer = laptop.create(factors.ask_passkey(here, SITE))
    here = renewed(door, here, factors.add_passkey(here, SITE, answer, "  my\x00 laptop "))
    assert [each.label for each in factors.ways(here).passkeys] == ["my laptop"]
    assert door.entrance.arrivals.by_passkey(SITE, laptop.get(door.entrance.arrivals.question(SITE)), HERE)
    here = renewed(door, here, factors.remove_passkey(here, laptop.id))
    with pytest.raises(NotFoundError):
        factors.remove_passkey(here, laptop.id)
    with pytest.raises(AuthenticationError):
        door.entrance.arrivals.by_passkey(SITE, laptop.get(door.entrance.arrivals.question(SITE)), HERE)


def test_who_has_only_a_passkey_may_set_a_password(door):
    """Together with an app, whose code confirms it; until then the passkey is the only way in."""
    secret, phone = door.invite(), Authenticator()
    answer = phone.create(door.entrance.invitations.ask_passkey(secret, SITE, HERE))
    opened = door.entrance.invitations.accept_passkey(secret, SITE, answer, "phone", HERE)
    here, factors = door.entrance.session(opened.secret), door.entrance.factors
    assert not factors.ways(here).password
    with pytest.raises(ConflictError, match="only way in"):
        factors.remove_passkey(here, phone.id)
    app = factors.offer(here).secret
    with pytest.raises(InvalidInputError):
        factors.set_password(here, NEW, "000000")
    here = renewed(door, here, factors.set_password(here, NEW, door.code(app)))
    factors.remove_passkey(here, phone.id)
    door.later(60)
    assert door.entrance.arrivals.by_password("a-ada", NEW, door.code(app), HERE)
