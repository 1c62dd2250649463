"""Changing how one signs in, soon after having signed in. Each act gives a new session and ends all others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from hub.errors import AuthenticationError, ConflictError, Finding, InvalidInputError, NotFoundError
from hub.model.audit import Event
from hub.model.entrance import Credentials, Passkey
from hub.policy.actions import Action
from hub.policy.enrolment import refuse
from hub.services.entrance.codes import Codes, Offer, taken_step
from hub.services.entrance.invitations import WRONG_CODE, refuse_taken
from hub.services.entrance.passkeys import Passkeys, Site
from hub.services.entrance.passwords import Passwords, against_password
from hub.services.entrance.sessions import Entered, Opened, OpenSessions
from hub.services.membership.throttle import Throttle
from hub.store.base import Store, Transaction
from stix_models.timestamps import instant_of

MAX_PASSKEYS = 10
_CHANGED = "how you sign in was changed meanwhile: look again"
Change = Callable[[Credentials], Credentials]


@dataclass(frozen=True, slots=True)
class Ways:
    """How a person signs in, as he may see it himself. fresh: whether it may be changed now."""

    password: bool
    passkeys: tuple[Passkey, ...]
    federated: bool
    fresh: bool


class Factors:
    """Changes passwords, authenticator apps and passkeys of whoever is signed in."""

    def __init__(
        self,
        store: Store,
        sessions: OpenSessions,
        passwords: Passwords,
        codes: Codes,
        passkeys: Passkeys,
        throttle: Throttle,
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._passwords = passwords
        self._codes = codes
        self._passkeys = passkeys
        self._throttle = throttle

    def ways(self, entered: Entered) -> Ways:
        """Give how the person signs in."""
        known, now = self._known(entered)
        return Ways(bool(known.password), known.passkeys, bool(known.subject), self._sessions.is_fresh(entered, now))

    def offer(self, entered: Entered) -> Offer:
        """Give the secret for a new authenticator app, the same until it is taken or the session ends."""
        known, _ = self._known(entered)
        return self._codes.offer(known.account, entered.session.digest, known.totp_secret.encode())

    def change_password(self, entered: Entered, current: str, new: str) -> Opened:
        """Change the password that is set.

        Raises: ForbiddenError: not soon after a sign-in; ThrottledError; InvalidInputError: `current` or `password`.
        """
        known = self._fresh(entered)
        self._refuse_password(entered, new)
        self._throttle.guess(known.account, entered.session.address or None)
        if not self._passwords.match(known.password, current):
            raise InvalidInputError("the password was not changed", (Finding("current", "not your password"),))
        hashed = self._passwords.hashed(new)
        return self._change(entered, known, {"changed": "password"}, lambda now: replace(now, password=hashed))

    def set_password(self, entered: Entered, password: str, code: str) -> Opened:
        """Set a password together with the app that is offered, in the place of what was set.

        Raises: ForbiddenError: not soon after a sign-in; InvalidInputError: `password` or `code`.
        """
        known = self._fresh(entered)
        self._refuse_password(entered, password)
        secret, step = self._confirmed(entered, code)
        hashed = self._passwords.hashed(password)
        return self._change(
            entered,
            known,
            {"changed": "password and code"},
            lambda now: replace(now, password=hashed, totp_secret=secret, totp_step=step),
        )

    def renew_code(self, entered: Entered, code: str) -> Opened:
        """Put the app that is offered in the place of the one that was.

        Raises: ForbiddenError: not soon after a sign-in; InvalidInputError: `code`.
        """
        known = self._fresh(entered)
        secret, step = self._confirmed(entered, code)
        return self._change(
            entered, known, {"changed": "code"}, lambda now: replace(now, totp_secret=secret, totp_step=step)
        )

    def ask_passkey(self, entered: Entered, site: Site) -> str:
        """Ask for a further passkey: the options of navigator.credentials.create(), as JSON."""
        known, now = self._known(entered)
        return self._passkeys.enrolment(site, known.account, known.passkeys, now)

    def add_passkey(self, entered: Entered, site: Site, answer: str, label: str) -> Opened:
        """Add the passkey that answers `ask_passkey`.

        Raises: ForbiddenError: not soon after a sign-in; InvalidInputError: no answer, or too many; ConflictError.
        """
        known = self._fresh(entered)
        _, now = self._known(entered)
        if len(known.passkeys) >= MAX_PASSKEYS:
            raise InvalidInputError(f"{MAX_PASSKEYS} passkeys are enough: remove one first")
        try:
            passkey = self._passkeys.enrolled(site, known.account, answer, label, now)
        except AuthenticationError as error:
            raise InvalidInputError(
                "the passkey was not taken: try again", (Finding("passkey", str(error)),)
            ) from error
        facts = {"changed": "passkey", "added": passkey.id.hex()}
        return self._change(entered, known, facts, lambda now: replace(now, passkeys=(*now.passkeys, passkey)))

    def remove_passkey(self, entered: Entered, id: bytes) -> Opened:  # noqa: A002 - the field's name
        """Forget a passkey, but never the last way in.

        Raises: ForbiddenError: not soon after a sign-in; NotFoundError; ConflictError: it is the last way in.
        """
        known = self._fresh(entered)
        left = tuple(each for each in known.passkeys if each.id != id)
        if len(left) == len(known.passkeys):
            raise NotFoundError("there is no such passkey any more")
        if not left and not known.password and not known.subject:
            raise ConflictError("it is your only way in: set a password or add another passkey first")
        facts = {"changed": "passkey", "removed": id.hex()}
        return self._change(entered, known, facts, lambda now: replace(now, passkeys=left))

    def _known(self, entered: Entered) -> tuple[Credentials, datetime]:
        with self._store.snapshot() as snapshot:
            account = entered.session.account
            return snapshot.keyring.credentials(account) or Credentials(account), instant_of(snapshot.now())

    def _fresh(self, entered: Entered) -> Credentials:
        known, now = self._known(entered)
        self._sessions.require_fresh(entered, now)
        return known

    def _confirmed(self, entered: Entered, code: str) -> tuple[str, int]:
        """Give the offered secret and the step whose code proves that the app has it. Raises: InvalidInputError."""
        secret = self.offer(entered).secret
        step = taken_step(secret, code, self._known(entered)[1])
        if step is None:
            raise InvalidInputError("the code doesn't fit", (Finding("code", WRONG_CODE),))
        return secret, step

    def _refuse_password(self, entered: Entered, password: str) -> None:
        partner = entered.actor.partner.name if entered.actor.partner else ""
        refuse(against_password(password, entered.session.account, partner), "the password")

    def _change(self, entered: Entered, known: Credentials, facts: dict[str, str], change: Change) -> Opened:
        """Write what is changed, unless something else was meanwhile. Raises: ConflictError, NotFoundError."""

        def act(tx: Transaction) -> Opened:
            now = tx.keyring.credentials(known.account) or Credentials(known.account)
            if now != known:
                raise ConflictError(_CHANGED)
            new = change(now)
            refuse_taken(tx, new)
            tx.keyring.put_credentials(new)
            tx.record(Event(entered.actor.name, Action.CREDENTIAL_CHANGE, known.account, facts))
            return self._sessions.renew(entered)

        return self._store.commit(act)
