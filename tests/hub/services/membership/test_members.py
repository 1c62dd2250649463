"""Taking up partners, accounts and groups."""

from __future__ import annotations

import pytest

from hub.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from hub.model.members import Account, AccountKind, Partner, PartnerKind, Role
from hub.policy.actions import operator
from hub.policy.spans import FOREVER
from stix_models.markings import TLP

OPERATOR = operator("root")
IDENTITY = "identity--46ca697f-0545-458e-9397-67eb067842fa"
MARKING = "marking-definition--765f506c-236a-4c6f-acac-6ae253eb0eca"


@pytest.mark.parametrize(
    ("account", "place"),
    [
        (Account("Sara", "secretariat", AccountKind.PERSON), "name"),
        (Account("operator", "secretariat", AccountKind.PERSON), "name"),
        (Account("s", "secretariat", AccountKind.SERVICE, frozenset({Role.SECRETARIAT})), "roles"),
        (Account("s", "secretariat", AccountKind.CLIENT, frozenset({Role.REVIEWER})), "roles"),
        (Account("s", "bank-a", AccountKind.PERSON, frozenset({Role.SECRETARIAT})), "roles"),
        (Account("s", "bank-a", AccountKind.PERSON, red_capable=True), "red_capable"),
        (Account("s", "bank-a", AccountKind.CLIENT, red_capable=True), "red_capable"),
        (Account("s", "relay-r", AccountKind.SERVICE, red_capable=True), "red_capable"),
    ],
)
def test_what_an_account_can_never_be(membership, account, place):
    """Names have one form, roles and clearance fit the kind; the finding names the field."""
    membership.members.add_partner(OPERATOR, Partner("relay-r", PartnerKind.RELAY))
    with pytest.raises(InvalidInputError) as caught:
        membership.members.add_account(OPERATOR, account)
    assert [finding.place for finding in caught.value.findings] == [place]


def test_names_and_identities_belong_to_one(membership):
    """A name or an identity that is taken stays with who has it; an unknown partner is said to be unknown."""
    members = membership.members
    members.add_partner(OPERATOR, Partner("bank-b", PartnerKind.MEMBER, (IDENTITY,)))
    with pytest.raises(ConflictError, match="bank-b"):
        members.add_partner(OPERATOR, Partner("bank-b", PartnerKind.RELAY))
    with pytest.raises(ConflictError, match=IDENTITY):
        members.add_partner(OPERATOR, Partner("bank-c", PartnerKind.MEMBER, (IDENTITY,)))
    with pytest.raises(ConflictError, match="x-pull"):
        members.add_account(OPERATOR, Account("x-pull", "bank-b", AccountKind.PERSON))
    with pytest.raises(NotFoundError, match="nowhere"):
        members.add_account(OPERATOR, Account("n", "nowhere", AccountKind.PERSON))
    assert [partner.name for partner in members.partners(OPERATOR)] == ["bank-a", "bank-b", "police-x", "secretariat"]


def test_role_and_clearance_are_rights_in_time(membership, store):
    """The secretariat's reach and a service's RED clearance begin with the account that holds them."""
    red = Account("x-red", "police-x", AccountKind.SERVICE, frozenset({Role.READER}), red_capable=True)
    membership.members.add_account(OPERATOR, red)
    sara, cleared, plain = (store.reader(name) for name in ("sara", "x-red", "x-pull"))
    assert sara.secretariat[-1][1] == cleared.red_capable[-1][1] == FOREVER
    assert (cleared.secretariat, sara.red_capable, plain.secretariat, plain.red_capable) == ((), (), (), ())


def test_group_is_a_marking_of_its_own(membership):
    """A group gets a new marking or the one given, which must mean nothing else; members come and go."""
    groups = membership.groups
    assert groups.add(OPERATOR, "g-new").marking.startswith("marking-definition--")
    assert groups.add(OPERATOR, "g-fraud", MARKING).members == frozenset()
    for name, marking in (("g-x", MARKING), ("g-fraud", None)):
        with pytest.raises(ConflictError):
            groups.add(OPERATOR, name, marking)
    for marking in (min(TLP), "marking-definition--1", MARKING.upper()):
        with pytest.raises(InvalidInputError):
            groups.add(OPERATOR, "g-x", marking)
    assert groups.join(OPERATOR, "g-fraud", ["bank-a", "police-x"]).members == {"bank-a", "police-x"}
    assert groups.leave(OPERATOR, "g-fraud", ["bank-a", "secretariat"]).members == {"police-x"}
    with pytest.raises(NotFoundError, match="nobody"):
        groups.join(OPERATOR, "g-fraud", ["secretariat", "nobody"])
    assert groups.list(OPERATOR)[0].members == {"police-x"}


def test_only_operator_and_secretariat_set_up(membership):
    """A partner's account can't even list the others; the secretariat's person may set up as the operator may."""
    sara, pull = membership.acting("sara"), membership.acting("x-pull")
    assert membership.members.add_partner(sara, Partner("observer-o", PartnerKind.OBSERVER))
    for act in (
        lambda: membership.members.partners(pull),
        lambda: membership.members.accounts(pull),
        lambda: membership.groups.list(pull),
        lambda: membership.members.suspend_partner(pull, "bank-a"),
        lambda: membership.groups.join(pull, "g", ["police-x"]),
        lambda: membership.tokens.issue(pull, "x-pull"),
        lambda: membership.agreements.list(pull),
    ):
        with pytest.raises(ForbiddenError):
            act()
