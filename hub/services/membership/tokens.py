"""Tokens: what a secret looks like, and issuing, revoking and renewing them.

A secret is `hub_`, 256 random bits and a checksum, all in hex. Only its sha-256 is stored: of 256 random bits
there is nothing to guess, so no slow hash is needed. It is given out once, by `issue` and `rotate`.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network

from hub.errors import ConflictError, Finding, InvalidInputError
from hub.model.audit import Event
from hub.model.members import Account, Actor, Token
from hub.policy.actions import Action
from hub.services.membership.custody import accesses, known_token, owner_of, reached, seen_to, sets_up
from hub.services.sharing import Access
from hub.store.base import Registry, Store, Transaction
from stix_models.timestamps import instant_of

_SECRET = re.compile(r"hub_([0-9a-f]{64})([0-9a-f]{8})\Z")
_HINT_CHARACTERS = 4

MAX_OVERLAP_HOURS = 168
"""How long a replaced token may stay good beside the new one."""

MOST_LIVE = 100
"""How many good tokens an account has at most."""

MOST_ENTRIES = 100
"""How many collections, and how many networks, a token is cut to at most."""


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
    """Issues credentials for accounts. days: how long one lasts when nothing is said, 1 or more.

    Whoever sets up the hub sees to all; a person to his own and to those of his partner's machines. To him, an
    account and a token that he does not see to are as if they were not there.
    """

    def __init__(self, store: Store, days: int = 365) -> None:
        self._store = store
        self._days = days

    @property
    def days(self) -> int:
        """How long a token lasts when nothing is said, and at most where members issue it."""
        return self._days

    def issue(self, actor: Actor, account: str, cut: Cut = WHOLE, expires: datetime | None = None) -> Issued:
        """Make a token for an account; the answer is the only place where its secret ever is.

        Raises: NotFoundError: no such account or collection; InvalidInputError: expired already, or later than a
            member may have it; ConflictError: the account has `MOST_LIVE`.
        """

        def act(tx: Transaction) -> Issued:
            owner, now = owner_of(tx.registry, actor, Action.TOKEN_ISSUE, account), instant_of(tx.now())
            _refuse_wide(cut)
            _refuse_many(tx.registry, account, now)
            lifetime = self._lifetime(actor, now, expires)
            issued = _make(account, _resolved(tx.registry, actor, owner, cut), now, lifetime)
            _put(tx, issued)
            tx.record(Event(actor.name, Action.TOKEN_ISSUE, issued.token.id, _facts(issued.token)))
            return issued

        return self._store.commit(act)

    def list(self, actor: Actor, account: str | None = None) -> tuple[Token, ...]:
        """Give all tokens that the actor sees to, or an account's, oldest first; revoked and expired ones too."""
        with self._store.snapshot() as snapshot:
            registry = snapshot.registry
            if account is not None and not sets_up(actor):
                owner_of(registry, actor, Action.TOKEN_LIST, account)
            seen = {each.name for each in seen_to(registry, actor, Action.TOKEN_LIST)}
            return tuple(token for token in registry.tokens(account) if token.account in seen)

    def accounts(self, actor: Actor) -> tuple[Account, ...]:
        """Give the accounts for which the actor may issue tokens, by name."""
        with self._store.snapshot() as snapshot:
            return tuple(seen_to(snapshot.registry, actor, Action.TOKEN_ISSUE))

    def collections(self, actor: Actor, account: str | None = None) -> tuple[Access, ...]:
        """Give the collections a token can be cut to, by title, and what the account may do in each.

        account: None for the actor's own; to whoever sets up, then all. Raises: NotFoundError: no such account.
        """
        with self._store.snapshot() as snapshot:
            registry = snapshot.registry
            if account is None:
                return accesses(registry, None if sets_up(actor) else actor.account)
            return accesses(registry, owner_of(registry, actor, Action.TOKEN_LIST, account))

    def find(self, actor: Actor, id: str) -> Token:  # noqa: A002 - the field's name
        """Give one token. Raises: NotFoundError."""
        with self._store.snapshot() as snapshot:
            return known_token(snapshot.registry, actor, Action.TOKEN_LIST, id)

    def last_used(self, tokens: Iterable[Token]) -> Mapping[str, datetime]:
        """Give by id when each was last let in, to the minute; one that never was is left out."""
        keys = {use_of(token): token.id for token in tokens}
        found = self._store.counters.touched(keys)
        return {keys[key]: datetime.fromtimestamp(at, UTC) for key, at in found.items()}

    def revoke(self, actor: Actor, id: str) -> Token:  # noqa: A002 - the field's name
        """Make a token worthless from the next request on. Raises: NotFoundError."""

        def act(tx: Transaction) -> Token:
            token = known_token(tx.registry, actor, Action.TOKEN_REVOKE, id)
            if token.revoked is None:
                token = replace(token, revoked=instant_of(tx.now()))
                tx.registry.put_token(token)
                tx.record(Event(actor.name, Action.TOKEN_REVOKE, id, {"account": token.account}))
            return token

        return self._store.commit(act)

    def rotate(self, actor: Actor, id: str, overlap_hours: int = 0) -> Issued:  # noqa: A002 - the field's name
        """Replace a token by one of the same cut and lifetime, with a new secret.

        overlap_hours: how long the old one is still good, 0 to `MAX_OVERLAP_HOURS`; never longer than it was.
        Raises: NotFoundError; ConflictError: it is revoked already; InvalidInputError: no such overlap.
        """
        _refuse_overlap(overlap_hours)

        def act(tx: Transaction) -> Issued:
            old, now = known_token(tx.registry, actor, Action.TOKEN_ROTATE, id), instant_of(tx.now())
            if old.revoked is not None:
                raise ConflictError(f"token {id} is revoked: issue a new one")
            _refuse_many(tx.registry, old.account, now, one_ends=not overlap_hours)
            cut = Cut(old.read_only, old.collections, old.networks)
            issued = _make(old.account, cut, now, self._again(actor, now, old))
            tx.registry.put_token(_outgoing(old, now, overlap_hours))
            _put(tx, issued)
            facts = _facts(issued.token) | {"replaces": id, "overlap_hours": overlap_hours}
            tx.record(Event(actor.name, Action.TOKEN_ROTATE, issued.token.id, facts))
            return issued

        return self._store.commit(act)

    def _lifetime(self, actor: Actor, now: datetime, expires: datetime | None) -> datetime:
        """Give the instant at which a new token ends."""
        latest = now + timedelta(days=self._days)
        if expires is not None and expires > latest and not sets_up(actor):
            late = Finding("expires", f"at most {self._days} days from now", expires.isoformat())
            raise InvalidInputError("a token can't last that long", (late,))
        return expires or latest

    def _again(self, actor: Actor, now: datetime, old: Token) -> datetime:
        """Give the same lifetime from now on, no longer than a member may have it."""
        usual = timedelta(days=self._days)
        lasted = old.expires - old.created if old.expires else usual
        return now + (lasted if sets_up(actor) else min(lasted, usual))


