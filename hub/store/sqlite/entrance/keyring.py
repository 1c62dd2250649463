"""Credentials and invitations, in the hub's own file: rows of no registry, so no reader's rights grow stale by them."""

from __future__ import annotations

import sqlite3

from hub.model.entrance import Credentials, Invitation, Passkey
from stix_models.timestamps import instant_of, micros_of


class SqliteKeyring:
    """Keeps hub.store.base.KeyringWriter on a connection that is inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def credentials(self, account: str) -> Credentials | None:
        """Give what the account proves itself with; None if it has never been set."""
        row = self._connection.execute(
            "SELECT password, totp_secret, totp_step, subject FROM credential WHERE account = ?", (account,)
        ).fetchone()
        if row is None:
            return None
        password, totp_secret, totp_step, subject = row
        return Credentials(account, password, totp_secret, totp_step, self._passkeys(account), subject or "")

    def holder(self, passkey: bytes) -> str | None:
        """Give the account that a passkey is of, by its id."""
        row = self._connection.execute("SELECT account FROM passkey WHERE id = ?", (passkey,)).fetchone()
        return str(row[0]) if row else None

    def named(self, subject: str) -> str | None:
        """Give the account that an identity provider's `ISSUER SUBJECT` is of."""
        row = self._connection.execute("SELECT account FROM credential WHERE subject = ?", (subject,)).fetchone()
        return str(row[0]) if row else None

    def invitation(self, digest: bytes) -> Invitation | None:
        """Find an invitation by the sha-256 of its secret, used and expired ones too."""
        return self._invitation("digest", digest)

    def invited(self, account: str) -> Invitation | None:
        """Give the last invitation of an account."""
        return self._invitation("account", account)

    def put_credentials(self, credentials: Credentials) -> None:
        """Set or replace all that the account proves itself with; its passkeys and its subject are nobody else's."""
        account = credentials.account
        self._connection.execute(
            "INSERT INTO credential VALUES (?, ?, ?, ?, ?) ON CONFLICT (account) DO UPDATE SET"
            " password = excluded.password, totp_secret = excluded.totp_secret, totp_step = excluded.totp_step,"
            " subject = excluded.subject",
            (
                account,
                credentials.password,
                credentials.totp_secret,
                credentials.totp_step,
                credentials.subject or None,
            ),
        )
        self._connection.execute("DELETE FROM passkey WHERE account = ?", (account,))
        self._connection.executemany(
            "INSERT INTO passkey VALUES (?, ?, ?, ?, ?, ?)",
            [
                (each.id, account, each.public_key, each.sign_count, each.label, micros_of(each.created))
                for each in credentials.passkeys
            ],
        )

    def put_invitation(self, invitation: Invitation) -> None:
        """Keep an invitation; one the account had before is gone."""
        self._connection.execute(
            "INSERT OR REPLACE INTO invitation VALUES (?, ?, ?, ?, ?, ?)",
            (
                invitation.account,
                invitation.digest,
                micros_of(invitation.created),
                micros_of(invitation.expires),
                invitation.invited_by,
                None if invitation.used is None else micros_of(invitation.used),
            ),
        )

    def _passkeys(self, account: str) -> tuple[Passkey, ...]:
        rows = self._connection.execute(
            "SELECT id, public_key, sign_count, label, created FROM passkey WHERE account = ? ORDER BY created, id",
            (account,),
        )
        return tuple(Passkey(id_, key, count, label, instant_of(created)) for id_, key, count, label, created in rows)

    def _invitation(self, column: str, value: bytes | str) -> Invitation | None:
        row = self._connection.execute(
            f"SELECT digest, account, created, expires, invited_by, used FROM invitation WHERE {column} = ?", (value,)
        ).fetchone()
        if row is None:
            return None
        digest, account, created, expires, by, used = row
        return Invitation(
            digest, account, instant_of(created), instant_of(expires), by, None if used is None else instant_of(used)
        )
