"""Looking at the hub with the eyes of an account: read-only, for a reason, and in the audit trail."""

from __future__ import annotations

from dataclasses import replace

from hub.errors import Finding, InvalidInputError, NotFoundError
from hub.model.audit import Event
from hub.model.entrance import Session
from hub.model.members import Actor
from hub.policy.actions import Action, require
from hub.services.membership.roster import known_account
from hub.store.base import Store, Transaction

MAX_REASON = 500
"""Characters."""


class Viewing:
    """Begins and ends it. What is shown meanwhile is what both the account and the one who looks may see (S8)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, actor: Actor, session: Session, account: str, reason: str) -> None:
        """Record that the actor looks as the account from now on, in this session.

        Raises: ForbiddenError: the actor is no person of the secretariat. NotFoundError: the session has ended.
        InvalidInputError: no such account, or its own; no reason, or one beyond MAX_REASON.
        """
        require(actor, Action.OBJECT_VIEW_AS)
        said = reason.strip()
        findings = []
        if not said or len(said) > MAX_REASON:
            findings.append(Finding("reason", f"say in 1 to {MAX_REASON} characters what for: it is on record"))
        if account == actor.name:
            findings.append(Finding("account", "you look with these eyes already: name another account"))

        def work(tx: Transaction) -> None:
            if tx.registry.account(account) is None:
                findings.append(Finding("account", "there is no such account"))
            if findings:
                raise InvalidInputError("this can't be begun", tuple(findings))
            tx.record(Event(actor.name, Action.OBJECT_VIEW_AS, account, {"reason": said}))

        self._store.commit(work)
        self._look(session, account)  # only once it is on record

    def end(self, actor: Actor, session: Session) -> None:
        """Record that the actor looks with its own eyes again; nothing if it does. Raises: as `begin`."""
        require(actor, Action.OBJECT_VIEW_AS_END)
        if session.viewing_as:
            event = Event(actor.name, Action.OBJECT_VIEW_AS_END, session.viewing_as)
            self._look(session, "")
            self._store.commit(lambda tx: tx.record(event))

    def eyes(self, actor: Actor, account: str) -> Actor:
        """Give the account as an actor that may only read, for one who has begun to look as it.

        Raises: ForbiddenError: as `begin`. NotFoundError: the account is gone.
        """
        require(actor, Action.OBJECT_VIEW_AS)
        with self._store.snapshot() as snapshot:
            found = known_account(snapshot.registry, account)
            return Actor(account, found, snapshot.registry.partner(found.partner), read_only=True)

    def _look(self, session: Session, account: str) -> None:
        if not self._store.sessions.put(replace(session, viewing_as=account)):
            raise NotFoundError("this session has ended: sign in again")
