"""Who may do what, as a table of cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.errors import ForbiddenError
from hub.model.members import Account, AccountKind, Actor, Partner, PartnerKind, Role
from hub.policy.actions import Action, Resource, decide, operator, require

BANK = Partner("bank-a", PartnerKind.MEMBER)
POLICE = Partner("police-x", PartnerKind.MEMBER)
SECRETARIAT = Partner("secretariat", PartnerKind.MEMBER)


def actor(name: str, partner: Partner, *roles: Role, kind: AccountKind = AccountKind.PERSON) -> Actor:
    """Make an actor of an account with these roles."""
    return Actor(name, Account(name, partner.name, kind, frozenset(roles)), partner)


OPERATOR = operator("root")
ANONYMOUS = Actor("")
SARA = actor("sara", SECRETARIAT, Role.SECRETARIAT)
RITA = actor("rita", POLICE, Role.REVIEWER)
ROB = actor("rob", BANK, Role.REVIEWER, Role.CONTRIBUTOR)
PUSH = actor("a-push", BANK, Role.CONTRIBUTOR, kind=AccountKind.SERVICE)
PULL = actor("x-pull", POLICE, Role.READER, kind=AccountKind.SERVICE)
CLIENT = actor("a-client", BANK, Role.READER, Role.CONTRIBUTOR, kind=AccountKind.CLIENT)

OPEN = Resource(collection="c1", readable=True, writable=True)
SEEN = Resource(collection="c1", producer="bank-a", author="a-push", visible=True)
HIDDEN = replace(SEEN, visible=False)

CASES = [
    # actor, action, resource, allowed
    (OPERATOR, Action.PARTNER_ADD, Resource(), True),
    (OPERATOR, Action.TOKEN_ISSUE, Resource(), True),
    (OPERATOR, Action.COLLECTION_READ, OPEN, False),
    (OPERATOR, Action.OBJECT_ADD, OPEN, False),
    (OPERATOR, Action.OBJECT_MARK, SEEN, False),
    (OPERATOR, Action.SUBMISSION_READ, SEEN, False),
    (OPERATOR, Action.SUBMISSION_RELEASE, SEEN, False),
    (OPERATOR, Action.STATUS_READ, SEEN, False),
    (SARA, Action.COMMUNITY_APPLY, Resource(), True),
    (SARA, Action.COLLECTION_READ, Resource(collection="c1"), True),
    (SARA, Action.OBJECT_MARK, SEEN, True),
    (SARA, Action.SUBMISSION_READ, SEEN, True),
    (SARA, Action.SUBMISSION_READ, HIDDEN, False),
    (SARA, Action.SUBMISSION_RELEASE, HIDDEN, True),
    (SARA, Action.SUBMISSION_RELEASE, replace(SEEN, author="sara"), False),
    (SARA, Action.OBJECT_DELETE, SEEN, True),
    (RITA, Action.GROUP_ADD, Resource(), False),
    (RITA, Action.SUBMISSION_READ, SEEN, True),
    (RITA, Action.SUBMISSION_READ, HIDDEN, False),
    (RITA, Action.SUBMISSION_RELEASE, SEEN, True),
    (RITA, Action.SUBMISSION_RELEASE, HIDDEN, False),
    (RITA, Action.OBJECT_DELETE, SEEN, False),
    (ROB, Action.SUBMISSION_REJECT, SEEN, True),
    (ROB, Action.SUBMISSION_REJECT, replace(SEEN, author="rob"), False),
    (PUSH, Action.OBJECT_ADD, OPEN, True),
    (PUSH, Action.OBJECT_ADD, Resource(collection="c1", readable=True), False),
    (PUSH, Action.COLLECTION_READ, OPEN, False),
    (PUSH, Action.SUBMISSION_READ, HIDDEN, True),
    (PUSH, Action.SUBMISSION_RELEASE, SEEN, False),
    (PUSH, Action.STATUS_READ, SEEN, True),
    (ROB, Action.STATUS_READ, SEEN, False),
    (PUSH, Action.OBJECT_DELETE, SEEN, True),
    (PULL, Action.COLLECTION_READ, OPEN, True),
    (PULL, Action.COLLECTION_READ, Resource(collection="c1"), False),
    (PULL, Action.OBJECT_ADD, OPEN, False),
    (PULL, Action.PARTNER_LIST, Resource(), False),
    (CLIENT, Action.SUBMISSION_READ, HIDDEN, False),
    (CLIENT, Action.OBJECT_DELETE, SEEN, False),
    (ANONYMOUS, Action.COLLECTION_READ, OPEN, True),
    (ANONYMOUS, Action.COLLECTION_READ, Resource(collection="c1"), False),
    (ANONYMOUS, Action.PARTNER_ADD, Resource(), False),
    (ANONYMOUS, Action.STATUS_READ, Resource(), False),
    (RITA, Action.SUBMISSION_RELEASE, replace(SEEN, approvers=frozenset({"bank-a"})), True),
    (RITA, Action.SUBMISSION_RELEASE, replace(SEEN, approvers=frozenset({"police-x"})), False),
    (RITA, Action.SUBMISSION_RETURN, replace(SEEN, approvers=frozenset({"police-x"})), True),
    (ROB, Action.SUBMISSION_RELEASE, replace(SEEN, approvers=frozenset({"police-x"})), False),
    (ROB, Action.SUBMISSION_READ_OWN, SEEN, True),
    (ROB, Action.SUBMISSION_READ_OWN, HIDDEN, False),
    (PUSH, Action.SUBMISSION_READ_OWN, SEEN, False),
    (SARA, Action.SUBMISSION_READ_OWN, SEEN, False),
    (RITA, Action.QUESTION_ASK, SEEN, True),
    (RITA, Action.QUESTION_ASK, HIDDEN, False),
    (ROB, Action.QUESTION_ASK, SEEN, False),
    (PULL, Action.QUESTION_ASK, SEEN, False),
    (ROB, Action.QUESTION_ANSWER, SEEN, True),
    (SARA, Action.QUESTION_ANSWER, SEEN, False),
    (RITA, Action.QUESTION_READ, replace(HIDDEN, author="rita"), True),
    (RITA, Action.QUESTION_READ, SEEN, False),
    (SARA, Action.QUESTION_READ, SEEN, True),
    (SARA, Action.QUESTION_READ, HIDDEN, False),
    (PULL, Action.AUDIT_READ, Resource(), False),
    (PULL, Action.AUDIT_READ_OWN, Resource(author="x-pull"), True),
    (RITA, Action.AUDIT_READ_OWN, Resource(author="x-pull"), False),
    (PULL, Action.OBJECT_EXPLAIN_OWN, Resource(author="x-pull"), True),
    (OPERATOR, Action.OBJECT_EXPLAIN_OWN, Resource(author="root"), False),
    (OPERATOR, Action.FEED_WATCH, Resource(producer="police-x", author="x-pull"), True),
    (RITA, Action.FEED_WATCH, Resource(producer="police-x", author="x-pull"), True),
    (ROB, Action.FEED_WATCH, Resource(producer="police-x", author="x-pull"), False),
    (CLIENT, Action.FEED_WATCH, Resource(producer="bank-a", author="a-push"), False),
    (CLIENT, Action.FEED_WATCH, Resource(producer="bank-a", author="a-client"), True),
    (SARA, Action.OBJECT_VIEW_AS, Resource(), True),
    (OPERATOR, Action.OBJECT_VIEW_AS, Resource(), False),
    (RITA, Action.OBJECT_VIEW_AS, Resource(), False),
]


@pytest.mark.parametrize(("who", "action", "resource", "allowed"), CASES)
def test_table(who: Actor, action: Action, resource: Resource, allowed: bool) -> None:
    """Each case is decided as the rules say, with a reason."""
    decision = decide(who, action, resource)
    assert (decision.allowed, bool(decision.reason)) == (allowed, True)


@pytest.mark.parametrize("action", Action)
def test_default_is_no(action: Action) -> None:
    """An account without a role may nothing, about anything that is not its own."""
    nobody = actor("nobody", POLICE)
    assert not decide(nobody, action, replace(OPEN, producer="bank-a", author="a-push", visible=True)).allowed


@pytest.mark.parametrize("action", Action)
def test_suspended_may_nothing(action: Action) -> None:
    """A suspended account or partner is refused every act, its own things included."""
    everything = actor("sara", SECRETARIAT, *Role)
    mine = replace(OPEN, producer="secretariat", author="sara", visible=True)
    assert everything.account
    for who in (
        replace(everything, account=replace(everything.account, suspended=True)),
        replace(everything, partner=replace(SECRETARIAT, suspended=True)),
    ):
        assert not decide(who, action, mine).allowed


def test_token_only_takes_away() -> None:
    """A read-only token changes nothing and a cut one stays in its collections, whoever holds it."""
    assert decide(replace(SARA, read_only=True), Action.PARTNER_LIST).allowed
    assert not decide(replace(SARA, read_only=True), Action.PARTNER_ADD).allowed
    assert not decide(replace(PUSH, read_only=True), Action.OBJECT_ADD, OPEN).allowed
    assert decide(replace(PULL, collections=frozenset({"c1"})), Action.COLLECTION_READ, OPEN).allowed
    assert not decide(replace(PULL, collections=frozenset({"c2"})), Action.COLLECTION_READ, OPEN).allowed
    assert not decide(replace(SARA, collections=frozenset({"c1"})), Action.PARTNER_ADD).allowed


def test_require_says_why() -> None:
    """A refused act names itself and the reason."""
    require(OPERATOR, Action.PARTNER_ADD)
    with pytest.raises(ForbiddenError, match=r"partner:add: only the operator and secretariat persons"):
        require(PULL, Action.PARTNER_ADD)
