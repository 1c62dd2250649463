"""Invitations: a link that is good once, for one person, to set how he signs in; a new one is how he recovers.

Whether a link was used, has expired, was replaced or never was is not told: one text for all of these.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub.errors import AuthenticationError, ConflictError, Finding, InvalidInputError, NotFoundError
from hub.model.audit import Event
from hub.model.entrance import Credentials, Invitation
from hub.model.members import AccountKind, Actor
from hub.policy.actions import Action, Resource, require
from hub.policy.enrolment import refuse
from hub.services.entrance.codes import Codes, Offer, taken_step
from hub.services.entrance.passkeys import Passkeys, Site
from hub.services.entrance.passwords import Passwords, against_password
from hub.services.entrance.sessions import Opened, OpenSessions, Terms, Visitor, digest_of, person
from hub.services.membership import roster
from hub.services.membership.throttle import Throttle
from hub.store.base import Snapshot, Store, Transaction
from stix_models.timestamps import instant_of

_SECRET_BYTES = 32
_GONE = "this link opens nothing: it was used, it has expired, or it was never given; ask the secretariat for a new one"
WRONG_CODE = "not the code the app shows now: check its clock, then type the six digits anew"


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation with the secret of its link, which nobody can tell again."""

    account: str
    expires: datetime
    secret: str

    def __repr__(self) -> str:
        return f"Invited(account={self.account!r}, expires={self.expires.isoformat()})"


@dataclass(frozen=True, slots=True)
class Invitee:
    """Whom a link is for, and what an authenticator app is offered."""

    actor: Actor
    offer: Offer


