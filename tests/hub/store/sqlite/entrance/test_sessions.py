"""Who is signed in, in a file of its own."""

from __future__ import annotations

import stat
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.model.entrance import Session
from hub.store.sqlite.entrance.sessions import SqliteSessions

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HERE = Session(b"1" * 32, "a-ada", NOW, NOW, "csrf", "192.0.2.7", "Firefox")
THERE = replace(HERE, digest=b"2" * 32, opened=NOW + timedelta(minutes=1), seen=NOW + timedelta(minutes=1))


@pytest.fixture
def sessions(tmp_path):
    """Open a file with two sessions of one account and one of another."""
    with closing(SqliteSessions(tmp_path / "console.sqlite3", epoch=1)) as made:
        for each in (HERE, THERE, replace(HERE, digest=b"3" * 32, account="x-xan")):
            made.start(each)
        yield made


def test_sessions_are_the_same_for_every_worker(sessions, tmp_path):
    """What one process starts, changes or ends, another finds so; the file is its owner's alone."""
    with closing(SqliteSessions(tmp_path / "console.sqlite3", epoch=1)) as other:
        assert other.of("a-ada") == (THERE, HERE)
        assert other.put(replace(HERE, viewing_as="x-xan"))
        assert sessions.find(HERE.digest).viewing_as == "x-xan"
        later = NOW + timedelta(minutes=5)
        sessions.touch(HERE.digest, later)
        assert other.find(HERE.digest).seen == later
        assert other.end(HERE.digest)
        assert sessions.find(HERE.digest) is None
    assert stat.S_IMODE((tmp_path / "console.sqlite3").stat().st_mode) == 0o600


def test_what_has_ended_stays_so(sessions):
    """Neither a change nor a renewal brings a session back."""
    assert sessions.end(HERE.digest)
    assert not sessions.end(HERE.digest)
    assert not sessions.put(HERE)
    assert not sessions.renew(HERE.digest, replace(HERE, digest=b"9" * 32))
    sessions.touch(HERE.digest, NOW)
    assert sessions.of("a-ada") == (THERE,)


def test_a_renewed_session_has_another_digest(sessions):
    """The old digest finds nothing any more."""
    assert sessions.renew(HERE.digest, replace(HERE, digest=b"9" * 32))
    assert sessions.find(HERE.digest) is None
    assert sessions.find(b"9" * 32) == replace(HERE, digest=b"9" * 32)


def test_all_of_an_account_end_but_one(sessions):
    """Other accounts' sessions are not touched."""
    assert sessions.end_all("a-ada", but=THERE.digest) == 1
    assert sessions.of("a-ada") == (THERE,)
    assert sessions.end_all("a-ada") == 1
    assert len(sessions.of("x-xan")) == 1


def test_the_old_and_the_idle_are_swept(sessions):
    """Whatever was opened, or last asked, before the given times goes."""
    assert sessions.sweep(NOW, NOW) == 0
    assert sessions.sweep(NOW, NOW + timedelta(minutes=1)) == 2
    assert sessions.sweep(NOW + timedelta(minutes=2), NOW) == 1


def test_a_restored_hub_knows_nobody(sessions, tmp_path):
    """A file that another epoch of the hub left behind has no session when it is opened."""
    with closing(SqliteSessions(tmp_path / "console.sqlite3", epoch=2)) as restored:
        assert restored.find(HERE.digest) is None
