"""Tokens and the check at the entrance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from hub.errors import AuthenticationError, ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from hub.model.members import Account, AccountKind, Partner, PartnerKind
from hub.policy.actions import operator
from hub.services.membership import Membership
from hub.services.membership.tokens import Cut, digest_of
from hub.store.sqlite import SqliteStore

OPERATOR = operator("root")


def refused(membership, *credentials):
    """Give the text with which credentials are refused."""
    with pytest.raises(AuthenticationError) as caught:
        membership.authenticate(*credentials)
    return str(caught.value)


def test_token_lets_its_account_in(membership):
    """The secret alone (Bearer) or with its account's name (Basic) gives the account and what the token leaves it."""
    membership.agreements.add(OPERATOR, "Fraud", alias="fraud")
    issued = membership.tokens.issue(OPERATOR, "x-pull", Cut(read_only=True, collections=frozenset({"fraud"})))
    actor = membership.authenticate(issued.secret)
    assert membership.authenticate(issued.secret, "x-pull", "192.0.2.1") == actor
    assert (actor.name, actor.partner.name, actor.read_only) == ("x-pull", "police-x", True)
    assert actor.reaches(membership.agreements.list(OPERATOR)[0].id)
    assert not actor.reaches("another")


def test_every_refusal_reads_the_same(membership):
    """Unknown, slipped, revoked, misnamed, from elsewhere, suspended: one text, so that nothing can be learned."""
    home = Cut(networks=(ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")))
    issued, other = (membership.tokens.issue(OPERATOR, "x-pull", home) for _ in range(2))
    inside = (issued.secret, "x-pull", "192.0.2.7")
    for address in ("192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1"):
        assert membership.authenticate(issued.secret, None, address)
    texts = {
        refused(membership, ""),
        refused(membership, "hub_"),
        refused(membership, "hub_" + "0" * 72),
        refused(membership, issued.secret[:-1] + ("1" if issued.secret[-1] != "1" else "2")),
        refused(membership, issued.secret.upper()),
        refused(membership, issued.secret, "a-push", "192.0.2.7"),
        refused(membership, issued.secret, "", "192.0.2.7"),
        refused(membership, issued.secret, "\udcff", "192.0.2.7"),
        refused(membership, issued.secret, "x-pull", "198.51.100.1"),
        refused(membership, issued.secret, "x-pull", None),
        refused(membership, issued.secret, "x-pull", "nonsense"),
    }
    members = membership.members
    for rest, resume, name in (
        (members.suspend_account, members.resume_account, "x-pull"),
        (members.suspend_partner, members.resume_partner, "police-x"),
    ):
        rest(OPERATOR, name)
        texts.add(refused(membership, *inside))
        with pytest.raises(ForbiddenError):
            membership.acting("x-pull")
        resume(OPERATOR, name)
        assert membership.authenticate(*inside).name == "x-pull"
    membership.tokens.revoke(OPERATOR, issued.token.id)
    texts.add(refused(membership, *inside))
    assert len(texts) == 1
    assert membership.authenticate(other.secret, "x-pull", "192.0.2.7")


def test_token_expires_by_the_wall_clock(tmp_path):
    """A token lasts as long as was said, a year if nothing was; one that ended already is not issued."""
    now = datetime(2026, 11, 24, tzinfo=UTC)
    clock = [int(now.timestamp()) * 1_000_000]
    store = SqliteStore.create(tmp_path / "hub.sqlite3", clock=lambda: clock[0])
    membership = Membership(store, token_days=30)
    _take_up(membership)
    long, short = (membership.tokens.issue(OPERATOR, "x-pull", expires=end) for end in (None, now + timedelta(days=1)))
    assert (long.token.expires, short.token.expires) == (now + timedelta(days=30), now + timedelta(days=1))
    with pytest.raises(InvalidInputError):
        membership.tokens.issue(OPERATOR, "x-pull", expires=now)
    clock[0] += 86_400_000_000 - 1
    assert membership.authenticate(short.secret)
    clock[0] += 1
    assert refused(membership, short.secret)
    assert membership.authenticate(long.secret)
    store.close()


def test_rotation_renews_the_secret_alone(membership):
    """A rotated token keeps its cut; its old secret stops at once, and a revoked one can't be rotated."""
    cut = Cut(read_only=True, networks=(ip_network("192.0.2.0/24"),))
    old = membership.tokens.issue(OPERATOR, "x-pull", cut)
    new = membership.tokens.rotate(OPERATOR, old.token.id)
    assert refused(membership, old.secret, None, "192.0.2.1")
    assert membership.authenticate(new.secret, None, "192.0.2.1").read_only
    assert (new.token.networks, new.token.id == old.token.id) == (old.token.networks, False)
    with pytest.raises(ConflictError, match="revoked"):
        membership.tokens.rotate(OPERATOR, old.token.id)
    with pytest.raises(NotFoundError):
        membership.tokens.revoke(OPERATOR, "none")


def test_secret_is_nowhere_but_in_the_answer(membership, store, tmp_path):
    """Neither the store's files nor a printed value hold the secret; the list shows its last four characters."""
    issued = membership.tokens.issue(OPERATOR, "x-pull")
    (token,) = membership.tokens.list(OPERATOR, "x-pull")
    store.close()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert issued.secret.encode() not in files
    assert digest_of(issued.secret) in files
    assert issued.secret not in repr(issued)
    assert token.hint == issued.secret[-4:]


def test_nobody_signs_in_unless_something_is_public(membership):
    """Without credentials there is an actor only once a collection is public."""
    assert membership.anonymous() is None
    collection = membership.agreements.add(OPERATOR, "Open", public=True)
    actor = membership.anonymous()
    assert (actor.name, actor.account, actor.partner) == ("", None, None)
    assert collection.public


def _take_up(membership):
    membership.members.add_partner(OPERATOR, Partner("police-x", PartnerKind.MEMBER))
    membership.members.add_account(OPERATOR, Account("x-pull", "police-x", AccountKind.SERVICE))
