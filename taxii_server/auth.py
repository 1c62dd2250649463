"""Who asks: HTTP Basic with account name and token, or the token alone as `Bearer` or `Token`."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hub.errors import AuthenticationError

if TYPE_CHECKING:
    from flask import Request

    from hub.model.members import Actor
    from hub.services.membership import Membership

_MAX_HEADER = 1_024
_OPEN_METHODS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an Authorization header says; account is None where the token stands for itself."""

    account: str | None
    secret: str = field(repr=False)


def authenticate(request: Request, membership: Membership) -> Actor:
    """Find the actor behind a request; without credentials the anonymous one, to read, if anything is public.

    Raises: AuthenticationError: credentials that open nothing, or none where they are needed.
    """
    header = request.headers.get("Authorization")
    if header is None:
        actor = membership.anonymous() if request.method in _OPEN_METHODS else None
        if actor is None:
            raise AuthenticationError
        return actor
    found = read_credentials(header)
    return membership.authenticate(found.secret, found.account, request.remote_addr)


def read_credentials(header: str) -> Credentials:
    """Read an Authorization header (RFC 7617, RFC 6750; `Token` as taxii2-client's TokenAuth sends it).

    Raises: AuthenticationError: another scheme, no secret, or no such form.
    """
    scheme, _, rest = header.partition(" ")
    secret = rest.strip()
    if not secret or len(header) > _MAX_HEADER:
        raise AuthenticationError
    match scheme.lower():
        case "basic":
            return _read_basic(secret)
        case "bearer" | "token":
            return Credentials(None, secret)
        case _:
            raise AuthenticationError


def _read_basic(text: str) -> Credentials:
    try:
        account, colon, secret = base64.b64decode(text, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise AuthenticationError from None
    if not (account and colon and secret):
        raise AuthenticationError
    return Credentials(account, secret)
