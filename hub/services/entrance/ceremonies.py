"""WebAuthn's two ceremonies (level 2, sections 7.1 and 7.2) as the library does them, with the hub's terms.

The person must be verified by the authenticator, and the passkey be found without a name. Loading the library takes
longer than most commands, so this file is imported where a passkey is asked for, and no earlier.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
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
from hub.services.entrance.passkeys import REFUSAL, Site
from stix_models import strict

MAX_ANSWER_CHARACTERS = 16_384
_DEPTH = 8
_VERIFIED = UserVerificationRequirement.REQUIRED
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


@contextmanager
def refusing() -> Iterator[None]:
    """Turn whatever reading an answer may raise into the one refusal. Raises: AuthenticationError."""
    try:
        yield
    except _BAD as error:
        raise AuthenticationError(REFUSAL) from error


def creation(
    site: Site, title: str, user: tuple[bytes, str], known: list[bytes], challenge: bytes, seconds: int
) -> str:
    """Give the options of navigator.credentials.create() as JSON. user: handle and name; known: passkeys he has."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=title,
        user_id=user[0],
        user_name=user[1],
        challenge=challenge,
        timeout=seconds * 1000,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_VERIFIED
        ),
    )
    return webauthn.options_to_json(options)


def created(site: Site, answer: dict[str, Any], challenge: bytes) -> tuple[bytes, bytes, int]:
    """Give id, public key and sign count of the passkey that was made. Raises: as the library."""
    found = webauthn.verify_registration_response(
        credential=answer,
        expected_challenge=challenge,
        expected_rp_id=site.host,
        expected_origin=site.origin,
        require_user_verification=True,
    )
    return found.credential_id, found.credential_public_key, found.sign_count


def request(site: Site, challenge: bytes, seconds: int) -> str:
    """Give the options of navigator.credentials.get() as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, challenge=challenge, timeout=seconds * 1000, user_verification=_VERIFIED
    )
    return webauthn.options_to_json(options)


def proved(site: Site, answer: dict[str, Any], challenge: bytes, public_key: bytes, sign_count: int) -> int:
    """Give the new sign count of the passkey that has answered. Raises: as the library."""
    found = webauthn.verify_authentication_response(
        credential=answer,
        expected_challenge=challenge,
        expected_rp_id=site.host,
        expected_origin=site.origin,
        credential_public_key=public_key,
        credential_current_sign_count=sign_count,
        require_user_verification=True,
    )
    return found.new_sign_count


def parsed(answer: str) -> dict[str, Any]:
    """Read an answer as the browser wrote it. Raises: ValueError, TypeError."""
    if len(answer) > MAX_ANSWER_CHARACTERS:
        raise ValueError("too long")
    read = strict.loads(answer, max_depth=_DEPTH)
    if not isinstance(read, dict):
        raise TypeError("no JSON object")
    return read


def named(answer: dict[str, Any]) -> bytes:
    """Give the id of the passkey that an answer says it is of. Raises: LookupError and the like."""
    return webauthn.base64url_to_bytes(answer["rawId"])


def challenged(answer: dict[str, Any]) -> bytes:
    """Give the challenge that an answer says it is to. Raises: LookupError and the like."""
    return parse_client_data_json(webauthn.base64url_to_bytes(answer["response"]["clientDataJSON"])).challenge
