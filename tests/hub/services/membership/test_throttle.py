"""Failed sign-ins: counted for addresses and names, over workers and restarts, and nobody is locked out by others."""

from __future__ import annotations

from contextlib import closing

import pytest

from hub.errors import AuthenticationError, ThrottledError
from hub.model.members import Account, AccountKind, Partner, PartnerKind
from hub.policy.actions import operator
from hub.services.membership import Membership
from hub.services.membership.throttle import Patience
from hub.store.sqlite import SqliteStore
from tests.hub.store.stage import SECOND, Wall

PATIENCE = Patience(per_address=5, per_account=3, seconds=60)
WRONG = "hub_" + "0" * 72
HERE, THERE = "192.0.2.7", "198.51.100.1"


@pytest.fixture
def clock() -> Wall:
    """Give a clock that stands."""
    return Wall()


@pytest.fixture
def store(tmp_path, clock):
    """Make a hub with one account."""
    with closing(SqliteStore.create(tmp_path / "hub.sqlite3", clock=clock)) as made:
        members = Membership(made).members
        members.add_partner(operator("root"), Partner("police-x", PartnerKind.MEMBER))
        members.add_account(operator("root"), Account("x-pull", "police-x", AccountKind.SERVICE))
        yield made


@pytest.fixture
def door(store):
    """Stand at its entrance."""
    return Membership(store, patience=PATIENCE)


def refusals(door: Membership, count: int, account: str | None, address: str | None) -> list[type[Exception]]:
    """Fail so many times; give how each was answered."""
    found: list[type[Exception]] = []
    for _ in range(count):
        with pytest.raises((AuthenticationError, ThrottledError)) as refused:
            door.authenticate(WRONG, account, address)
        found.append(refused.type)
    return found


def test_an_address_that_goes_on_failing_is_not_heard(door, clock):
    """Not with the right token either, until its window has ended; other addresses notice nothing."""
    token = door.tokens.issue(operator("root"), "x-pull").secret
    assert refusals(door, 6, None, HERE) == [AuthenticationError] * 5 + [ThrottledError]
    with pytest.raises(ThrottledError):
        door.authenticate(token, None, HERE)
    assert door.authenticate(token, None, THERE)
    clock.now += 61 * SECOND
    assert door.authenticate(token, None, HERE)


@pytest.mark.parametrize("name", ["x-pull", "nobody", "\udcff" * 500])
def test_a_name_that_goes_on_failing_is_told_to_wait(door, name):
    """Whether there is such an account or not: nothing can be learned from it."""
    assert refusals(door, 5, name, None) == [AuthenticationError] * 3 + [ThrottledError] * 2


def test_nobody_is_locked_out_by_others(door):
    """Failing in somebody's name, from wherever, never keeps the right token out."""
    token = door.tokens.issue(operator("root"), "x-pull").secret
    for number in range(9):
        refusals(door, 1, "x-pull", f"203.0.113.{number}")
    assert door.authenticate(token, "x-pull", HERE)


def test_a_network_of_ipv6_is_one_address(door):
    """A /64 is one customer's; an IPv4 address is the same in either form."""
    for number in range(5):
        refusals(door, 1, None, f"2001:db8::{number:x}")
    assert refusals(door, 1, None, "2001:db8::ffff") == [ThrottledError]
    assert refusals(door, 1, None, "2001:db8:0:1::1") == [AuthenticationError]
    refusals(door, 5, None, HERE)
    assert refusals(door, 1, None, f"::ffff:{HERE}") == [ThrottledError]


def test_counts_are_shared_and_outlive_a_restart(store, door, clock, tmp_path):
    """Another worker, or the same after a restart, goes on counting where it stands."""
    refusals(door, 3, None, HERE)
    with closing(SqliteStore.open(tmp_path / "hub.sqlite3", clock=clock)) as again:
        other = Membership(again, patience=PATIENCE)
        assert refusals(other, 3, None, HERE) == [AuthenticationError] * 2 + [ThrottledError]
    assert refusals(door, 1, None, HERE) == [ThrottledError]


def test_ended_windows_leave_nothing(store, clock):
    """What has ended is deleted when another begins: the file does not grow with the years."""
    for number in range(10):
        store.counters.add(f"key {number}", 60)
    clock.now += 61 * SECOND
    assert store.counters.add("new", 60) == 1
    with store.counters._file.open() as file:
        (left,) = file.execute("SELECT count(*) FROM counter").fetchone()
    assert left == 1


def test_the_wait_is_told(door):
    """In whole seconds, at least one."""
    refusals(door, 5, None, HERE)
    with pytest.raises(ThrottledError) as refused:
        door.authenticate(WRONG, None, HERE)
    assert refused.value.retry_after_seconds >= 1
