"""What a store promises of persons' credentials, and of who is signed in to the console."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from hub.model.entrance import Credentials, Invitation, Session


class Keyring(Protocol):
    """What persons prove themselves with, as of one snapshot. Nothing in it changes anybody's rights."""

    def credentials(self, account: str) -> Credentials | None:
        """Give what the account proves itself with; None if it has never been set."""

    def holder(self, passkey: bytes) -> str | None:
        """Give the account that a passkey is of, by its id."""

    def named(self, subject: str) -> str | None:
        """Give the account that an identity provider's `ISSUER SUBJECT` is of."""

    def invitation(self, digest: bytes) -> Invitation | None:
        """Find an invitation by the sha-256 of its secret, used and expired ones too."""

    def invited(self, account: str) -> Invitation | None:
        """Give the last invitation of an account."""


class KeyringWriter(Keyring, Protocol):
    """The same inside a commit."""

    def put_credentials(self, credentials: Credentials) -> None:
        """Set or replace all that the account proves itself with; passkeys and subject must be nobody else's."""

    def put_invitation(self, invitation: Invitation) -> None:
        """Keep an invitation; one the account had before is gone."""


class Sessions(Protocol):
    """Who is signed in: the same for all workers and after a restart. No backup has it; a restored hub knows nobody.

    None of these decides how long a session lasts. Each is on the disk when it returns.
    """

    def start(self, session: Session) -> None:
        """Keep a new session; one of the same digest gives way."""

    def find(self, digest: bytes) -> Session | None:
        """Find a session by the sha-256 of its secret."""

    def of(self, account: str) -> tuple[Session, ...]:
        """Give the account's sessions, the one that was signed in last first."""

    def touch(self, digest: bytes, seen: datetime) -> None:
        """Note when a session last asked."""

    def put(self, session: Session) -> bool:
        """Replace what is known of a session; False if it has ended."""

    def renew(self, digest: bytes, session: Session) -> bool:
        """Put a session in the place of another, under a digest of its own; False if that has ended."""

    def end(self, digest: bytes) -> bool:
        """End a session; False if it had ended."""

    def end_all(self, account: str, but: bytes = b"") -> int:
        """End the account's sessions but one; give how many."""

    def sweep(self, opened: datetime, seen: datetime) -> int:
        """End those that were opened, or last asked, before these times; give how many."""
