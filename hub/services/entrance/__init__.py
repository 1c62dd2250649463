"""How persons come in: invitations, passwords with codes, passkeys, and the sessions that follow.

May import: what services may, and the libraries of each secret in its own file. Never comes in: cookies, forms, a
token of a machine (membership).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.model.members import Actor
from hub.services.entrance.codes import Codes
from hub.services.entrance.factors import Factors
from hub.services.entrance.invitations import Invitations, Invited
from hub.services.entrance.passkeys import Passkeys, Site
from hub.services.entrance.passwords import Passwords
from hub.services.entrance.sessions import Entered, Opened, OpenSessions, Terms, Visitor
from hub.services.entrance.signin import Arrivals
from hub.services.membership.throttle import Patience, Throttle
from hub.store.base import Store

if TYPE_CHECKING:
    # Loaded where there is an identity provider: HTTP takes longer to load than most commands.
    from hub.services.entrance.oidc import Client, Federation

__all__ = ["Entered", "Entrance", "Opened", "Site", "Terms", "Visitor"]


class Entrance:
    """One door to all of it. title: what authenticator apps and browsers show.

    client: for an identity provider; federation is None without one.
    """

    def __init__(
        self, store: Store, title: str, terms: Terms, patience: Patience, client: Client | None = None
    ) -> None:
        throttle = Throttle(store.counters, patience)
        passwords = Passwords()
        codes = Codes(store.cursor_key, title)
        passkeys = Passkeys(store.cursor_key, title, store.counters)
        self.sessions = OpenSessions(store, terms)
        self.arrivals = Arrivals(store, self.sessions, passwords, passkeys, throttle)
        self.invitations = Invitations(store, terms, self.sessions, passwords, codes, passkeys, throttle)
        self.federation = _federation(store, client, terms) if client else None
        self.factors = Factors(store, self.sessions, passwords, codes, passkeys, throttle)

    def session(self, secret: str) -> Entered | None:
        """Give who asks with a cookie (see OpenSessions.enter)."""
        return self.sessions.enter(secret)

    def invite(self, actor: Actor, account: str) -> Invited:
        """Make a link for a person (see Invitations). Raises: NotFoundError, InvalidInputError."""
        return self.invitations.invite(actor, account)


def _federation(store: Store, client: Client, terms: Terms) -> Federation:
    from hub.services.entrance.oidc import Federation

    return Federation(client, store.cursor_key, store.counters, terms.fresh_seconds)
