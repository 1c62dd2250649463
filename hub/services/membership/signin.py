"""The check at the entrance: from credentials to an actor."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from hub.errors import AuthenticationError, ForbiddenError
from hub.model.members import Account, Actor, Partner, Token
from hub.services.membership import roster
from hub.services.membership.throttle import Patience, Throttle
from hub.services.membership.tokens import digest_of, is_live, use_of
from hub.store.base import Registry, Store
from stix_models.timestamps import instant_of

_REFUSAL = "these credentials open nothing"
_USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Known:
    """Whom a worker has let in since the registry last changed, by digest of the secret.

    noted: when the use of a token was last noted, by its id.
    """

    version: int
    tokens: dict[bytes, tuple[Token, Actor]] = field(default_factory=dict)
    noted: dict[str, datetime] = field(default_factory=dict)


class SignIn:
    """Tells who asks. It remembers only what is in the registry, and only until that changes."""

    def __init__(self, store: Store, patience: Patience) -> None:
        self._store = store
        self._throttle = Throttle(store.counters, patience)
        self._known = _Known(-1)

    def authenticate(self, secret: str, account: str | None = None, address: str | None = None) -> Actor:
        """Give the actor behind a token. account: the name that came with it (Basic); address: where from.

        Raises: AuthenticationError: unknown, revoked, expired, suspended, from elsewhere or under another
            name; the text is always the same. ThrottledError: that was so too often.
        """
        self._throttle.hear(address)
        digest = digest_of(secret)
        found = self._find(digest) if digest else None
        if found is not None:
            token, actor, now = found
            named = account is None or hmac.compare_digest(_bytes(account), _bytes(token.account))
            if named and is_live(token, now) and _comes_from(token, address):
                self._note_use(token, now)
                return actor
        self._throttle.failed(account, address)
        raise AuthenticationError(_REFUSAL)

    def _note_use(self, token: Token, now: datetime) -> None:
        """Note that the token was let in, once a minute by each worker: it is there to tell which ones are in use."""
        noted = self._known.noted.get(token.id)
        if noted is None or not timedelta(0) <= now - noted < _USE_NOTED_EVERY:
            self._known.noted[token.id] = now
            self._store.counters.touch(use_of(token))

    def anonymous(self) -> Actor | None:
        """Give the actor for whoever has not signed in; None if nothing is public here."""
        with self._store.snapshot() as snapshot:
            public = any(collection.public for collection in snapshot.registry.collections())
        return Actor("") if public else None

    def acting(self, name: str) -> Actor:
        """Give the actor for an account named by one who works on the hub's own machine.

        Raises: NotFoundError; ForbiddenError: the account or its partner is suspended.
        """
        with self._store.snapshot() as snapshot:
            account = roster.known_account(snapshot.registry, name)
            partner = roster.known_partner(snapshot.registry, account.partner)
        if account.suspended or partner.suspended:
            raise ForbiddenError(f"{name} is suspended")
        return Actor(name, account, partner)

    def _find(self, digest: bytes) -> tuple[Token, Actor, datetime] | None:
        with self._store.snapshot() as snapshot:
            now = instant_of(snapshot.now())
            version = snapshot.registry.version()
            known = self._known
            if known.version != version:
                self._known = known = _Known(version)
            if digest not in known.tokens:
                found = _look_up(snapshot.registry, digest)
                if found is None:
                    return None
                known.tokens[digest] = found
        token, actor = known.tokens[digest]
        return token, actor, now


def _look_up(registry: Registry, digest: bytes) -> tuple[Token, Actor] | None:
    token = registry.token_by_digest(digest)
    account = registry.account(token.account) if token else None
    partner = registry.partner(account.partner) if account else None
    if not token or not account or not partner or _suspended(account, partner):
        return None
    return token, Actor(account.name, account, partner, token.read_only, token.collections)


def _suspended(account: Account, partner: Partner) -> bool:
    return account.suspended or partner.suspended


def _comes_from(token: Token, address: str | None) -> bool:
    """Whether the address is in one of the token's networks; an unknown address is in none."""
    if not token.networks:
        return True
    try:
        here = ip_address(address or "")
    except ValueError:
        return False
    if isinstance(here, IPv6Address) and here.ipv4_mapped:
        return any(here.ipv4_mapped in network for network in token.networks)
    return any(here in network for network in token.networks)


def _bytes(name: str) -> bytes:
    return name.encode(errors="surrogatepass")
