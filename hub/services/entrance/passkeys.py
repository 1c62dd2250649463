"""Passkeys (WebAuthn level 2): what a browser is asked, and what its answer proves.

A passkey stands for both factors, so the person must have been verified by it. Challenges are not kept: each
carries its purpose, its end and the hub's seal, and the counters see to it that it is answered once.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass
from datetime import datetime

from hub.errors import AuthenticationError
from hub.model.entrance import Passkey
from hub.store.counters import Counters

REFUSAL = "this passkey opens nothing here"
MAX_LABEL_CHARACTERS = 64
_SECONDS = 300
_NONCE_BYTES = 16
_SEAL_BYTES = 16


@dataclass(frozen=True, slots=True)
class Site:
    """Where the console is, as the browser sees it. host: the name alone; origin: scheme, name and port."""

    host: str
    origin: str


class Passkeys:
    """Asks and checks. key: the hub's own; title: what browsers show."""

    def __init__(self, key: bytes, title: str, counters: Counters) -> None:
        self._key = key
        self._title = title
        self._counters = counters

    def enrolment(self, site: Site, account: str, known: tuple[Passkey, ...], now: datetime) -> str:
        """Ask for a new passkey: the options of navigator.credentials.create(), as JSON."""
        from hub.services.entrance import ceremonies

        user = hashlib.sha256(self._key + account.encode()).digest(), account
        challenge = self._challenge(account, now)
        return ceremonies.creation(site, self._title, user, [each.id for each in known], challenge, _SECONDS)

    def enrolled(self, site: Site, account: str, answer: str, label: str, now: datetime) -> Passkey:
        """Give the passkey that an answer to `enrolment` brings. Raises: AuthenticationError."""
        from hub.services.entrance import ceremonies

        with ceremonies.refusing():
            read = ceremonies.parsed(answer)
            challenge = self._checked(ceremonies.challenged(read), account, now)
            id_, public_key, sign_count = ceremonies.created(site, read, challenge)
        self._use_up(challenge)
        name = "".join(filter(str.isprintable, label)).strip()[:MAX_LABEL_CHARACTERS] or "passkey"
        return Passkey(id_, public_key, sign_count, name, now)

    def question(self, site: Site, now: datetime) -> str:
        """Ask whoever is there to prove himself: the options of navigator.credentials.get(), as JSON."""
        from hub.services.entrance import ceremonies

        return ceremonies.request(site, self._challenge("", now), _SECONDS)

    def named(self, answer: str) -> bytes:
        """Give the id of the passkey that an answer says it is of. Raises: AuthenticationError."""
        from hub.services.entrance import ceremonies

        with ceremonies.refusing():
            return ceremonies.named(ceremonies.parsed(answer))

    def proved(self, site: Site, answer: str, passkey: Passkey, now: datetime) -> int:
        """Give the passkey's new sign count, if the answer to `question` is by it. Raises: AuthenticationError."""
        from hub.services.entrance import ceremonies

        with ceremonies.refusing():
            read = ceremonies.parsed(answer)
            challenge = self._checked(ceremonies.challenged(read), "", now)
            count = ceremonies.proved(site, read, challenge, passkey.public_key, passkey.sign_count)
        self._use_up(challenge)
        return count

    def _challenge(self, purpose: str, now: datetime) -> bytes:
        facts = secrets.token_bytes(_NONCE_BYTES) + struct.pack(">Q", int(now.timestamp()) + _SECONDS)
        return facts + self._seal(purpose, facts)

    def _checked(self, challenge: bytes, purpose: str, now: datetime) -> bytes:
        """Give a challenge that is one of ours, for this purpose and in time. Raises: ValueError, struct.error."""
        facts, seal = challenge[:-_SEAL_BYTES], challenge[-_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(purpose, facts)):
            raise ValueError("not the hub's challenge")
        (ends,) = struct.unpack(">Q", facts[_NONCE_BYTES:])
        if now.timestamp() >= ends:
            raise ValueError("too late")
        return challenge

    def _seal(self, purpose: str, facts: bytes) -> bytes:
        return hmac.digest(self._key, b"passkey\0" + purpose.encode() + b"\0" + facts, "sha256")[:_SEAL_BYTES]

    def _use_up(self, challenge: bytes) -> None:
        """Let a challenge be answered once. Raises: AuthenticationError: it has been."""
        if self._counters.add(f"challenge/{challenge.hex()}", 2 * _SECONDS) > 1:
            raise AuthenticationError(REFUSAL)
