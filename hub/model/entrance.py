"""How persons come in: what they prove themselves with, the links that invite them, and who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Passkey:
    """The public half of a WebAuthn credential. id: as the authenticator names it; label: as its owner does."""

    id: bytes
    public_key: bytes
    sign_count: int
    label: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an account proves itself with: password and code together, a passkey, or by an identity provider.

    password: an Argon2id hash, "" for none. totp_secret: base32 (RFC 6238), "" for none; it must be kept as it is,
    so it is never printed. totp_step: the last step of 30 s whose code was taken. subject: `ISSUER SUBJECT` of OpenID
    Connect, "" for none.
    """

    account: str
    password: str = ""
    totp_secret: str = ""
    totp_step: int = 0
    passkeys: tuple[Passkey, ...] = ()
    subject: str = ""

    def __repr__(self) -> str:
        return f"Credentials(account={self.account!r}, passkeys={len(self.passkeys)})"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link by which an account sets how it comes in, once. digest: sha-256 of its secret; used: when it was."""

    digest: bytes
    account: str
    created: datetime
    expires: datetime
    invited_by: str
    used: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in. digest: sha-256 of the cookie's secret; csrf: what its forms must carry.

    opened, seen: when it was signed in, and when it last asked (to the minute). address, agent: from where and with
    which browser, for its owner's list. viewing_as: the account it looks through, "" for its own.
    """

    digest: bytes
    account: str
    opened: datetime
    seen: datetime
    csrf: str
    address: str = ""
    agent: str = ""
    viewing_as: str = ""

    def __repr__(self) -> str:
        return f"Session(account={self.account!r}, opened={self.opened.isoformat()})"
