"""One-time codes of an authenticator app (TOTP, RFC 6238): SHA-1, 6 digits, steps of 30 s, as every app has them.

The secret that is offered to somebody is made from the hub's key and what it is offered for: a page that is
loaded again shows the same, nothing is kept before it is confirmed, and nobody can choose his own.
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import datetime

from pyotp import TOTP

STEP_SECONDS = 30
_DRIFT_STEPS = 1
_SECRET_BYTES = 20
_CODE = re.compile(r"[0-9]{6}\Z")


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret for an authenticator app. secret: base32; uri: the same for a QR code (otpauth://)."""

    secret: str
    uri: str

    def __repr__(self) -> str:
        return "Offer()"


class Codes:
    """Offers secrets. key: the hub's own; issuer: what apps show beside the account."""

    def __init__(self, key: bytes, issuer: str) -> None:
        self._key = key
        self._issuer = issuer

    def offer(self, account: str, *facts: bytes) -> Offer:
        """Give the secret for an account and an occasion; facts: what nobody else has of that."""
        message = b"\0".join((b"totp", account.encode(), *(each.hex().encode() for each in facts)))
        secret = base64.b32encode(hmac.digest(self._key, message, "sha256")[:_SECRET_BYTES]).decode()
        return Offer(secret, TOTP(secret).provisioning_uri(name=account, issuer_name=self._issuer))


def taken_step(secret: str, code: str, now: datetime, last: int = 0) -> int | None:
    """Give the step that a code is of: of now or the one before or after, later than the last that was taken.

    None if it is of none of these.
    """
    code = "".join(code.split())
    if not secret or not _CODE.match(code):
        return None
    here, totp = int(now.timestamp()) // STEP_SECONDS, TOTP(secret)
    steps = (step for step in range(here - _DRIFT_STEPS, here + _DRIFT_STEPS + 1) if step > last)
    return next((step for step in steps if hmac.compare_digest(totp.generate_otp(step), code)), None)
