"""Who sees to whose tokens."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model.members import Account, AccountKind, Actor, Partner, PartnerKind, Role
from hub.policy.actions import Action, Resource, decide, operator

BANK, POLICE, SECRETARIAT = (Partner(name, PartnerKind.MEMBER) for name in ("bank-a", "police-x", "secretariat"))
GIVE = (Action.TOKEN_ISSUE, Action.TOKEN_ROTATE)
KEEP = (Action.TOKEN_LIST, Action.TOKEN_REVOKE)
BOTH = frozenset({Role.READER, Role.CONTRIBUTOR})


def account(name: str, partner: Partner, kind: AccountKind, *roles: Role, red_capable: bool = False) -> Account:
    """Make an account."""
    return Account(name, partner.name, kind, frozenset(roles), red_capable)


PERSON, SERVICE, CLIENT = AccountKind.PERSON, AccountKind.SERVICE, AccountKind.CLIENT
ADA = account("ada", BANK, PERSON, *BOTH)
BEN = account("ben", BANK, PERSON, Role.READER)
LEO = account("leo", BANK, PERSON)
PUSH = account("a-push", BANK, SERVICE, Role.CONTRIBUTOR)
PULL = account("a-pull", BANK, SERVICE, Role.READER)
RED = account("a-red", BANK, SERVICE, Role.READER, red_capable=True)
SHOP = account("a-shop", BANK, CLIENT, Role.READER)
OTHER = account("x-pull", POLICE, SERVICE, Role.READER)
SARA = account("sara", SECRETARIAT, PERSON, Role.SECRETARIAT)
MACHINES = {PUSH, PULL, RED, SHOP, OTHER}
EVERYBODY = {ADA, BEN, LEO, SARA} | MACHINES
PARTNERS = {each.name: each for each in (BANK, POLICE, SECRETARIAT)}


def acting(who: Account) -> Actor:
    """Give the actor for an account."""
    return Actor(who.name, who, PARTNERS[who.partner])


@pytest.mark.parametrize(
    ("who", "gives", "keeps"),
    [
        (operator("root"), EVERYBODY, EVERYBODY),
        (acting(SARA), MACHINES - {RED} | {SARA}, EVERYBODY),
        (acting(ADA), {ADA, PUSH, PULL, SHOP}, {ADA, PUSH, PULL, SHOP, RED}),
        (acting(BEN), {BEN, PULL, SHOP}, {BEN, PUSH, PULL, SHOP, RED}),
        (acting(LEO), {LEO}, {LEO}),
        (acting(PUSH), set(), set()),
        (acting(SHOP), set(), set()),
        (Actor(""), set(), set()),
    ],
)
def test_tokens_are_seen_to_by(who, gives, keeps):
    """A person sees to his own and his partner's machines; nobody makes one that opens more than his own does."""
    for actions, allowed in ((GIVE, gives), (KEEP, keeps)):
        for action in actions:
            assert {owner for owner in EVERYBODY if decide(who, action, Resource(owner=owner)).allowed} == allowed


def test_a_cut_token_makes_no_other():
    """Whoever came with a token that is cut to collections, or read-only, makes none that is not."""
    for narrowed in (replace(acting(ADA), collections=frozenset({"c"})), replace(acting(ADA), read_only=True)):
        assert not any(decide(narrowed, action, Resource(owner=ADA)).allowed for action in GIVE)
