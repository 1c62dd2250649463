"""What must hold whatever is granted, at every door through which it could be broken."""

from __future__ import annotations

import pytest

from hub.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from hub.model.collections import Right
from hub.model.members import Account, AccountKind, Partner, PartnerKind, Role
from hub.policy.actions import operator
from hub.services.community import Community
from hub.services.membership.members import Casting
from hub.services.membership.must_hold import commit_upheld
from stix_models.markings import Level

OPERATOR = operator("root")
READ = frozenset({Right.READ})
READER = frozenset({Role.READER})
FILE = """
[[collection]]
title = "Mules"
read = ["vendor"]
"""


@pytest.fixture
def mules(membership):
    """Take up a vendor and a group without it, and a collection that the vendor must never read."""
    membership.members.add_partner(OPERATOR, Partner("vendor", PartnerKind.MEMBER))
    membership.members.add_account(OPERATOR, Account("v-vera", "vendor", AccountKind.PERSON, READER))
    membership.groups.add(OPERATOR, "g-banks")
    membership.groups.join(OPERATOR, "g-banks", ["bank-a"])
    membership.groups.add(OPERATOR, "g-vendors")
    membership.groups.join(OPERATOR, "g-vendors", ["vendor"])
    mules = membership.agreements.add(OPERATOR, "Mules")
    membership.agreements.grant(OPERATOR, "Mules", "@g-banks", READ)
    membership.must_hold.add(OPERATOR, "@g-vendors", "Mules", reason="customers of the banks")
    return mules


@pytest.mark.parametrize(
    "act",
    [
        lambda it, _: it.agreements.grant(OPERATOR, "Mules", "vendor", READ),
        lambda it, _: it.agreements.grant(OPERATOR, "Mules", "@g-vendors", READ),
        lambda it, _: it.agreements.grant(OPERATOR, "Mules", "*", READ),
        lambda it, _: it.groups.join(OPERATOR, "g-banks", ["vendor"]),
        lambda it, _: it.groups.join(OPERATOR, "g-vendors", ["police-x", "bank-a"]),
        lambda _, store: Community(store).apply(FILE, OPERATOR),
    ],
    ids=["grant", "grant to the group", "grant to everybody", "join", "become a subject", "community file"],
)
def test_what_would_break_a_check_is_refused(membership, store, mules, act):
    """Whichever act it is, nothing of it is kept, and the refusal names the check, its reason and who would read."""
    members = membership.members
    members.add_account(OPERATOR, Account("a-ada", "bank-a", AccountKind.PERSON, READER))
    before = membership.groups.list(OPERATOR)
    with pytest.raises(
        ConflictError, match=r"@g-vendors never reads Mules \(customers of the banks\); .*would read it"
    ):
        act(membership, store)
    assert membership.groups.list(OPERATOR) == before
    assert mules.id not in store.reader("v-vera").reads
    (check,) = membership.must_hold.list(OPERATOR)
    assert (check.words, check.broken_by) == ("@g-vendors never reads Mules", ())


def test_accounts_and_roles_break_it_too(membership, store):
    """Where nobody who could read is there yet, whoever comes to be able to is refused."""
    agreements, members = membership.agreements, membership.members
    agreements.add(OPERATOR, "Mules")
    agreements.grant(OPERATOR, "Mules", "bank-a", READ)
    membership.must_hold.add(OPERATOR, "bank-a", "Mules")  # its only account, a-push, holds no role to read with
    with pytest.raises(ConflictError, match="a-ada would read"):
        members.add_account(OPERATOR, Account("a-ada", "bank-a", AccountKind.PERSON, READER))
    with pytest.raises(ConflictError, match="a-push would read"):
        commit_upheld(store, lambda tx: Casting("a-push", READER, red_capable=False).carry_out(tx, OPERATOR))


def test_a_level_may_be_let_through(membership):
    """A check above a level forbids what is more restrictive only: membership in a group opens AMBER."""
    agreements, groups = membership.agreements, membership.groups
    agreements.add(OPERATOR, "Mules")
    groups.add(OPERATOR, "g-banks")
    membership.must_hold.add(OPERATOR, "police-x", "Mules", Level.GREEN)
    agreements.grant(OPERATOR, "Mules", "police-x", READ)
    with pytest.raises(ConflictError, match="police-x never reads Mules above GREEN; x-pull would read it"):
        groups.join(OPERATOR, "g-banks", ["police-x"])


def test_a_check_that_does_not_hold_is_not_taken_up(membership, mules):
    """It is refused with those who break it; once it is removed, what it kept off is allowed."""
    must_hold = membership.must_hold
    membership.members.add_account(OPERATOR, Account("a-ada", "bank-a", AccountKind.PERSON, READER))
    with pytest.raises(ConflictError, match="a-ada would read"):
        must_hold.add(OPERATOR, "bank-a", "Mules")
    (check,) = must_hold.list(OPERATOR)
    must_hold.remove(OPERATOR, check.rule.id)
    assert must_hold.list(OPERATOR) == ()
    assert membership.agreements.grant(OPERATOR, "Mules", "vendor", READ).changed
    with pytest.raises(NotFoundError):
        must_hold.remove(OPERATOR, check.rule.id)


@pytest.mark.parametrize(
    ("subject", "above", "reason", "error"),
    [
        ("*", None, "", InvalidInputError),
        ("vendor", Level.RED, "", InvalidInputError),
        ("vendor", None, "two\nlines", InvalidInputError),
        ("vendor", None, "x" * 201, InvalidInputError),
        ("nobody", None, "", NotFoundError),
        ("@nobody", None, "", NotFoundError),
    ],
)
def test_checks_have_one_form(membership, mules, subject, above, reason, error):
    """A partner or group there is, a level that has one above it, a reason of one line."""
    with pytest.raises(error):
        membership.must_hold.add(OPERATOR, subject, "Mules", above, reason)


def test_only_who_sets_up_keeps_checks(membership, mules):
    """Nobody else learns of them."""
    reader = membership.acting("x-pull")
    for act in (
        lambda: membership.must_hold.list(reader),
        lambda: membership.must_hold.add(reader, "vendor", "Mules"),
        lambda: membership.must_hold.remove(reader, "any"),
    ):
        with pytest.raises(ForbiddenError):
            act()
