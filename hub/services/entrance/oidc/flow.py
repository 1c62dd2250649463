"""The way to the provider and back; what has to be known then goes with the browser, sealed: nothing is kept.

The ticket in the browser's cookie ties the answer to the browser that asked, so that nobody can be signed in as
somebody else by a link (RFC 9700 section 4.7).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.util import find_spec
from urllib.parse import urlencode

from hub.errors import AuthenticationError, SettingsError
from hub.services.entrance.oidc.provider import Client, Provider
from hub.services.entrance.oidc.tokens import Expected, UnknownKeyError, subject_of
from hub.store.counters import Counters

TICKET_SECONDS = 600
_MAX_TICKET_CHARACTERS = 8_192
_MAX_CODE_CHARACTERS = 4_096
_MAX_WHERE_CHARACTERS = 1_000
_SECRET_BYTES = 32
_REFUSAL = "this sign-in was not begun here, took too long, or was used: begin again"


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and the ticket it keeps meanwhile."""

    url: str
    ticket: str

    def __repr__(self) -> str:
        return "Begun()"


@dataclass(frozen=True, slots=True)
class Came:
    """Who came back, `ISSUER SUBJECT`, and what for. invitation: the secret of a link; where: to go on to."""

    subject: str
    invitation: str
    where: str

    def __repr__(self) -> str:
        return f"Came(subject={self.subject!r})"


@dataclass(frozen=True, slots=True)
class _Ticket:
    state: str
    nonce: str
    verifier: str
    invitation: str
    where: str
    ends: int


class Federation:
    """Sends people to the provider and takes them back. key: the hub's own; max_age_seconds: see tokens.Expected."""

    def __init__(self, client: Client, key: bytes, counters: Counters, max_age_seconds: int) -> None:
        if find_spec("jwt") is None:
            raise SettingsError("oidc_issuer wants the extra oidc: pip install 'atlas-sharing-hub[oidc]'")
        self._provider = Provider(client)
        self._key = key
        self._counters = counters
        self._max_age_seconds = max_age_seconds

    @property
    def title(self) -> str:
        """What people call the provider."""
        return self._provider.client.title

    def begin(self, back: str, now: datetime, *, invitation: str = "", where: str = "") -> Begun:
        """Send somebody off (Core section 3.1.2.1). back: where `finish` will be asked. Raises: SourceError."""
        state, nonce, verifier = (secrets.token_urlsafe(_SECRET_BYTES) for _ in range(3))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "response_type": "code",
            "client_id": self._provider.client.id,
            "redirect_uri": back,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "max_age": str(self._max_age_seconds),  # a session that begins here is one that was just signed in to
        }
        place = self._provider.places().authorization
        if len(where) > _MAX_WHERE_CHARACTERS:  # a cookie has 4 kB, and this can be done without
            where = ""
        ticket = _Ticket(state, nonce, verifier, invitation, where, int(now.timestamp()) + TICKET_SECONDS)
        return Begun(f"{place}{'&' if '?' in place else '?'}{urlencode(query)}", self._sealed(ticket))

    def finish(self, ticket: str, answer: Mapping[str, str], back: str, now: datetime) -> Came:
        """Take somebody back. answer: what the provider has the browser say (Core section 3.1.2.5, RFC 9207).

        Raises: AuthenticationError: it proves nobody; SourceError: the provider can't be asked.
        """
        begun = self._opened(ticket, now)
        client = self._provider.client
        code, issuer = answer.get("code", ""), answer.get("iss", client.issuer)
        if not hmac.compare_digest(answer.get("state", "").encode(), begun.state.encode()) or issuer != client.issuer:
            raise AuthenticationError(_REFUSAL)
        if not 1 <= len(code) <= _MAX_CODE_CHARACTERS or self._counters.add(f"oidc/{begun.state}", TICKET_SECONDS) > 1:
            raise AuthenticationError(_REFUSAL)
        token = self._provider.id_token(code, begun.verifier, back)
        expected = Expected(client.issuer, client.id, begun.nonce, self._max_age_seconds)
        try:
            subject = subject_of(token, self._provider.keys(), expected, now)
        except UnknownKeyError:
            subject = subject_of(token, self._provider.keys(renew=True), expected, now)
        return Came(f"{client.issuer} {subject}", begun.invitation, begun.where)

    def _sealed(self, ticket: _Ticket) -> str:
        body = base64.urlsafe_b64encode(json.dumps(asdict(ticket)).encode()).decode()
        return f"{body}.{self._seal(body)}"

    def _opened(self, text: str, now: datetime) -> _Ticket:
        body, _, seal = text.partition(".")
        if len(text) > _MAX_TICKET_CHARACTERS or not hmac.compare_digest(seal.encode(), self._seal(body).encode()):
            raise AuthenticationError(_REFUSAL)
        ticket = _Ticket(**json.loads(base64.urlsafe_b64decode(body)))  # sealed: it is what was put in
        if now.timestamp() >= ticket.ends:
            raise AuthenticationError(_REFUSAL)
        return ticket

    def _seal(self, body: str) -> str:
        return hmac.digest(self._key, b"oidc\0" + body.encode(errors="surrogatepass"), "sha256").hex()
