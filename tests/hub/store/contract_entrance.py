"""What a store promises of persons' credentials, and of who is signed in (hub/store/entrance.py)."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.model.entrance import Credentials, Invitation, Passkey, Session
from tests.hub.store.home import Home
from tests.hub.store.stage import Stage

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEYS = (Passkey(b"one", b"key", 3, "laptop", NOW), Passkey(b"two", b"key", 0, "phone", NOW + MINUTE))
HERE = Session(b"1" * 32, "a-ada", NOW, NOW, "csrf", "192.0.2.7", "Firefox")
THERE = replace(HERE, digest=b"2" * 32, opened=NOW + MINUTE, seen=NOW + MINUTE)
OTHER = replace(HERE, digest=b"3" * 32, account="b-bob")


class EntrancePromises:
    """Credentials and invitations in commits; sessions at once, for all who have the store open."""

    def test_credentials_are_replaced_as_one(self, stage: Stage) -> None:
        """What is put comes out, passkeys by age; what it replaces is gone, and rights stay as fresh as they were."""
        whole = Credentials("a-ada", "hash", "SECRET", 7, KEYS)
        with stage.store.snapshot() as before:
            version = before.registry.version()
            assert before.keyring.credentials("a-ada") is None
        stage.store.commit(lambda tx: tx.keyring.put_credentials(whole))
        with stage.store.snapshot() as snapshot:
            assert snapshot.keyring.credentials("a-ada") == whole
            assert snapshot.keyring.holder(b"two") == "a-ada"
        stage.store.commit(lambda tx: tx.keyring.put_credentials(replace(whole, passkeys=KEYS[:1])))
        with stage.store.snapshot() as snapshot:
            assert snapshot.keyring.credentials("a-ada") == replace(whole, passkeys=KEYS[:1])
            assert snapshot.keyring.holder(b"two") is None
            assert snapshot.registry.version() == version

    def test_an_account_has_one_invitation(self, stage: Stage) -> None:
        """A new one takes the place of the old, used or not."""
        first = Invitation(b"1" * 32, "a-ada", NOW, NOW + MINUTE, "s-ann")
        for each in (first, replace(first, used=NOW)):
            stage.store.commit(lambda tx, each=each: tx.keyring.put_invitation(each))  # type: ignore[misc]  # bound now
            with stage.store.snapshot() as snapshot:
                assert snapshot.keyring.invitation(first.digest) == each
        second = replace(first, digest=b"2" * 32)
        stage.store.commit(lambda tx: tx.keyring.put_invitation(second))
        with stage.store.snapshot() as snapshot:
            assert snapshot.keyring.invitation(first.digest) is None
            assert snapshot.keyring.invited("a-ada") == second

    @pytest.fixture
    def signed_in(self, stage: Stage) -> Stage:
        """Sign somebody in twice, and another once."""
        for each in (HERE, THERE, OTHER):
            stage.store.sessions.start(each)
        return stage

    def test_sessions_are_the_same_for_every_worker(self, signed_in: Stage, home: Home) -> None:
        """What one starts, changes or ends, another finds so; the one that was opened last comes first."""
        sessions = signed_in.store.sessions
        with closing(home.open(signed_in.wall)) as other:
            assert other.sessions.of("a-ada") == (THERE, HERE)
            assert other.sessions.put(replace(HERE, viewing_as="b-bob"))
            other.sessions.touch(HERE.digest, NOW + MINUTE)
            assert sessions.find(HERE.digest) == replace(HERE, viewing_as="b-bob", seen=NOW + MINUTE)
            assert other.sessions.end(HERE.digest)
        assert sessions.find(HERE.digest) is None

    def test_a_session_that_has_ended_stays_so(self, signed_in: Stage) -> None:
        """Neither a change nor a renewal brings it back."""
        sessions = signed_in.store.sessions
        assert sessions.end(HERE.digest)
        assert not sessions.end(HERE.digest)
        assert not sessions.put(HERE)
        assert not sessions.renew(HERE.digest, replace(HERE, digest=b"9" * 32))
        sessions.touch(HERE.digest, NOW)
        assert sessions.of("a-ada") == (THERE,)

    def test_a_renewed_session_has_another_digest(self, signed_in: Stage) -> None:
        """The old one finds nothing any more."""
        sessions, new = signed_in.store.sessions, replace(HERE, digest=b"9" * 32)
        assert sessions.renew(HERE.digest, new)
        assert (sessions.find(HERE.digest), sessions.find(new.digest)) == (None, new)

    def test_all_sessions_of_an_account_end_but_one(self, signed_in: Stage) -> None:
        """Other accounts' are not touched."""
        sessions = signed_in.store.sessions
        assert sessions.end_all("a-ada", but=THERE.digest) == 1
        assert sessions.of("a-ada") == (THERE,)
        assert sessions.end_all("a-ada") == 1
        assert sessions.of("b-bob") == (OTHER,)

    def test_old_and_idle_sessions_are_swept(self, signed_in: Stage) -> None:
        """Whatever was opened, or last asked, before the given times goes."""
        sessions = signed_in.store.sessions
        assert sessions.sweep(NOW, NOW) == 0
        assert sessions.sweep(NOW, NOW + MINUTE) == 2
        assert sessions.sweep(NOW + 2 * MINUTE, NOW) == 1
