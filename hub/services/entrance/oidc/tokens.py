"""ID tokens (OpenID Connect Core 1.0 section 3.1.3.7): signed by the provider, for this hub, for this sign-in, now.

PyJWT, of the extra `oidc`, reads them and checks signatures: RS256 and ES256, each by keys of its own kind.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hub.errors import AuthenticationError

if TYPE_CHECKING:
    from jwt import PyJWK

MAX_TOKEN_CHARACTERS = 16_384
_SKEW_SECONDS = 60
_ALGORITHMS = ("RS256", "ES256")
_SUBJECT = re.compile(r"[\x21-\x7e]{1,255}\Z")  # section 2: 255 ASCII characters at most
_REFUSAL = "the identity provider's token is not for this sign-in"
_OPTIONS = {
    "require": ["iss", "sub", "aud", "exp", "iat", "nonce", "auth_time"],
    "verify_exp": False,  # these three by the hub's clock, below
    "verify_iat": False,
    "verify_nbf": False,
    "enforce_minimum_key_length": True,
}

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
    import jwt

    if len(token) > MAX_TOKEN_CHARACTERS:
        raise AuthenticationError(_REFUSAL)
    try:
        key = _key_of(token, keys)
        claims = jwt.decode(
            token,
            key.key,
            algorithms=[key.algorithm_name],
            audience=expected.client,
            issuer=expected.issuer,
            options=_OPTIONS,  # type: ignore[arg-type]  # its TypedDict wants every name written in place
        )
        _check(claims, expected, now.timestamp())
        subject = claims["sub"]
    except (jwt.PyJWTError, ValueError, TypeError, LookupError, RecursionError) as error:
        raise AuthenticationError(_REFUSAL) from error
    if not isinstance(subject, str) or not _SUBJECT.match(subject):
        raise AuthenticationError(_REFUSAL)
    return subject


def _key_of(token: str, keys: Sequence[Key]) -> PyJWK:
    """Give the key that the token says it is signed by. Raises: UnknownKeyError, PyJWTError, ValueError."""
    import jwt

    header = jwt.get_unverified_header(token)
    if header["alg"] not in _ALGORITHMS or "crit" in header:
        raise ValueError("an algorithm of another kind, or a header that asks for more")
    fitting = [key for key in keys if key.get("use", "sig") == "sig" and header.get("kid") in (None, key.get("kid"))]
    for each in fitting:
        try:
            key = jwt.PyJWK.from_dict(dict(each))
        except jwt.PyJWTError:  # a kind of key that is of no use here
            continue
        if key.algorithm_name == header["alg"]:
            return key
    raise UnknownKeyError(_REFUSAL)


def _check(claims: Mapping[str, Any], expected: Expected, now: float) -> None:
    """Go on only with claims as they must be. Raises: ValueError, KeyError, TypeError."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    facts = (
        not several or "azp" in claims,
        claims.get("azp", expected.client) == expected.client,
        hmac.compare_digest(str(claims["nonce"]).encode(), expected.nonce.encode()),
        now < claims["exp"] + _SKEW_SECONDS,
        claims["iat"] <= now + _SKEW_SECONDS,
        now <= claims["auth_time"] + expected.max_age_seconds + _SKEW_SECONDS,
    )
    if not all(facts):
        raise ValueError("not as it must be")
