"""Looking at the hub with the eyes of an account: read-only, for a reason, and in the audit trail."""

from __future__ import annotations

from hub.errors import Finding, InvalidInputError
from hub.model.audit import Event
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

    def begin(self, actor: Actor, account: str, reason: str) -> Actor:
        """Record that the actor looks as the account from now on; give the account as an actor that may only read.

        Raises: ForbiddenError: the actor is no person of the secretariat. NotFoundError: there is no such account.
        InvalidInputError: no reason, or one beyond MAX_REASON; its own account.
        """
        require(actor, Action.OBJECT_VIEW_AS)
        said = reason.strip()
        if not said or len(said) > MAX_REASON:
            message = f"say in 1 to {MAX_REASON} characters what for: it goes into the audit trail"
            raise InvalidInputError("a reason is needed", (Finding("reason", message),))
        if account == actor.name:
            raise InvalidInputError("you look with these eyes already", (Finding("account", "name another account"),))

        def work(tx: Transaction) -> Actor:
            found = known_account(tx.registry, account)
            tx.record(Event(actor.name, Action.OBJECT_VIEW_AS, account, {"reason": said}))
            return Actor(account, found, tx.registry.partner(found.partner), read_only=True)

        return self._store.commit(work)

    def end(self, actor: Actor, account: str) -> None:
        """Record that the actor looks with its own eyes again. Raises: ForbiddenError."""
        require(actor, Action.OBJECT_VIEW_AS_END)
        self._store.commit(lambda tx: tx.record(Event(actor.name, Action.OBJECT_VIEW_AS_END, account)))
