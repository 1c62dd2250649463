"""Credentials and invitations in the hub's own file."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.model.entrance import Credentials, Invitation, Passkey
from tests.hub.services.world import make_world

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
KEYS = (Passkey(b"one", b"key", 3, "laptop", NOW), Passkey(b"two", b"key", 0, "phone", NOW + timedelta(seconds=1)))


@pytest.fixture
def store(tmp_path):
    """Open a community's store."""
    with closing(make_world(tmp_path).store) as made:
        yield made


def test_credentials_are_replaced_as_one(store):
    """What is put comes out, the passkeys by age; what it replaces is gone, and rights stay as fresh as they were."""
    with store.snapshot() as before:
        version = before.registry.version()
        assert before.keyring.credentials("a-ada") is None
    whole = Credentials("a-ada", "hash", "SECRET", 7, KEYS)
    store.commit(lambda tx: tx.keyring.put_credentials(whole))
    with store.snapshot() as snapshot:
        assert snapshot.keyring.credentials("a-ada") == whole
        assert snapshot.keyring.holder(b"two") == "a-ada"
    store.commit(lambda tx: tx.keyring.put_credentials(replace(whole, passkeys=KEYS[:1])))
    with store.snapshot() as snapshot:
        assert snapshot.keyring.credentials("a-ada").passkeys == KEYS[:1]
        assert snapshot.keyring.holder(b"two") is None
        assert snapshot.registry.version() == version


def test_an_account_has_one_invitation(store):
    """A new one takes the place of the old, used or not."""
    first = Invitation(b"1" * 32, "a-ada", NOW, NOW + timedelta(hours=1), "s-sue")
    store.commit(lambda tx: tx.keyring.put_invitation(first))
    used = replace(first, used=NOW)
    store.commit(lambda tx: tx.keyring.put_invitation(used))
    with store.snapshot() as snapshot:
        assert snapshot.keyring.invitation(first.digest) == used
    second = replace(first, digest=b"2" * 32)
    store.commit(lambda tx: tx.keyring.put_invitation(second))
    with store.snapshot() as snapshot:
        assert snapshot.keyring.invitation(first.digest) is None
        assert snapshot.keyring.invited("a-ada") == second


def test_no_secret_is_in_a_printed_value():
    """A trace-back that prints credentials shows neither hash nor TOTP secret."""
    assert "hash" not in repr(Credentials("a-ada", "hash", "SECRET")) + repr([Credentials("a", "", "SECRET")])
    assert "SECRET" not in repr(Credentials("a-ada", "hash", "SECRET"))
