"""Members see to their own tokens: whose, how long, cut to what, replaced how, and when they were used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hub.errors import AuthenticationError, ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from hub.model.collections import Right
from hub.model.members import Account, AccountKind, Actor, Partner, PartnerKind, Role
from hub.policy.actions import operator
from hub.services.membership import Membership, tokens
from hub.services.membership.tokens import Cut
from hub.store.sqlite import SqliteStore

OPERATOR = operator("root")
BOTH = frozenset({Role.READER, Role.CONTRIBUTOR})


@pytest.fixture
def ada(membership) -> Actor:
    """Take up a person of the bank, who may push and read where the bank may."""
    membership.members.add_account(OPERATOR, Account("ada", "bank-a", AccountKind.PERSON, BOTH))
    membership.agreements.add(OPERATOR, "Fraud", alias="fraud")
    membership.agreements.add(OPERATOR, "Hidden", alias="hidden")
    membership.agreements.grant(OPERATOR, "fraud", "bank-a", frozenset({Right.WRITE}))
    return membership.acting("ada")


def test_a_person_sees_to_tokens_of_her_own_and_of_her_machines(membership, ada):
    """She issues, lists, renews and revokes them; each act is her own in the audit trail."""
    mine, pushes = (membership.tokens.issue(ada, name) for name in ("ada", "a-push"))
    membership.tokens.issue(OPERATOR, "x-pull")
    assert {token.account for token in membership.tokens.list(ada)} == {"ada", "a-push"}
    assert membership.tokens.list(ada, "a-push") == (pushes.token,)
    assert [each.name for each in membership.tokens.accounts(ada)] == ["a-push", "ada"]
    renewed = membership.tokens.rotate(ada, pushes.token.id)
    assert membership.authenticate(renewed.secret).name == "a-push"
    membership.tokens.revoke(ada, mine.token.id)
    with pytest.raises(AuthenticationError):
        membership.authenticate(mine.secret)


def test_what_she_does_not_see_to_is_not_there(membership, ada):
    """Another's token, account or collection is refused in the words for one that does not exist."""
    other = membership.tokens.issue(OPERATOR, "x-pull")
    for act in (
        lambda name: membership.tokens.issue(ada, name),
        lambda name: membership.tokens.list(ada, name),
        lambda name: membership.tokens.issue(ada, "ada", Cut(collections=frozenset({name}))),
        lambda name: membership.tokens.revoke(ada, name),
        lambda name: membership.tokens.rotate(ada, name),
    ):
        said = []
        for name in ("x-pull", "hidden", other.token.id, "absent"):
            with pytest.raises(NotFoundError) as caught:
                act(name)
            said.append(str(caught.value).replace(name, "…"))
        assert len(set(said)) == 1
    cut = membership.tokens.issue(ada, "ada", Cut(collections=frozenset({"fraud"})))
    assert cut.token.collections is not None


def test_machines_see_to_nothing(membership, ada):
    """A service's token makes no token, not even its own."""
    push = membership.acting("a-push")
    token = membership.tokens.issue(ada, "a-push").token
    for act in (
        lambda: membership.tokens.issue(push, "a-push"),
        lambda: membership.tokens.list(push),
        lambda: membership.tokens.accounts(push),
        lambda: membership.tokens.rotate(push, token.id),
        lambda: membership.tokens.revoke(push, token.id),
    ):
        with pytest.raises(ForbiddenError):
            act()


def test_a_members_token_ends(tmp_path):
    """A member's token lasts as long as is set at most; whoever sets up may say otherwise."""
    store = SqliteStore.create(tmp_path / "hub.sqlite3")
    membership = Membership(store, token_days=30)
    now = datetime.now(UTC)
    far = now + timedelta(days=90)
    take_up(membership)
    ada = membership.acting("ada")
    with pytest.raises(InvalidInputError) as caught:
        membership.tokens.issue(ada, "ada", expires=far)
    assert [(each.place, each.message) for each in caught.value.findings] == [("expires", "at most 30 days from now")]
    assert membership.tokens.issue(ada, "ada", expires=now + timedelta(days=1)).token.expires == now + timedelta(days=1)
    long = membership.tokens.issue(OPERATOR, "ada", expires=far).token
    again = membership.tokens.rotate(ada, long.id).token
    assert (long.expires, again.expires - again.created) == (far, timedelta(days=30))
    store.close()


@pytest.mark.parametrize(("hours", "good_for"), [(0, 0), (24, 24), (168, 100)])
def test_a_replaced_token_may_stay_good_for_a_while(tmp_path, hours, good_for):
    """With an overlap the old secret works beside the new one for so many hours, never longer than it would have."""
    clock = [datetime(2026, 11, 24, tzinfo=UTC).timestamp() * 1e6]
    store = SqliteStore.create(tmp_path / "hub.sqlite3", clock=lambda: round(clock[0]), pause=lambda _: None)
    membership = Membership(store)
    take_up(membership)
    start = datetime.fromtimestamp(clock[0] / 1e6, UTC)
    old = membership.tokens.issue(OPERATOR, "ada", expires=start + timedelta(hours=100))
    new = membership.tokens.rotate(OPERATOR, old.token.id, hours)
    clock[0] += good_for * 3600e6 - 1e6
    if good_for:
        assert membership.authenticate(old.secret)
    clock[0] += 1e6
    with pytest.raises(AuthenticationError):
        membership.authenticate(old.secret)
    assert new.token.expires == start + timedelta(hours=100)
    store.close()


@pytest.mark.parametrize("hours", [-1, 169])
def test_an_overlap_has_bounds(membership, hours):
    """A negative overlap and one of more than a week are refused with the field named."""
    token = membership.tokens.issue(OPERATOR, "x-pull").token
    with pytest.raises(InvalidInputError) as caught:
        membership.tokens.rotate(OPERATOR, token.id, hours)
    assert [each.place for each in caught.value.findings] == ["overlap_hours"]


def test_an_account_has_so_many_tokens(membership, monkeypatch):
    """One good token too many is refused; revoking one makes room, and replacing one at once needs none."""
    monkeypatch.setattr(tokens, "MOST_LIVE", 2)
    first, second = (membership.tokens.issue(OPERATOR, "x-pull").token for _ in range(2))
    for act in (
        lambda: membership.tokens.issue(OPERATOR, "x-pull"),
        lambda: membership.tokens.rotate(OPERATOR, first.id, 1),
    ):
        with pytest.raises(ConflictError, match="2 tokens that are good"):
            act()
    membership.tokens.rotate(OPERATOR, first.id)
    membership.tokens.revoke(OPERATOR, second.id)
    assert membership.tokens.issue(OPERATOR, "x-pull")


def test_use_is_told_to_the_minute(membership, store):
    """A token that was let in says when; one that never was, or was refused, says nothing."""
    used, refused, never = (membership.tokens.issue(OPERATOR, "x-pull") for _ in range(3))
    assert membership.tokens.last_used(membership.tokens.list(OPERATOR)) == {}
    membership.authenticate(used.secret)
    membership.authenticate(used.secret)
    with pytest.raises(AuthenticationError):
        membership.authenticate(refused.secret, "another")
    told = membership.tokens.last_used([used.token, refused.token, never.token])
    assert list(told) == [used.token.id]
    assert abs(datetime.now(UTC) - told[used.token.id]) < timedelta(minutes=1)


def take_up(membership: Membership) -> None:
    """Take up a bank with a person."""
    membership.members.add_partner(OPERATOR, Partner("bank-a", PartnerKind.MEMBER))
    membership.members.add_account(OPERATOR, Account("ada", "bank-a", AccountKind.PERSON, BOTH))
