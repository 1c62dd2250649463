"""Who takes part: partners, their accounts, the tokens and the groups (visibility.md, Terms)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

NAME = re.compile(r"[a-z0-9._-]{1,64}\Z")
"""The form of the names of partners, accounts and groups."""

SECRETARIAT = "secretariat"
"""The partner whose persons may hold the role of the same name."""


class PartnerKind(StrEnum):
    """How an organisation takes part; observers get CLEAR only, relays pass on to clients of their own."""

    MEMBER = "member"
    RELAY = "relay"
    OBSERVER = "observer"


class AccountKind(StrEnum):
    """What stands behind an account; a client is a customer of its partner."""

    PERSON = "person"
    SERVICE = "service"
    CLIENT = "client"


class Role(StrEnum):
    """What an account may do; where it may do it is said by the grants of its partner."""

    SECRETARIAT = "secretariat"
    REVIEWER = "reviewer"
    CONTRIBUTOR = "contributor"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation; `identities` are STIX ids of the identity objects that stand for it.

    contact: whom the secretariat turns to there, one line. agreement_ends: the last day of what was agreed, if any.
    """

    name: str
    kind: PartnerKind
    identities: tuple[str, ...] = ()
    suspended: bool = False
    contact: str = ""
    agreement_ends: date | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One who signs in, of exactly one partner. Services and clients are never secretariat or reviewer."""

    name: str
    partner: str
    kind: AccountKind
    roles: frozenset[Role] = frozenset()
    red_capable: bool = False
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A credential of an account, never its secret: `hint` is the secret's last four characters.

    collections: ids it is cut to; None for all the account has. networks: addresses it works from; () for any.
    """

    id: str
    account: str
    hint: str
    created: datetime
    read_only: bool = False
    collections: frozenset[str] | None = None
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    expires: datetime | None = None
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A sharing group: a pinned marking definition and the partners for whom it is met now (S5)."""

    name: str
    marking: str
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account, its partner, and what the token it came with leaves of their rights.

    The built-in `operator` has neither: it may set up and never read content; `name` then carries the
    system user for the audit trail, as in `operator (alice)`.
    """

    name: str
    account: Account | None = None
    partner: Partner | None = None
    read_only: bool = False
    collections: frozenset[str] | None = None

    def has(self, role: Role) -> bool:
        """Whether the account holds the role."""
        return self.account is not None and role in self.account.roles

    def reaches(self, collection: str) -> bool:
        """Whether the token is good for the collection (by id)."""
        return self.collections is None or collection in self.collections
