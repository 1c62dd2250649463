"""A hub's memory with a few members, for the services that set it up."""

from __future__ import annotations

import pytest

from hub.model.members import Account, AccountKind, Partner, PartnerKind, Role
from hub.policy.actions import operator
from hub.services.membership import Membership
from hub.store.sqlite import SqliteStore

OPERATOR = operator("root")


@pytest.fixture
def store(tmp_path):
    """Make a new store on disk."""
    store = SqliteStore.create(tmp_path / "hub.sqlite3")
    yield store
    store.close()


@pytest.fixture
def membership(store):
    """Take up two partners with a service each, and a person of the secretariat."""
    membership = Membership(store)
    members = membership.members
    for name in ("secretariat", "bank-a", "police-x"):
        members.add_partner(OPERATOR, Partner(name, PartnerKind.MEMBER))
    members.add_account(OPERATOR, Account("a-push", "bank-a", AccountKind.SERVICE, frozenset({Role.CONTRIBUTOR})))
    members.add_account(OPERATOR, Account("x-pull", "police-x", AccountKind.SERVICE, frozenset({Role.READER})))
    members.add_account(OPERATOR, Account("sara", "secretariat", AccountKind.PERSON, frozenset({Role.SECRETARIAT})))
    return membership
