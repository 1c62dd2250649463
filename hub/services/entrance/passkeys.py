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
from typing import Any

import webauthn
from webauthn.helpers import parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from hub.errors import AuthenticationError
from hub.model.entrance import Passkey
from hub.store.counters import Counters
from stix_models import strict

MAX_ANSWER_CHARACTERS = 16_384
MAX_LABEL_CHARACTERS = 64
_ANSWER_DEPTH = 8
_SECONDS = 300
_NONCE_BYTES = 16
_SEAL_BYTES = 16
_REFUSAL = "this passkey opens nothing here"
_BAD = (
    WebAuthnException,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    struct.error,
)
"""What the library lets through when it reads bytes that are no answer."""


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
        options = webauthn.generate_registration_options(
            rp_id=site.host,
            rp_name=self._title,
            user_name=account,
            user_id=hashlib.sha256(self._key + account.encode()).digest(),
            challenge=self._challenge(account, now),
            timeout=_SECONDS * 1000,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each.id) for each in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        return webauthn.options_to_json(options)

    def enrolled(self, site: Site, account: str, answer: str, label: str, now: datetime) -> Passkey:
        """Give the passkey that an answer to `enrolment` brings. Raises: AuthenticationError."""
        try:
            read, challenge = self._read(answer, account, now)
            found = webauthn.verify_registration_response(
                credential=read,
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except _BAD as error:
            raise AuthenticationError(_REFUSAL) from error
        self._use_up(challenge)
        name = "".join(filter(str.isprintable, label)).strip()[:MAX_LABEL_CHARACTERS] or "passkey"
        return Passkey(found.credential_id, found.credential_public_key, found.sign_count, name, now)

    def question(self, site: Site, now: datetime) -> str:
        """Ask whoever is there to prove himself: the options of navigator.credentials.get(), as JSON."""
        options = webauthn.generate_authentication_options(
            rp_id=site.host,
            challenge=self._challenge("", now),
            timeout=_SECONDS * 1000,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return webauthn.options_to_json(options)

    def named(self, answer: str) -> bytes:
        """Give the id of the passkey that an answer says it is of. Raises: AuthenticationError."""
        try:
            return webauthn.base64url_to_bytes(_parsed(answer)["rawId"])
        except _BAD as error:
            raise AuthenticationError(_REFUSAL) from error

    def proved(self, site: Site, answer: str, passkey: Passkey, now: datetime) -> int:
        """Give the passkey's new sign count, if the answer to `question` is by it. Raises: AuthenticationError."""
        try:
            read, challenge = self._read(answer, "", now)
            found = webauthn.verify_authentication_response(
                credential=read,
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=True,
            )
        except _BAD as error:
            raise AuthenticationError(_REFUSAL) from error
        self._use_up(challenge)
        return found.new_sign_count

    def _challenge(self, purpose: str, now: datetime) -> bytes:
        facts = secrets.token_bytes(_NONCE_BYTES) + struct.pack(">Q", int(now.timestamp()) + _SECONDS)
        return facts + self._seal(purpose, facts)

    def _read(self, answer: str, purpose: str, now: datetime) -> tuple[dict[str, Any], bytes]:
        """Read an answer and the challenge in it. Raises: ValueError: it is not one of ours, or too old."""
        read = _parsed(answer)
        client_data = webauthn.base64url_to_bytes(read["response"]["clientDataJSON"])
        challenge = parse_client_data_json(client_data).challenge
        facts, seal = challenge[:-_SEAL_BYTES], challenge[-_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(purpose, facts)):
            raise ValueError("not the hub's challenge")
        (ends,) = struct.unpack(">Q", facts[_NONCE_BYTES:])
        if now.timestamp() >= ends:
            raise ValueError("too late")
        return read, challenge

    def _seal(self, purpose: str, facts: bytes) -> bytes:
        return hmac.digest(self._key, b"passkey\0" + purpose.encode() + b"\0" + facts, "sha256")[:_SEAL_BYTES]

    def _use_up(self, challenge: bytes) -> None:
        """Let a challenge be answered once. Raises: AuthenticationError: it has been."""
        if self._counters.add(f"challenge/{challenge.hex()}", 2 * _SECONDS) > 1:
            raise AuthenticationError(_REFUSAL)


def _parsed(answer: str) -> dict[str, Any]:
    """Read an answer as the browser wrote it. Raises: ValueError."""
    if len(answer) > MAX_ANSWER_CHARACTERS:
        raise ValueError("too long")
    read = strict.loads(answer, max_depth=_ANSWER_DEPTH)
    if not isinstance(read, dict):
        raise TypeError("no JSON object")
    return read
