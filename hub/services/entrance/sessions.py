"""Who is signed in: a session begins with a sign-in, is asked for at every request, and ends in one of five ways.

It is idle or old, its owner signs out, or everywhere, somebody who sets up the hub ends it, or the account or its
partner is suspended. The secret is in the cookie alone; every act that adds to what a session may do gives a new one.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.errors import ForbiddenError, NotFoundError
from hub.model.audit import Event
from hub.model.entrance import Session
from hub.model.members import Actor
from hub.policy.actions import Action, Resource, decide, require
from hub.services.membership import roster
from hub.store.base import Registry, Store, Transaction
from stix_models.timestamps import instant_of

_SECRET_BYTES = 32
_LONGEST_SECRET = 64
_TOUCH_SECONDS = 60
_LONGEST_AGENT = 120
_LONGEST_ADDRESS = 64


@dataclass(frozen=True, slots=True)
class Terms:
    """How long things last, in seconds. fresh: after a sign-in, for changing how one signs in."""

    idle_seconds: int = 1_800
    session_seconds: int = 43_200
    invitation_seconds: int = 259_200
    fresh_seconds: int = 600


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from: its address, and what the browser calls itself."""

    address: str | None = None
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A session with the secret for its cookie, which nobody can tell again."""

    session: Session
    secret: str

    def __repr__(self) -> str:
        return f"Opened(session={self.session!r})"


@dataclass(frozen=True, slots=True)
class Entered:
    """Who asks, by which session; the actor is always the person, whomever the session looks as."""

    actor: Actor
    session: Session


class OpenSessions:
    """Begins, finds and ends sessions."""

    def __init__(self, store: Store, terms: Terms) -> None:
        self._store = store
        self._terms = terms

    def begin(self, tx: Transaction, account: str, visitor: Visitor, way: str) -> Opened:
        """Begin a session within the commit that proves who it is, so that whatever ends all ends this one too."""
        now = instant_of(tx.now())
        idle, old = (timedelta(seconds=each) for each in (self._terms.idle_seconds, self._terms.session_seconds))
        self._store.sessions.sweep(opened=now - old, seen=now - idle)
        opened = _opened(
            Session(
                digest=b"",
                account=account,
                opened=now,
                seen=now,
                csrf="",
                address=(visitor.address or "")[:_LONGEST_ADDRESS],
                agent="".join(filter(str.isprintable, visitor.agent))[:_LONGEST_AGENT],
            )
        )
        self._store.sessions.start(opened.session)
        tx.record(Event(account, Action.SESSION_OPEN, account, {"way": way}))
        return opened

    def enter(self, secret: str) -> Entered | None:
        """Give who asks with a cookie; None if it opens nothing, any more."""
        session = self._store.sessions.find(digest_of(secret)) if len(secret) <= _LONGEST_SECRET else None
        if session is None:
            return None
        with self._store.snapshot() as snapshot:
            now, actor = instant_of(snapshot.now()), person(snapshot.registry, session.account)
        if actor is None or self._is_over(session, now):
            self._store.sessions.end(session.digest)
            return None
        session = self._permitted(actor, session)
        if now - session.seen >= timedelta(seconds=_TOUCH_SECONDS):
            self._store.sessions.touch(session.digest, now)
        return Entered(actor, session)

    def of(self, entered: Entered) -> tuple[Session, ...]:
        """Give the person's sessions, the last one first."""
        return self._store.sessions.of(entered.session.account)

    def end(self, entered: Entered, digest: bytes | None = None) -> None:
        """Sign out: here, or another session of the same person. Raises: NotFoundError."""
        account, digest = entered.session.account, digest or entered.session.digest
        require(entered.actor, Action.SESSION_END, Resource(author=account))
        if digest not in {each.digest for each in self._store.sessions.of(account)}:
            raise NotFoundError("that session has ended already")

        def act(tx: Transaction) -> None:
            self._store.sessions.end(digest)
            tx.record(Event(entered.actor.name, Action.SESSION_END, account, {"sessions": 1}))

        self._store.commit(act)

    def end_own(self, entered: Entered) -> int:
        """Sign out everywhere, here too; give how many sessions there were."""
        account = entered.session.account
        require(entered.actor, Action.SESSION_END, Resource(author=account))
        return self._store.commit(lambda tx: self._end_all(tx, entered.actor, Action.SESSION_END, account))

    def end_all(self, actor: Actor, account: str) -> int:
        """End every session of an account; give how many. Raises: NotFoundError: no such account."""
        require(actor, Action.ACCOUNT_SIGN_OUT)

        def act(tx: Transaction) -> int:
            roster.known_account(tx.registry, account)
            return self._end_all(tx, actor, Action.ACCOUNT_SIGN_OUT, account)

        return self._store.commit(act)

    def is_fresh(self, entered: Entered, now: datetime) -> bool:
        """Whether it is soon after a sign-in."""
        return now - entered.session.opened < timedelta(seconds=self._terms.fresh_seconds)

    def require_fresh(self, entered: Entered, now: datetime) -> None:
        """Go on only soon after a sign-in. Raises: ForbiddenError."""
        require(entered.actor, Action.CREDENTIAL_CHANGE, Resource(author=entered.session.account))
        if not self.is_fresh(entered, now):
            raise ForbiddenError("sign in again first: how one signs in is changed soon after a sign-in only")

    def renew(self, entered: Entered) -> Opened:
        """Go on under a new secret, and end the person's other sessions. Raises: NotFoundError: it has ended."""
        opened = _opened(entered.session)
        if not self._store.sessions.renew(entered.session.digest, opened.session):
            raise NotFoundError("this session has ended: sign in again")
        self._store.sessions.end_all(entered.session.account, but=opened.session.digest)
        return opened

    def _permitted(self, actor: Actor, session: Session) -> Session:
        """Give the session; one that looks as another looks as itself again once its owner may not do that any more."""
        if not session.viewing_as or decide(actor, Action.OBJECT_VIEW_AS).allowed:
            return session
        own = replace(session, viewing_as="")
        if self._store.sessions.put(own):
            event = Event(actor.name, Action.OBJECT_VIEW_AS_END, session.viewing_as)
            self._store.commit(lambda tx: tx.record(event))
        return own

    def _end_all(self, tx: Transaction, actor: Actor, action: Action, account: str) -> int:
        ended = self._store.sessions.end_all(account)
        tx.record(Event(actor.name, action, account, {"sessions": ended}))
        return ended

    def _is_over(self, session: Session, now: datetime) -> bool:
        idle, age = now - session.seen, now - session.opened
        return idle.total_seconds() >= self._terms.idle_seconds or age.total_seconds() >= self._terms.session_seconds


def person(registry: Registry, name: str) -> Actor | None:
    """Give the actor for a person who may come in now; None for everybody else."""
    account = registry.account(name)
    partner = registry.partner(account.partner) if account else None
    if account is None or partner is None:
        return None
    actor = Actor(account.name, account, partner)
    return actor if decide(actor, Action.SESSION_OPEN, Resource(author=name)).allowed else None


def digest_of(secret: str) -> bytes:
    """Give what is kept of a secret: of 256 random bits there is nothing to guess."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def _opened(session: Session) -> Opened:
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    return Opened(replace(session, digest=digest_of(secret), csrf=secrets.token_urlsafe(_SECRET_BYTES)), secret)
