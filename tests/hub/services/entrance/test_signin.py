"""Signing in by password and code: what is refused, how slowly one may guess, and what the trail keeps."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest
from argon2 import PasswordHasher, extract_parameters

from hub.errors import AuthenticationError, ThrottledError
from hub.services.entrance import Visitor
from hub.services.entrance.passwords import _NOBODY
from hub.services.membership.throttle import Patience
from hub.store.sqlite import SqliteStore
from tests.hub.services.entrance.door import HERE, PASSWORD, make_door
from tests.hub.services.world import OPERATOR

STRICT = Patience(per_address=100, per_account=3, seconds=300)


def refused(door, account, password, code, visitor=HERE):
    """Give the text with which somebody is turned away."""
    with pytest.raises(AuthenticationError) as caught:
        door.entrance.arrivals.by_password(account, password, code, visitor)
    return str(caught.value)


def test_password_and_code_open_a_session(door):
    """The session is the person's, for the password as any keyboard writes it and the code with blanks in it."""
    _, app = door.join(password="ﬁne gravel otter nine")
    door.later(30)
    code = door.code(app)
    opened = door.entrance.arrivals.by_password("a-ada", "fine gravel otter nine", f" {code[:3]} {code[3:]} ", HERE)
    entered = door.entrance.session(opened.secret)
    assert (entered.actor.name, entered.actor.partner.name) == ("a-ada", "bank-a")
    assert (entered.session.address, entered.session.agent) == (HERE.address, HERE.agent)


def test_every_refusal_reads_the_same(door):
    """Unknown, wrong, missing, a machine's, never set, suspended: one text, so that nothing can be learned."""
    _, app = door.join()
    door.later(60)
    code = door.code(app)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    texts = {
        refused(door, "nobody", PASSWORD, code),
        refused(door, "a-push", PASSWORD, code),
        refused(door, "x-xan", PASSWORD, code),
        refused(door, "x-xan", "", ""),
        refused(door, "a-ada", PASSWORD + ".", code),
        refused(door, "a-ada", PASSWORD, wrong),
        refused(door, "a-ada", PASSWORD, ""),
        refused(door, "a-ada", PASSWORD, "١٢٣٤٥٦"),
        refused(door, "a-ada", "x" * 100_000, code),
        refused(door, "\udcff", "\udcff", "\udcff"),
    }
    with door.store.snapshot() as snapshot:
        account = snapshot.registry.account("a-ada")
    door.store.commit(lambda tx: tx.registry.put_account(replace(account, suspended=True)))
    texts.add(refused(door, "a-ada", PASSWORD, code))
    assert len(texts) == 1


def test_a_code_is_taken_once(door):
    """Not again, nor one before it, not even by the code that confirmed the app; one step off the clock is fine."""
    _, app = door.join()
    refused(door, "a-ada", PASSWORD, door.code(app))
    door.later(90)
    ahead = door.code(app, 1)
    door.entrance.arrivals.by_password("a-ada", PASSWORD, ahead, HERE)
    for steps in (1, 0, -1):
        refused(door, "a-ada", PASSWORD, door.code(app, steps))
    door.later(90)
    refused(door, "a-ada", PASSWORD, door.code(app, 2))
    assert door.entrance.arrivals.by_password("a-ada", PASSWORD, door.code(app, -1), HERE)


def test_two_workers_take_a_code_once(door, tmp_path, clock):
    """Whichever commits second finds the code used, though both had checked it before."""
    door.join()
    door.later(60)
    with closing(SqliteStore.open(tmp_path / "hub.sqlite3", clock=clock)) as other:
        there = make_door(other, clock)
        with door.store.snapshot() as snapshot:
            known = snapshot.keyring.credentials("a-ada")
        step = known.totp_step + 2
        first, second = (each.entrance.arrivals for each in (door, there))
        assert door.store.commit(lambda tx: first._open(tx, known, step, HERE))
        assert other.commit(lambda tx: second._open(tx, known, step, HERE)) is None


def test_guesses_are_counted_over_workers_and_restarts(door, tmp_path, clock):
    """Beyond the limit the right password waits too, by any worker and from anywhere, until the window has ended."""
    _, app = door.join()
    door.later(60)
    strict = make_door(door.store, clock, STRICT)
    refused(strict, "a-ada", "wrong", "000000")
    refused(strict, "a-ada", "wrong", "000000", Visitor("198.51.100.1"))
    with closing(SqliteStore.open(tmp_path / "hub.sqlite3", clock=clock)) as again:
        other = make_door(again, clock, STRICT)
        refused(other, "a-ada", "wrong", "000000")
        for each in (other, strict):
            with pytest.raises(ThrottledError) as caught:
                each.entrance.arrivals.by_password("a-ada", PASSWORD, door.code(app), Visitor("203.0.113.9"))
            assert caught.value.retry_after_seconds >= 1
    assert door.acts()[-1] == ("", "session:refuse", "a-ada")
    door.later(301)
    assert strict.entrance.arrivals.by_password("a-ada", PASSWORD, door.code(app), HERE)


def test_an_address_that_goes_on_failing_is_not_heard(door, clock):
    """Whatever names it tries; others notice nothing."""
    strict = make_door(door.store, clock, Patience(per_address=3, per_account=100, seconds=300))
    for number in range(3):
        refused(strict, f"n{number}", "wrong", "000000")
    with pytest.raises(ThrottledError):
        strict.entrance.arrivals.by_password("n9", "wrong", "000000", HERE)
    refused(strict, "n9", "wrong", "000000", Visitor("198.51.100.1"))


def test_codes_are_guessed_at_more_slowly_still(door, clock):
    """Who knows the password has ten tries an hour at the code, and is never told that he knows it."""
    _, app = door.join()
    door.later(60)
    right = door.code(app)
    for number in range(10):
        refused(door, "a-ada", PASSWORD, f"{(int(right) + 7 + number) % 1_000_000:06d}")
    assert "don't open" in refused(door, "a-ada", PASSWORD, right)
    door.later(3_601)
    assert door.entrance.arrivals.by_password("a-ada", PASSWORD, door.code(app), HERE)


def test_an_unknown_name_costs_what_a_known_one_costs():
    """What is checked for it was made with the same parameters as everybody's."""
    made = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
    assert extract_parameters(_NOBODY) == extract_parameters(made.hash("any"))


def test_no_secret_is_kept_or_printed(door, tmp_path):
    """Acts are told with who, how and from which invitation; what was typed or given out is nowhere."""
    opened, app = door.join()
    assert door.acts() == [
        (OPERATOR.name, "account:invite", "a-ada"),
        ("a-ada", "invitation:accept", "a-ada"),
        ("a-ada", "session:open", "a-ada"),
    ]
    door.store.close()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (PASSWORD, opened.secret):
        assert secret.encode() not in files
    assert app not in repr(opened) + repr(door.entrance)
    assert opened.secret not in repr(opened)
