"""Tokens: what a secret looks like, and issuing, revoking and renewing them.

A secret is `hub_`, 256 random bits and a checksum, all in hex. Only its sha-256 is stored: of 256 random bits
there is nothing to guess, so no slow hash is needed. It is given out once, by `issue` and `rotate`.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network

from hub.errors import ConflictError, InvalidInputError, NotFoundError
from hub.model.audit import Event
from hub.model.members import Actor, Token
from hub.policy.actions import Action, require
from hub.services.membership import roster
from hub.store.base import Registry, Store, Transaction

_SECRET = re.compile(r"hub_([0-9a-f]{64})([0-9a-f]{8})\Z")
_HINT_CHARACTERS = 4


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token with its secret, which nobody can tell again."""

    token: Token
    secret: str

    def __repr__(self) -> str:
        return f"Issued(token={self.token!r})"


@dataclass(frozen=True, slots=True)
class Cut:
    """What a token leaves of its account's rights: collections by id, alias or title; None for all."""

    read_only: bool = False
    collections: frozenset[str] | None = None
    networks: tuple[IPv4Network | IPv6Network, ...] = ()


WHOLE = Cut()


class Tokens:
    """Issues credentials for accounts. days: how long one lasts when nothing is said, 1 or more."""

    def __init__(self, store: Store, days: int = 365) -> None:
        self._store = store
        self._days = days

    def issue(self, actor: Actor, account: str, cut: Cut = WHOLE, expires: datetime | None = None) -> Issued:
        """Make a token for an account; the answer is the only place where its secret ever is.

        Raises: NotFoundError: no such account or collection; InvalidInputError: expired already.
        """
        require(actor, Action.TOKEN_ISSUE)

        def act(tx: Transaction) -> Issued:
            roster.known_account(tx.registry, account)
            issued = _make(account, _resolved(tx.registry, cut), _instant(tx), expires, self._days)
            _put(tx, issued)
            facts = _facts(issued.token)
            tx.record(Event(actor.name, Action.TOKEN_ISSUE, issued.token.id, facts))
            return issued

        return self._store.commit(act)

    def list(self, actor: Actor, account: str | None = None) -> tuple[Token, ...]:
        """Give all tokens, or an account's, oldest first; revoked and expired ones too."""
        require(actor, Action.TOKEN_LIST)
        with self._store.snapshot() as snapshot:
            return snapshot.registry.tokens(account)

    def revoke(self, actor: Actor, id: str) -> Token:  # noqa: A002 - the field's name
        """Make a token worthless from the next request on. Raises: NotFoundError."""
        require(actor, Action.TOKEN_REVOKE)

        def act(tx: Transaction) -> Token:
            token = _known(tx.registry, id)
            if token.revoked is None:
                token = replace(token, revoked=_instant(tx))
                tx.registry.put_token(token)
                tx.record(Event(actor.name, Action.TOKEN_REVOKE, id, {"account": token.account}))
            return token

        return self._store.commit(act)

    def rotate(self, actor: Actor, id: str) -> Issued:  # noqa: A002 - the field's name
        """Replace a token by one of the same cut and lifetime, with a new secret; the old one stops at once.

        Raises: NotFoundError; ConflictError: it is revoked already.
        """
        require(actor, Action.TOKEN_ROTATE)

        def act(tx: Transaction) -> Issued:
            old, now = _known(tx.registry, id), _instant(tx)
            if old.revoked is not None:
                raise ConflictError(f"token {id} is revoked: issue a new one")
            cut = Cut(old.read_only, old.collections, old.networks)
            expires = now + (old.expires - old.created) if old.expires else None
            issued = _make(old.account, cut, now, expires, self._days)
            tx.registry.put_token(replace(old, revoked=now))
            _put(tx, issued)
            facts = _facts(issued.token) | {"replaces": id}
            tx.record(Event(actor.name, Action.TOKEN_ROTATE, issued.token.id, facts))
            return issued

        return self._store.commit(act)


def digest_of(secret: str) -> bytes | None:
    """Give what is stored of a secret; None if it can't be ours (the checksum finds slips of the pen)."""
    parts = _SECRET.match(secret)
    if parts is None or _checksum(parts[1]) != parts[2]:
        return None
    return hashlib.sha256(secret.encode()).digest()


def _make(account: str, cut: Cut, now: datetime, expires: datetime | None, days: int) -> Issued:
    expires = expires or now + timedelta(days=days)
    if expires <= now:
        raise InvalidInputError(f"a token that expires at {expires.isoformat()} is of no use")
    bits = secrets.token_hex(32)
    secret = f"hub_{bits}{_checksum(bits)}"
    token = Token(
        id=secrets.token_hex(6),
        account=account,
        hint=secret[-_HINT_CHARACTERS:],
        created=now,
        read_only=cut.read_only,
        collections=cut.collections,
        networks=cut.networks,
        expires=expires,
    )
    return Issued(token, secret)


def _put(tx: Transaction, issued: Issued) -> None:
    tx.registry.put_token(issued.token, digest_of(issued.secret))


def _resolved(registry: Registry, cut: Cut) -> Cut:
    if cut.collections is None:
        return cut
    ids = frozenset(roster.known_collection(registry, each).id for each in cut.collections)
    return replace(cut, collections=ids)


def _known(registry: Registry, id_: str) -> Token:
    token = next((token for token in registry.tokens() if token.id == id_), None)
    if token is None:
        raise NotFoundError(f"there is no token {id_}")
    return token


def _facts(token: Token) -> dict[str, object]:
    """Give what is said of a token in the audit trail: never its secret."""
    return {
        "account": token.account,
        "hint": token.hint,
        "read_only": token.read_only,
        "collections": None if token.collections is None else sorted(token.collections),
        "networks": [str(network) for network in token.networks],
        "expires": token.expires.isoformat() if token.expires else None,
    }


def _instant(tx: Transaction) -> datetime:
    """Give the wall clock as an aware time."""
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=tx.now())


def _checksum(bits: str) -> str:
    return f"{zlib.crc32(bits.encode()):08x}"
