"""Sessions: how they end, and that a secret never outlives a rise of rights."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from hub.errors import ForbiddenError, NotFoundError
from hub.model.audit import Wanted
from hub.model.members import Role
from hub.services.insight import Viewing
from hub.services.membership.members import Members
from hub.store.sqlite import SqliteStore
from tests.hub.services.entrance.door import HERE, PASSWORD, make_door
from tests.hub.services.world import OPERATOR


@pytest.fixture
def two(door):
    """Sign somebody in twice; give both sessions, the older one first."""
    first, app = door.join()
    door.later(60)
    return first, door.entrance.arrivals.by_password("a-ada", PASSWORD, door.code(app), HERE)


def test_every_sign_in_has_a_session_of_its_own(door, two):
    """No secret is given twice or taken from whoever asks, and each form's word is its session's."""
    first, second = (door.entrance.session(each.secret).session for each in two)
    assert two[0].secret != two[1].secret
    assert first.csrf != second.csrf
    assert [each.digest for each in door.entrance.sessions.of(door.entrance.session(two[0].secret))] == [
        second.digest,
        first.digest,
    ]


@pytest.mark.parametrize("secret", ["", "x" * 43, "\udcff", "x" * 100_000])
def test_a_cookie_that_is_none_opens_nothing(door, secret):
    """Whatever it holds."""
    assert door.entrance.session(secret) is None


def test_an_idle_session_ends(door, two):
    """Half an hour after it last asked; asking keeps it."""
    door.later(1_700)
    assert door.entrance.session(two[0].secret)
    door.later(1_700)
    assert door.entrance.session(two[0].secret)
    assert door.entrance.session(two[1].secret) is None


def test_a_session_ends_after_half_a_day(door, two):
    """However busy it is."""
    for _ in range(12 * 3 - 1):
        door.later(1_200)
        assert door.entrance.session(two[1].secret)
    door.later(1_200)
    assert door.entrance.session(two[1].secret) is None


@pytest.mark.parametrize("noun", ["account", "partner"])
def test_who_is_suspended_is_out_at_the_next_request(door, two, noun):
    """And has to sign in anew once that is over."""
    name = {"account": "a-ada", "partner": "bank-a"}[noun]
    with door.store.snapshot() as snapshot:
        known = getattr(snapshot.registry, noun)(name)
    for suspended in (True, False):
        changed = replace(known, suspended=suspended)
        door.store.commit(lambda tx, changed=changed: getattr(tx.registry, f"put_{noun}")(changed))
        assert door.entrance.session(two[0].secret) is None


def test_who_may_not_look_as_another_any_more_looks_as_himself(door):
    """Whoever loses the role for it goes on with his own eyes, for good, and the trail has the end of it."""
    secret = door.join("s-sue")[0].secret
    session = door.entrance.session(secret).session
    Viewing(door.store).begin(door.entrance.session(secret).actor, session, "x-xan", "a call")
    assert door.entrance.session(secret).session.viewing_as == "x-xan"
    with door.store.snapshot() as snapshot:
        sue = snapshot.registry.account("s-sue")
    for roles in (frozenset({Role.READER}), sue.roles):
        door.store.commit(lambda tx, roles=roles: tx.registry.put_account(replace(sue, roles=roles)))
        assert door.entrance.session(secret).session == session
    events = [each.event for each in door.store.trail(Wanted()) if each.event.action == "object:view-as-end"]
    assert [(each.actor, each.object) for each in events] == [("s-sue", "x-xan")]


@pytest.mark.parametrize("noun", ["account", "partner"])
def test_who_was_suspended_signs_in_anew(door, two, noun):
    """Also if nothing was asked meanwhile: a cookie that was stolen is worth nothing once its owner is back."""
    members, name = Members(door.store), {"account": "a-ada", "partner": "bank-a"}[noun]
    getattr(members, f"suspend_{noun}")(OPERATOR, name)
    getattr(members, f"resume_{noun}")(OPERATOR, name)
    assert [door.entrance.session(each.secret) for each in two] == [None, None]


def test_signing_out_ends_one_session_or_all(door, two):
    """Here, one of the list, or everywhere; a session that has ended is not there to be ended again."""
    here = door.entrance.session(two[0].secret)
    there = door.entrance.session(two[1].secret)
    door.entrance.sessions.end(here, there.session.digest)
    assert door.entrance.session(two[1].secret) is None
    with pytest.raises(NotFoundError):
        door.entrance.sessions.end(here, there.session.digest)
    door.entrance.sessions.end(here)
    assert door.entrance.session(two[0].secret) is None
    again = door.entrance.session(door.join()[0].secret)
    assert door.entrance.sessions.end_own(again) == 1
    assert door.acts()[-1] == ("a-ada", "session:end", "a-ada")


def test_nobody_ends_the_session_of_another(door, two):
    """Not by its number either; who sets up the hub may end all of somebody's."""
    other = door.entrance.session(door.join("x-xan")[0].secret)
    with pytest.raises(NotFoundError):
        door.entrance.sessions.end(other, two[0].session.digest)
    with pytest.raises(ForbiddenError):
        door.entrance.sessions.end_all(other.actor, "a-ada")
    assert door.entrance.sessions.end_all(OPERATOR, "a-ada") == 2
    assert door.entrance.session(two[0].secret) is None
    assert door.entrance.session(two[1].secret) is None
    with pytest.raises(NotFoundError):
        door.entrance.sessions.end_all(OPERATOR, "nobody")


def test_every_worker_knows_it(door, two, tmp_path, clock):
    """A session of one worker is one of all, and so is its end; a restart changes nothing."""
    with closing(SqliteStore.open(tmp_path / "hub.sqlite3", clock=clock)) as store:
        other = make_door(store, clock).entrance
        entered = other.session(two[0].secret)
        assert entered.actor.name == "a-ada"
        other.sessions.end(entered)
    assert door.entrance.session(two[0].secret) is None
