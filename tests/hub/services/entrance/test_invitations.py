"""Invitations: good once, for one person, for a while; a new one is how somebody recovers."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from hub.errors import ForbiddenError, InvalidInputError, NotFoundError, ThrottledError
from hub.model.audit import Event
from hub.policy.actions import Action
from hub.services.entrance import Visitor
from hub.services.membership.throttle import Patience
from hub.store.sqlite import SqliteStore
from tests.hub.services.entrance.door import HERE, PASSWORD, make_door
from tests.hub.services.world import OPERATOR


def gone(door, secret):
    """Give the text with which a link is refused."""
    with pytest.raises(NotFoundError) as caught:
        door.entrance.invitations.peek(secret, HERE)
    return str(caught.value)


def findings(caught):
    """Give the places that are wrong."""
    return {each.place for each in caught.value.findings}


def test_only_who_sets_up_invites_and_only_persons(door):
    """A member can't, and a service is never invited."""
    entered = door.entrance.session(door.join("s-sue")[0].secret)
    assert door.entrance.invite(entered.actor, "x-xan").account == "x-xan"
    with pytest.raises(ForbiddenError):
        door.entrance.invite(door.entrance.session(door.join()[0].secret).actor, "x-xan")
    with pytest.raises(InvalidInputError, match="no person"):
        door.entrance.invite(OPERATOR, "a-push")
    with pytest.raises(NotFoundError):
        door.entrance.invite(OPERATOR, "nobody")


def test_a_link_that_is_not_good_says_always_the_same(door):
    """Used, replaced, expired, of somebody who is suspended, or never given: one text."""
    replaced = door.invite("x-xan")
    late = door.invite("x-xan")
    used = door.invite()
    app = door.entrance.invitations.peek(used, HERE).offer.secret
    door.entrance.invitations.accept(used, PASSWORD, door.code(app), HERE)
    texts = {gone(door, used), gone(door, replaced), gone(door, ""), gone(door, "\udcff" * 9), gone(door, "x" * 43)}
    door.later(72 * 3_600 - 1)
    assert door.entrance.invitations.peek(late, HERE).actor.name == "x-xan"
    door.later(1)
    texts.add(gone(door, late))
    suspended = door.invite()
    with door.store.snapshot() as snapshot:
        account = snapshot.registry.account("a-ada")
    door.store.commit(lambda tx: tx.registry.put_account(replace(account, suspended=True)))
    texts.add(gone(door, suspended))
    assert len(texts) == 1


def test_two_workers_take_a_link_once(door, tmp_path, clock):
    """Whichever commits second finds it used, though both had looked at it before."""
    secret = door.invite()
    app = door.entrance.invitations.peek(secret, HERE).offer.secret
    with closing(SqliteStore.open(tmp_path / "hub.sqlite3", clock=clock)) as store:
        other = make_door(store, clock)
        assert other.entrance.invitations.peek(secret, HERE).offer.secret == app
        door.entrance.invitations.accept(secret, PASSWORD, door.code(app), HERE)
        with pytest.raises(NotFoundError):
            other.entrance.invitations.accept(secret, PASSWORD, door.code(app, 1), HERE)


def test_a_slip_costs_nothing(door):
    """A weak password or a wrong code is named and leaves the link and the app's secret as they were."""
    secret = door.invite()
    app = door.entrance.invitations.peek(secret, HERE).offer.secret
    for password in (
        "short",
        "elevenchars",
        "aaaaaaaaaaaaaaaa",
        "Password1234",
        "a-ada-bank-a",
        "bank-a.bank-a.bank-a",
        "ö" * 513 + "abcde",
    ):
        with pytest.raises(InvalidInputError) as caught:
            door.entrance.invitations.accept(secret, password, door.code(app), HERE)
        assert findings(caught) == {"password"}
    with pytest.raises(InvalidInputError) as caught:
        door.entrance.invitations.accept(secret, PASSWORD, "000000", HERE)
    assert findings(caught) == {"code"}
    assert door.entrance.invitations.peek(secret, HERE).offer.secret == app
    assert door.entrance.invitations.accept(secret, PASSWORD, door.code(app), HERE)


def test_a_new_invitation_recovers(door):
    """Until it is taken nothing changes; then sessions end, and the old password and app open nothing."""
    opened, app = door.join()
    secret = door.invite()
    assert door.entrance.session(opened.secret)
    new = door.entrance.invitations.peek(secret, HERE).offer.secret
    assert new != app
    door.entrance.invitations.accept(secret, "copper window seven", door.code(new), HERE)
    assert door.entrance.session(opened.secret) is None
    door.later(60)
    assert door.entrance.arrivals.by_password("a-ada", "copper window seven", door.code(new), HERE)


def test_links_are_not_guessed_at(door, clock):
    """An address that shows links which are none is told to wait."""
    strict = make_door(door.store, clock, Patience(per_address=2, per_account=9, seconds=300))
    secret = door.invite()
    for _ in range(2):
        gone(strict, "x" * 43)
    with pytest.raises(ThrottledError):
        strict.entrance.invitations.peek(secret, HERE)
    assert strict.entrance.invitations.peek(secret, Visitor("198.51.100.1"))


def test_a_restored_hub_has_no_open_links(door, tmp_path, clock):
    """A link that was used after the backup was taken is not good again by it."""
    used, waiting = door.invite(), door.invite("x-xan")
    door.store.back_up(tmp_path / "backup.zip")
    app = door.entrance.invitations.peek(used, HERE).offer.secret
    door.entrance.invitations.accept(used, PASSWORD, door.code(app), HERE)
    new = tmp_path / "new" / "hub.sqlite3"
    new.parent.mkdir()
    event = Event("operator (alice)", Action.HUB_RESTORE, "hub")
    SqliteStore.restore(new, tmp_path / "backup.zip", replace=False, record=lambda _: event)
    with closing(SqliteStore.open(new, clock=clock)) as store:
        restored = make_door(store, clock)
        assert gone(restored, used) == gone(restored, waiting)
        assert restored.invite() != used