class Invitations:
    """Gives links and takes them."""

    def __init__(
        self,
        store: Store,
        terms: Terms,
        sessions: OpenSessions,
        passwords: Passwords,
        codes: Codes,
        passkeys: Passkeys,
        throttle: Throttle,
    ) -> None:
        self._store = store
        self._terms = terms
        self._sessions = sessions
        self._passwords = passwords
        self._codes = codes
        self._passkeys = passkeys
        self._throttle = throttle

    def invite(self, actor: Actor, account: str) -> Invited:
        """Make a link for a person; one he had before is worth nothing from now on.

        Raises: NotFoundError: no such account; InvalidInputError: it is no person.
        """
        require(actor, Action.ACCOUNT_INVITE)

        def act(tx: Transaction) -> Invited:
            if roster.known_account(tx.registry, account).kind is not AccountKind.PERSON:
                raise InvalidInputError(f"{account} is no person: only persons sign in to the console")
            secret, now = secrets.token_urlsafe(_SECRET_BYTES), instant_of(tx.now())
            expires = now + timedelta(seconds=self._terms.invitation_seconds)
            tx.keyring.put_invitation(Invitation(digest_of(secret), account, now, expires, actor.name))
            tx.record(Event(actor.name, Action.ACCOUNT_INVITE, account, {"expires": expires.isoformat()}))
            return Invited(account, expires, secret)

        return self._store.commit(act)

    def peek(self, secret: str, visitor: Visitor) -> Invitee:
        """Give whom a link is for, as long as it is good. Raises: NotFoundError, ThrottledError."""
        self._throttle.hear(visitor.address)
        with self._store.snapshot() as snapshot:
            try:
                invitation, actor = _good(snapshot, secret)
            except NotFoundError:
                self._throttle.failed(None, visitor.address)
                raise
        return Invitee(actor, self._codes.offer(invitation.account, invitation.digest))

    def accept(self, secret: str, password: str, code: str, visitor: Visitor) -> Opened:
        """Set password and authenticator app, and sign in; how one signed in before is forgotten.

        Raises: NotFoundError, ThrottledError: as `peek`; InvalidInputError: with a finding for `password` or `code`.
        """
        invitee = self.peek(secret, visitor)
        account, partner = invitee.actor.name, invitee.actor.partner
        refuse(against_password(password, account, partner.name if partner else ""), "the password")
        with self._store.snapshot() as snapshot:
            step = taken_step(invitee.offer.secret, code, instant_of(snapshot.now()))
        if step is None:
            raise InvalidInputError("the code doesn't fit", (Finding("code", WRONG_CODE),))
        hashed = self._passwords.hashed(password)
        new = Credentials(account, hashed, invitee.offer.secret, step)
        return self._store.commit(lambda tx: self._take(tx, secret, new, visitor))

    def ask_passkey(self, secret: str, site: Site, visitor: Visitor) -> str:
        """Ask for a passkey: the options of navigator.credentials.create(), as JSON. Raises: as `peek`."""
        account = self.peek(secret, visitor).actor.name
        with self._store.snapshot() as snapshot:
            return self._passkeys.enrolment(site, account, (), instant_of(snapshot.now()))

    def accept_passkey(self, secret: str, site: Site, answer: str, label: str, visitor: Visitor) -> Opened:
        """Set a passkey by the answer to `ask_passkey`, and sign in; how one signed in before is forgotten.

        Raises: NotFoundError, ThrottledError: as `peek`; InvalidInputError: it is no answer to it, or answered before.
        """
        account = self.peek(secret, visitor).actor.name
        with self._store.snapshot() as snapshot:
            now = instant_of(snapshot.now())
        try:
            passkey = self._passkeys.enrolled(site, account, answer, label, now)
        except AuthenticationError as error:
            raise InvalidInputError(
                "the passkey was not taken: try again", (Finding("passkey", str(error)),)
            ) from error
        new = Credentials(account, passkeys=(passkey,))
        return self._store.commit(lambda tx: self._take(tx, secret, new, visitor))

    def accept_subject(self, secret: str, subject: str, visitor: Visitor) -> Opened:
        """Let an identity provider say who the person is from now on, and sign in. subject: `ISSUER SUBJECT`.

        Raises: NotFoundError, ThrottledError: as `peek`; ConflictError: the provider says so of another account.
        """
        account = self.peek(secret, visitor).actor.name
        return self._store.commit(lambda tx: self._take(tx, secret, Credentials(account, subject=subject), visitor))

    def _take(self, tx: Transaction, secret: str, new: Credentials, visitor: Visitor) -> Opened:
        """Use the link up. Workers commit one after the other, so it is good once. Raises: NotFoundError."""
        invitation, actor = _good(tx, secret)
        require(actor, Action.INVITATION_ACCEPT, Resource(author=new.account))
        refuse_taken(tx, new)
        tx.keyring.put_credentials(new)
        tx.keyring.put_invitation(replace(invitation, used=instant_of(tx.now())))
        self._store.sessions.end_all(new.account)
        way = "passkey" if new.passkeys else "identity provider" if new.subject else "password and code"
        # Not by whom: he may read his own acts, and is told nobody's name by them; `account:invite` has it.
        tx.record(Event(new.account, Action.INVITATION_ACCEPT, new.account, {"way": way}))
        return self._sessions.begin(tx, new.account, visitor, "invitation")


def refuse_taken(tx: Transaction, new: Credentials) -> None:
    """Go on only with passkeys and a subject that are nobody else's. Raises: ConflictError."""
    if new.subject and tx.keyring.named(new.subject) not in {None, new.account}:
        raise ConflictError("the identity provider knows you as the person of another account")
    for each in new.passkeys:
        if tx.keyring.holder(each.id) not in {None, new.account}:
            raise ConflictError("this passkey is taken: make a new one")


def _good(snapshot: Snapshot, secret: str) -> tuple[Invitation, Actor]:
    """Find an invitation that is good, and whom it is for. Raises: NotFoundError."""
    invitation = snapshot.keyring.invitation(digest_of(secret))
    actor = person(snapshot.registry, invitation.account) if invitation else None
    if invitation is None or actor is None or invitation.used or instant_of(snapshot.now()) >= invitation.expires:
        raise NotFoundError(_GONE)
    return invitation, actor
