"""The entrance of a hub with a clock that goes when it is told to, and what a person does at it."""

from __future__ import annotations

from dataclasses import dataclass

from pyotp import TOTP

from hub.model.audit import Wanted
from hub.services.entrance import Entrance, Opened, Terms, Visitor
from hub.services.membership.throttle import Patience
from hub.store.sqlite import SqliteStore
from tests.hub.services.world import OPERATOR
from tests.hub.store.stage import SECOND, Wall

PASSWORD = "lantern gravel otter nine"
HERE = Visitor("192.0.2.7", "Firefox")


@dataclass
class Door:
    """The entrance of one worker, and what a person does at it."""

    store: SqliteStore
    entrance: Entrance
    clock: Wall

    def invite(self, account="a-ada"):
        """Give the secret of a new invitation."""
        return self.entrance.invite(OPERATOR, account).secret

    def code(self, secret, steps=0):
        """Give what an app with the secret shows, so many steps from now."""
        return TOTP(secret).generate_otp(self.clock.now // SECOND // 30 + steps)

    def join(self, account="a-ada", password=PASSWORD) -> tuple[Opened, str]:
        """Invite and accept; give the session and the app's secret."""
        secret = self.invite(account)
        app = self.entrance.invitations.peek(secret, HERE).offer.secret
        return self.entrance.invitations.accept(secret, password, self.code(app), HERE), app

    def later(self, seconds):
        """Let time pass."""
        self.clock.now += seconds * SECOND

    def acts(self):
        """Give the acts in the trail that are about coming in, oldest first, as `actor action object`."""
        names = ("session:", "account:invite", "account:sign-out", "invitation:", "credential:")
        found = [each.event for each in self.store.trail(Wanted()) if each.event.action.startswith(names)]
        return [(each.actor, each.action, each.object) for each in found]


def make_door(store: SqliteStore, clock: Wall, patience: Patience = Patience()) -> Door:  # noqa: B008 - it is frozen
    """Put an entrance on a store."""
    return Door(store, Entrance(store, "Hub", Terms(), patience), clock)
