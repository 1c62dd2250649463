"""ID tokens (OpenID Connect Core 1.0 section 3.1.3.7): signed by the provider, for this hub, for this sign-in, now.

RS256 and ES256, by keys of their own kind; nothing else is looked at, so there is no algorithm to be talked into.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from hub.errors import AuthenticationError
from stix_models import strict

MAX_TOKEN_CHARACTERS = 16_384
_DEPTH = 8
_SKEW_SECONDS = 60
_MIN_RSA_BITS = 2_048
_P256_BYTES = 32
_SUBJECT = re.compile(r"[\x21-\x7e]{1,255}\Z")  # section 2: 255 ASCII characters at most
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+\Z")
_REFUSAL = "the identity provider's token is not for this sign-in"

Key = Mapping[str, Any]
"""A JSON Web Key (RFC 7517)."""


class UnknownKeyError(AuthenticationError):
    """The token is signed by a key that is not among those known; newer ones may have it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the token must say. max_age_seconds: since the person proved himself to the provider."""

    issuer: str
    client: str
    nonce: str
    max_age_seconds: int


def subject_of(token: str, keys: Sequence[Key], expected: Expected, now: datetime) -> str:
    """Give whom the token is about, as the issuer names him for ever.

    Raises: UnknownKeyError; AuthenticationError: anything in it is not as it must be.
    """
    try:
        claims = _claims(token, keys)
        _check(claims, expected, now.timestamp())
        subject = claims["sub"]
    except (ValueError, TypeError, LookupError, InvalidSignature) as error:
        raise AuthenticationError(_REFUSAL) from error
    if not isinstance(subject, str) or not _SUBJECT.match(subject):
        raise AuthenticationError(_REFUSAL)
    return subject


def _claims(token: str, keys: Sequence[Key]) -> Mapping[str, Any]:
    """Read the claims, once the signature holds. Raises: UnknownKeyError, ValueError, InvalidSignature and the like."""
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise ValueError("too long")
    header, claims, signature = token.split(".")
    about = strict.loads(_bytes(header), max_depth=_DEPTH)
    if not isinstance(about, dict) or "crit" in about:
        raise ValueError("no header, or one that asks for more")
    kind, verify = _ALGORITHMS[about["alg"]]
    fitting = [key for key in keys if key.get("kty") == kind and key.get("use", "sig") == "sig"]
    if (named := about.get("kid")) is not None:
        fitting = [key for key in fitting if key.get("kid") == named]
    if not fitting:
        raise UnknownKeyError(_REFUSAL)
    verify(fitting[0], _bytes(signature), f"{header}.{claims}".encode())
    found = strict.loads(_bytes(claims), max_depth=_DEPTH)
    if not isinstance(found, dict):
        raise TypeError("no claims")
    return found


def _check(claims: Mapping[str, Any], expected: Expected, now: float) -> None:
    """Go on only with claims as they must be. Raises: ValueError, KeyError, TypeError."""
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    party = claims.get("azp", expected.client)
    facts = (
        claims["iss"] == expected.issuer,
        expected.client in audience,
        len(audience) == 1 or "azp" in claims,
        party == expected.client,
        hmac.compare_digest(str(claims["nonce"]).encode(), expected.nonce.encode()),
        now < claims["exp"] + _SKEW_SECONDS,
        claims["iat"] <= now + _SKEW_SECONDS,
        now <= claims["auth_time"] + expected.max_age_seconds + _SKEW_SECONDS,
    )
    if not all(facts):
        raise ValueError("not as it must be")


def _rs256(key: Key, signature: bytes, signed: bytes) -> None:
    public = rsa.RSAPublicNumbers(_number(key["e"]), _number(key["n"])).public_key()
    if public.key_size < _MIN_RSA_BITS:
        raise ValueError("too short a key")
    public.verify(signature, signed, padding.PKCS1v15(), SHA256())


def _es256(key: Key, signature: bytes, signed: bytes) -> None:
    if key["crv"] != "P-256" or len(signature) != 2 * _P256_BYTES:
        raise ValueError("another curve")
    public = ec.EllipticCurvePublicNumbers(_number(key["x"]), _number(key["y"]), ec.SECP256R1()).public_key()
    r, s = (int.from_bytes(half, "big") for half in (signature[:_P256_BYTES], signature[_P256_BYTES:]))
    public.verify(encode_dss_signature(r, s), signed, ec.ECDSA(SHA256()))


_ALGORITHMS: dict[str, tuple[str, Callable[[Key, bytes, bytes], None]]] = {
    "RS256": ("RSA", _rs256),
    "ES256": ("EC", _es256),
}


def _number(text: str) -> int:
    return int.from_bytes(_bytes(text), "big")


def _bytes(text: str) -> bytes:
    """Read base64url without padding (RFC 7515 section 2). Raises: ValueError."""
    if not _BASE64URL.match(text):
        raise ValueError("no base64url")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
