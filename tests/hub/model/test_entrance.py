"""Values about coming in."""

from __future__ import annotations

from datetime import UTC, datetime

from hub.model.entrance import Credentials, Session


def test_no_secret_is_in_a_printed_value():
    """A trace-back that prints them shows neither hash nor TOTP secret, nor what a form must carry."""
    now = datetime(2026, 11, 24, tzinfo=UTC)
    shown = repr([Credentials("a-ada", "$argon2id$", "SECRET"), Session(b"digest", "a-ada", now, now, "csrf-word")])
    assert "a-ada" in shown
    for secret in ("argon2id", "SECRET", "csrf-word", "digest"):
        assert secret not in shown
