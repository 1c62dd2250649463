"""Who takes part: partners, accounts, groups, tokens, collections and grants, and the check at the entrance.

May import: what services may. Never comes in: content of any object, a file format (community).
"""

from __future__ import annotations

from hub.model.members import Actor
from hub.services.membership.agreements import Agreements
from hub.services.membership.groups import Groups
from hub.services.membership.members import Members
from hub.services.membership.must_hold import MustHoldChecks
from hub.services.membership.signin import SignIn
from hub.services.membership.throttle import Patience
from hub.services.membership.tokens import Tokens
from hub.store.base import Store


class Membership:
    """One door to all of it.

    token_days: how long a token lasts when nothing is said. patience: how many failed sign-ins are heard.
    """

    def __init__(self, store: Store, token_days: int = 365, patience: Patience = Patience()) -> None:  # noqa: B008 - it is frozen
        self.members = Members(store)
        self.groups = Groups(store)
        self.agreements = Agreements(store)
        self.must_hold = MustHoldChecks(store)
        self.tokens = Tokens(store, token_days)
        self._sign_in = SignIn(store, patience)

    def authenticate(self, secret: str, account: str | None = None, address: str | None = None) -> Actor:
        """Give the actor behind a token (see SignIn). Raises: AuthenticationError, ThrottledError."""
        return self._sign_in.authenticate(secret, account, address)

    def anonymous(self) -> Actor | None:
        """Give the actor for whoever has not signed in; None if nothing is public here."""
        return self._sign_in.anonymous()

    def acting(self, name: str) -> Actor:
        """Give the actor for an account (see SignIn). Raises: NotFoundError, ForbiddenError."""
        return self._sign_in.acting(name)
