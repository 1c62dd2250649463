"""Signing in: by password and code together, by a passkey, which stands for both, or by an identity provider.

Every refusal reads the same and costs the same, whatever was wrong. Guesses are counted before they are checked, for
each address and each account, over all workers and restarts: unlike a token, a password can be guessed, so beyond the
limit the right one does not come in either; a passkey does.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from hub.errors import AuthenticationError
from hub.model.audit import Event
from hub.model.entrance import Credentials, Passkey
from hub.model.members import NAME
from hub.policy.actions import Action
from hub.services.entrance.codes import taken_step
from hub.services.entrance.passkeys import Passkeys, Site
from hub.services.entrance.passwords import Passwords
from hub.services.entrance.sessions import Opened, OpenSessions, Visitor, person
from hub.services.membership.throttle import Throttle
from hub.store.base import Store, Transaction
from stix_models.timestamps import instant_of

_REFUSAL = "name, password and code don't open this hub together, or it was tried too often: wait, then try again"
_NOBODY = "the identity provider knows you, and this hub does not: ask the secretariat for an invitation"


class Arrivals:
    """Lets persons in."""

    def __init__(
        self, store: Store, sessions: OpenSessions, passwords: Passwords, passkeys: Passkeys, throttle: Throttle
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._passwords = passwords
        self._passkeys = passkeys
        self._throttle = throttle

    def by_password(self, account: str, password: str, code: str, visitor: Visitor) -> Opened:
        """Sign in with what one knows and what one has.

        Raises: AuthenticationError: they don't fit; the text is always the same. ThrottledError: too often.
        """
        self._throttle.hear(visitor.address)
        left = self._throttle.guess(account, visitor.address)
        with self._store.snapshot() as snapshot:
            known = snapshot.keyring.credentials(account) if NAME.match(account) else None
            now = instant_of(snapshot.now())
        known = known or Credentials(account)
        right = self._passwords.match(known.password, password)
        step = taken_step(known.totp_secret, code, now, known.totp_step)
        # A code that goes with the right password is guessed at more slowly still, and no answer tells of it.
        heard = not right or self._throttle.guess_code(account)
        if right and step is not None and heard:
            opened = self._store.commit(lambda tx: self._open(tx, known, step, visitor))
            if opened is not None:
                return opened
        self._refuse(account, left, visitor)
        raise AuthenticationError(_REFUSAL)

    def question(self, site: Site) -> str:
        """Ask for a passkey: the options of navigator.credentials.get(), as JSON."""
        with self._store.snapshot() as snapshot:
            return self._passkeys.question(site, instant_of(snapshot.now()))

    def by_passkey(self, site: Site, answer: str, visitor: Visitor) -> Opened:
        """Sign in with the answer to `question`.

        Raises: AuthenticationError: it proves nobody; the text is always the same. ThrottledError: too often.
        """
        self._throttle.hear(visitor.address)
        try:
            account, key, now = self._held(self._passkeys.named(answer))
            used = replace(key, sign_count=self._passkeys.proved(site, answer, key, now))
            return self._store.commit(lambda tx: self._open_with(tx, account, key, used, visitor))
        except AuthenticationError as error:
            self._throttle.failed(None, visitor.address)
            raise AuthenticationError(_REFUSAL) from error

    def by_subject(self, subject: str, visitor: Visitor) -> Opened:
        """Sign in whom an identity provider has named. subject: `ISSUER SUBJECT`.

        Raises: AuthenticationError: nobody here is that; ThrottledError: too often.
        """
        self._throttle.hear(visitor.address)

        def act(tx: Transaction) -> Opened:
            account = tx.keyring.named(subject)
            if account is None or person(tx.registry, account) is None:
                raise AuthenticationError(_NOBODY)
            return self._sessions.begin(tx, account, visitor, "identity provider")

        try:
            return self._store.commit(act)
        except AuthenticationError:
            self._throttle.failed(None, visitor.address)
            raise

    def _held(self, passkey: bytes) -> tuple[str, Passkey, datetime]:
        """Find a passkey by its id, and whose it is. Raises: AuthenticationError: nobody's."""
        with self._store.snapshot() as snapshot:
            holder = snapshot.keyring.holder(passkey)
            known = snapshot.keyring.credentials(holder) if holder else None
            if known is not None:
                key = next(each for each in known.passkeys if each.id == passkey)
                return known.account, key, instant_of(snapshot.now())
        raise AuthenticationError

    def _open(self, tx: Transaction, known: Credentials, step: int, visitor: Visitor) -> Opened | None:
        """Take the code and begin a session, if nothing has changed since the password was checked.

        Workers commit one after the other, so a code is taken once.
        """
        now = tx.keyring.credentials(known.account)
        if person(tx.registry, known.account) is None or now is None:
            return None
        if (now.password, now.totp_secret) != (known.password, known.totp_secret) or now.totp_step >= step:
            return None
        tx.keyring.put_credentials(replace(now, totp_step=step))
        return self._sessions.begin(tx, known.account, visitor, "password and code")

    def _open_with(self, tx: Transaction, account: str, key: Passkey, used: Passkey, visitor: Visitor) -> Opened:
        """Note the use and begin a session. Raises: AuthenticationError: suspended, or not its passkey as it was."""
        now = tx.keyring.credentials(account)
        if person(tx.registry, account) is None or now is None or key not in now.passkeys:
            raise AuthenticationError
        keys = tuple(used if each == key else each for each in now.passkeys)
        tx.keyring.put_credentials(replace(now, passkeys=keys))
        return self._sessions.begin(tx, account, visitor, "passkey")

    def _refuse(self, account: str, left: int, visitor: Visitor) -> None:
        """Count it for the address; what uses up the account's guesses goes into the trail, once a window."""
        self._throttle.failed(None, visitor.address)
        if left == 0:
            named = account if NAME.match(account) else ""
            event = Event("", Action.SESSION_REFUSE, named, {"guesses": self._throttle.guesses})
            self._store.commit(lambda tx: tx.record(event))
