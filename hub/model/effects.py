"""What a change does to whom: who sees how many objects more and fewer after it."""

from __future__ import annotations

from dataclasses import dataclass

MOST_NAMED = 20
"""How many objects a preview names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Effect:
    """How many object ids one account sees after a change and did not before, and the reverse.

    An id counts as seen while any version of it is in the account's view, in any collection. Accounts that hold no
    role to read with see nothing; one that is suspended is counted as if it were not.
    account, partner: "" for whoever has not signed in.
    """

    account: str
    partner: str
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Moved:
    """The object ids that come into, or go out of, at least one account's view.

    first: of those that the one who asks sees, before or after, the first `MOST_NAMED` by id. count: of all.
    """

    first: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Effects:
    """Everybody for whom a change changes anything, by account name, and the objects it is about."""

    accounts: tuple[Effect, ...] = ()
    opened: Moved = Moved()
    closed: Moved = Moved()

    @property
    def widens(self) -> bool:
        """Whether anybody sees more."""
        return self.opened.count > 0