def digest_of(secret: str) -> bytes | None:
    """Give what is stored of a secret; None if it can't be ours (the checksum finds slips of the pen)."""
    parts = _SECRET.match(secret)
    if parts is None or _checksum(parts[1]) != parts[2]:
        return None
    return hashlib.sha256(secret.encode()).digest()


def use_of(token: Token) -> str:
    """Give the key under which its last use is noted."""
    return f"token:{token.id}"


def _make(account: str, cut: Cut, now: datetime, expires: datetime) -> Issued:
    if expires <= now:
        early = Finding("expires", "not in the future", expires.isoformat())
        raise InvalidInputError(f"a token that expires at {expires.isoformat()} is of no use", (early,))
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


def _outgoing(old: Token, now: datetime, overlap_hours: int) -> Token:
    """Give the replaced token: worthless, or with an end that is no later than the one it had."""
    if not overlap_hours:
        return replace(old, revoked=now)
    ends = now + timedelta(hours=overlap_hours)
    return replace(old, expires=min(old.expires or ends, ends))


def _resolved(registry: Registry, actor: Actor, owner: Account, cut: Cut) -> Cut:
    """Give the cut with ids of collections. Raises: NotFoundError."""
    if cut.collections is None:
        return cut
    return replace(cut, collections=frozenset(reached(registry, actor, owner, each).id for each in cut.collections))


def _refuse_wide(cut: Cut) -> None:
    """Raise InvalidInputError for a cut of more entries than anybody writes by hand."""
    for place, entries in (("collections", cut.collections or ()), ("networks", cut.networks)):
        if len(entries) > MOST_ENTRIES:
            raise InvalidInputError("a token is cut too finely", (Finding(place, f"at most {MOST_ENTRIES}"),))


def _refuse_overlap(hours: int) -> None:
    if not 0 <= hours <= MAX_OVERLAP_HOURS:
        wrong = Finding("overlap_hours", f"0 to {MAX_OVERLAP_HOURS} hours", str(hours))
        raise InvalidInputError("a token can't be replaced like that", (wrong,))


def _refuse_many(registry: Registry, account: str, now: datetime, *, one_ends: bool = False) -> None:
    """Raise ConflictError if the account has as many tokens that are good as one may have."""
    live = [token for token in registry.tokens(account) if is_live(token, now)]
    if len(live) - one_ends >= MOST_LIVE:
        raise ConflictError(f"{account} has {len(live)} tokens that are good already: revoke one first")


def is_live(token: Token, now: datetime) -> bool:
    """Whether the token is good at the instant."""
    return token.revoked is None and (token.expires is None or now < token.expires)


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


def _checksum(bits: str) -> str:
    return f"{zlib.crc32(bits.encode()):08x}"
