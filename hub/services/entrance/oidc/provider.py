"""The identity provider, asked over HTTPS: what it says of itself, its keys, and tokens for codes.

Each answer is bounded in time and size, no redirect is followed, and only addresses of HTTPS are asked (HTTP on this
machine's loopback, for trials).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlsplit

import requests
from urllib3.exceptions import HTTPError

from hub.errors import AuthenticationError, SettingsError, SourceError
from hub.services.sources.access import is_loopback
from stix_models import strict

_SECONDS = 5
_TOTAL_SECONDS = 10
_MAX_BYTES = 262_144
_CHUNK_BYTES = 16_384
_KEPT_SECONDS = 3_600
_RENEWED_SECONDS = 60
_REFUSED = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_MAX_SECRET_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Client:
    """What the provider knows this hub as. issuer: its address; name: what people call it.

    secret_file: holds the client's secret; None: it has none.
    Raises: SettingsError: an address that may not be asked, or no client id.
    """

    issuer: str
    id: str
    secret_file: Path | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if not _may_be_asked(self.issuer):
            raise SettingsError("oidc_issuer: an address of HTTPS without query is needed")
        if not self.id:
            raise SettingsError("oidc_client_id: the provider's name for this hub is needed")

    @property
    def title(self) -> str:
        """What people call it; its host's name if nothing is said."""
        return self.name or str(urlsplit(self.issuer).hostname)

    def secret(self) -> str:
        """Read the secret, "" if there is none. Raises: SettingsError."""
        if self.secret_file is None:
            return ""
        try:
            with self.secret_file.open("rb") as file:
                return file.read(_MAX_SECRET_BYTES).decode("ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"oidc_secret_file: {self.secret_file} can't be read as text") from error


@dataclass(frozen=True, slots=True)
class Places:
    """Where a provider is asked for what (OpenID Connect Discovery 1.0 section 3)."""

    authorization: str
    token: str
    keys: str


class Provider:
    """One provider, remembered for an hour."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self._lock = threading.Lock()
        self._places: tuple[float, Places] | None = None
        self._keys: tuple[float, tuple[Mapping[str, Any], ...]] | None = None

    def places(self) -> Places:
        """Give where it is asked. Raises: SourceError."""
        with self._lock:
            if self._places is None or time.monotonic() - self._places[0] > _KEPT_SECONDS:
                self._places = time.monotonic(), self._discover()
            return self._places[1]

    def keys(self, *, renew: bool = False) -> tuple[Mapping[str, Any], ...]:
        """Give its public keys (RFC 7517). renew: they did not do; once a minute there may be others."""
        place = self.places().keys
        with self._lock:
            age = time.monotonic() - self._keys[0] if self._keys else None
            if self._keys is None or age is None or age > (_RENEWED_SECONDS if renew else _KEPT_SECONDS):
                found = _asked("GET", place).get("keys")
                keys = tuple(each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()
                self._keys = time.monotonic(), keys
            return self._keys[1]

    def id_token(self, code: str, verifier: str, back: str) -> str:
        """Exchange a code (RFC 6749 section 4.1.3, RFC 7636). back: the address it was sent to.

        Raises: SourceError; AuthenticationError: the provider refuses it.
        """
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
        secret = self.client.secret()
        if secret:  # section 2.3.1: both in the form of a form
            answer = _asked("POST", self.places().token, fields, (quote_plus(self.client.id), quote_plus(secret)))
        else:
            answer = _asked("POST", self.places().token, fields | {"client_id": self.client.id})
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise SourceError("the identity provider sent no ID token")
        return token

    def _discover(self) -> Places:
        about = _asked("GET", f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration")
        if about.get("issuer") != self.client.issuer:
            raise SourceError("the identity provider says it is another one than oidc_issuer")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        found = [about.get(name) for name in names]
        if not all(isinstance(each, str) and _may_be_asked(each, query=True) for each in found):
            raise SourceError(f"the identity provider does not say where it is asked: {', '.join(names)}")
        return Places(*map(str, found))


def _may_be_asked(url: str, *, query: bool = False) -> bool:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    return safe and bool(host) and "@" not in parts.netloc and not parts.fragment and (query or not parts.query)


def _asked(
    method: str, url: str, fields: Mapping[str, str] | None = None, basic: tuple[str, str] | None = None
) -> dict[str, Any]:
    """Ask for a JSON object. Raises: SourceError; AuthenticationError: it refuses what was sent."""
    try:
        with requests.Session() as session:
            session.trust_env = not is_loopback(urlsplit(url).hostname or "")
            session.auth = basic or _unsigned
            response = session.request(
                method, url, data=fields, timeout=_SECONDS, stream=True, allow_redirects=False,
                headers={"Accept": "application/json"},
            )  # fmt: skip
            with closing(response):
                body = _body(response)
    except (requests.RequestException, HTTPError) as error:
        raise SourceError(f"the identity provider can't be asked: {type(error).__name__}") from error
    if method == "POST" and response.status_code in _REFUSED:
        raise AuthenticationError("the identity provider refuses this sign-in")
    if response.status_code != HTTPStatus.OK:
        raise SourceError(f"the identity provider answers {response.status_code}")
    try:
        found = strict.loads(body)
    except ValueError as error:
        raise SourceError("the identity provider sends no JSON") from error
    if not isinstance(found, dict):
        raise SourceError("the identity provider sends no JSON object")
    return found


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Add nothing: without this, requests would look into .netrc."""
    return request


def _body(response: requests.Response) -> bytes:
    """Read an answer as it comes, so that neither a bomb nor a drip goes on. Raises: SourceError."""
    body, ends = bytearray(), time.monotonic() + _TOTAL_SECONDS
    while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
        body += chunk
        if len(body) > _MAX_BYTES or time.monotonic() > ends:
            raise SourceError("the identity provider's answer is too long")
    return bytes(body)
