"""Insight: the first rule that stops, what is held back, and a sound store."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.errors import ForbiddenError, NotFoundError
from hub.model.collections import Right
from hub.model.members import Account, AccountKind, Partner, PartnerKind
from hub.services.insight import Outcome, Own
from tests.hub.services.world import (
    FRAUD,
    GROUP,
    LOOSE,
    OPERATOR,
    UNKNOWN,
    XAN_ONLY,
    World,
    bundle,
    domain,
    domain_id,
    make_world,
)


def explain(world: World, account: str, value: str = "one.test") -> list[tuple[bool, str]]:
    """Give whether and by which rule, for each contribution."""
    found = world.insight.explain(OPERATOR, account, domain_id(value))
    assert found.visible == world.sees(account, value)
    return [(verdict.visible, verdict.rule) for verdict in found.verdicts]


@pytest.mark.parametrize(
    ("account", "markings", "expected"),
    [
        ("a-ada", ("green",), (True, "S8")),
        ("a-ada", ("red",), (False, "S4")),
        ("b-push", ("clear",), (False, "S1")),
        ("x-pull", ("clear",), (True, "S4")),
        ("o-eve", ("clear",), (True, "S4")),
        ("o-eve", ("green",), (False, "S4")),
        ("o-eve", ("clear", GROUP), (False, "S5")),
        ("x-pull", ("amber", GROUP), (True, "S4")),
        ("x-pull", ("clear", UNKNOWN), (False, "S6")),
        ("x-xan", ("red", XAN_ONLY), (True, "S4")),
        ("x-pull", ("red", XAN_ONLY), (False, "S5")),
        ("x-xan", ("red",), (False, "S4")),
        ("s-sue", ("amber+strict",), (True, "S4")),
        ("s-sue", ("red",), (False, "S4")),
    ],
)
def test_the_first_rule_that_stops_is_named(world: World, account, markings, expected):
    """visibility.md, decision order; the answer is what the account's view says."""
    pushed = world.push("a-push", FRAUD, domain("one.test", *markings))
    world.review.release(world.actor("s-sue"), pushed.id)
    assert explain(world, account) == [expected]


def test_who_may_not_come_in_sees_nothing(world: World):
    """S1: a suspended partner, and an account that holds no role to read with."""
    world.push("a-push", LOOSE, domain("one.test", "clear"))
    mute = Account("x-mute", "police-x", AccountKind.SERVICE)
    world.store.commit(lambda tx: tx.registry.put_account(mute))
    found = world.insight.explain(OPERATOR, "x-mute", domain_id("one.test"))
    assert [(each.rule, each.reason) for each in found.verdicts] == [
        ("S1", "the account does not hold the role reader")
    ]
    world.store.commit(lambda tx: tx.registry.put_partner(Partner("police-x", PartnerKind.MEMBER, suspended=True)))
    found = world.insight.explain(OPERATOR, "x-pull", domain_id("one.test"))
    assert (found.visible, found.verdicts) == (False, ())
    assert "suspended" in found.reason


def test_amber_without_a_group_is_for_producer_and_secretariat(world: World):
    """S5: said as such."""
    world.push("a-push", LOOSE, domain("one.test", "amber"))
    assert explain(world, "x-pull") == [(False, "S5")]
    assert explain(world, "s-sue") == [(True, "S4")]


def test_a_reference_that_is_hidden_stops(world: World):
    """S11: named, and gone once it is there."""
    world.push("a-push", LOOSE, domain("one.test", "clear", refs=(domain_id("two.test"),)))
    assert explain(world, "x-pull") == [(False, "S11")]
    world.push("a-push", LOOSE, domain("two.test", "clear"))
    assert explain(world, "x-pull") == [(True, "S4")]


def test_of_several_producers_one_is_shown(world: World):
    """S12: the most restrictive visible contribution of an observable, and the other is said to be behind it."""
    world.push("a-push", LOOSE, domain("one.test", "clear"))
    world.push("b-push", LOOSE, domain("one.test", "green"))
    assert explain(world, "x-pull") == [(False, "S12"), (True, "S4")]
    assert explain(world, "o-eve") == [(True, "S4"), (False, "S4")]


_NAMES = [f"{name}.test" for name in "abcd"]
_PUSHES = st.lists(
    st.tuples(
        st.sampled_from(["a-push", "a-ada", "b-push"]),
        st.sampled_from(_NAMES),
        st.sampled_from(["clear", "green", "amber", "red", GROUP, XAN_ONLY, UNKNOWN]),
        st.sets(st.sampled_from(_NAMES), max_size=2),
    ),
    max_size=8,
)


@given(_PUSHES)
@settings(max_examples=25, deadline=None)
def test_an_explanation_never_says_otherwise_than_the_view(pushes):
    """Whatever was pushed: the account sees the object if one verdict, and only if one verdict, says so."""
    with TemporaryDirectory() as folder, closing(make_world(Path(folder))) as world:
        for account, value, marking, refs in pushes:
            world.push(account, LOOSE, domain(value, marking, refs=tuple(domain_id(ref) for ref in sorted(refs))))
        for account in ("a-push", "a-ada", "b-push", "x-xan", "o-eve", "s-sue"):
            for value in _NAMES:
                found = world.insight.explain(OPERATOR, account, domain_id(value))
                assert found.visible == world.sees(account, value) == any(each.visible for each in found.verdicts)
                assert found.visible == bool(world.insight.own(world.actor(account), domain_id(value)))


def test_what_does_not_stand_is_said_so(world: World):
    """No contribution: in review, never released, or deleted."""
    found = world.insight.explain(OPERATOR, "x-pull", domain_id("one.test"))
    assert (found.visible, found.verdicts) == (False, ())
    assert "never released" in found.reason
    world.push("a-push", FRAUD, domain("one.test", "clear"))
    assert world.insight.explain(OPERATOR, "x-pull", domain_id("one.test")).reason == "it waits in review"
    world.reference.load(OPERATOR, bundle(domain("two.test")))
    assert world.insight.explain(OPERATOR, "x-pull", domain_id("two.test")).visible


def test_only_who_sets_up_asks(world: World):
    """An explanation tells of hidden things: partners get none."""
    with pytest.raises(ForbiddenError):
        world.insight.explain(world.actor("x-xan"), "x-xan", domain_id("one.test"))
    with pytest.raises(NotFoundError):
        world.insight.explain(world.actor("s-sue"), "nobody", domain_id("one.test"))


def test_what_is_held_back_names_ids_and_markings(world: World):
    """Until what they wait for is there; `hub check --waiting` prints it."""
    world.push("a-push", LOOSE, domain("one.test", "clear", refs=(domain_id("two.test"),)))
    world.push("a-push", LOOSE, domain("three.test", "clear", UNKNOWN), domain("four.test", "clear"))
    held = world.insight.waiting(OPERATOR)
    assert [(each.contribution.object_id, each.missing, len(each.reasons)) for each in held] == [
        (domain_id("one.test"), (domain_id("two.test"),), 0),
        (domain_id("three.test"), (), 1),
    ]
    world.push("b-push", LOOSE, domain("two.test", "clear"))
    assert len(world.insight.waiting(OPERATOR)) == 1


def test_a_hub_after_many_acts_is_sound(world: World):
    """The check finds nothing wrong after pushes, releases, raises, deletions and changes of rights."""
    pushed = world.push("a-push", FRAUD, domain("one.test", "amber"), domain("two.test", "clear"))
    world.review.release(world.actor("s-sue"), pushed.id)
    world.push("b-push", LOOSE, domain("one.test", "clear"), domain("two.test", UNKNOWN))
    world.sharing.delete(world.actor("b-push"), LOOSE.id, domain_id("one.test"))
    world.store.commit(lambda tx: tx.registry.end_right(Right.MEMBER, "partner:police-x", GROUP))
    world.feed("x-pull", LOOSE)
    assert list(world.insight.check(OPERATOR)) == []


def test_everybody_is_explained_at_once(world):
    """Every account by name, each as if asked for alone, and each as the view has it."""
    world.push("a-push", LOOSE, domain("one.test", "green"))
    everyone = world.insight.explain_all(OPERATOR, domain_id("one.test"))
    assert [each.account for each in everyone] == sorted(each.account for each in everyone)
    for each in everyone:
        assert each == world.insight.explain(OPERATOR, each.account, domain_id("one.test"))
        assert each.visible == world.sees(each.account, "one.test")
        assert each.deciding is not None
        assert each.deciding.visible == each.visible
    with pytest.raises(ForbiddenError):
        world.insight.explain_all(world.actor("x-pull"), domain_id("one.test"))


def test_every_rule_that_was_tried_is_told_in_order(world: World):
    """visibility.md, decision order: passed up to the first that stops, and what comes after it was not reached."""
    pushed = world.push("a-push", FRAUD, domain("one.test", "amber", GROUP))
    world.review.release(world.actor("s-sue"), pushed.id)
    (verdict,) = world.insight.explain(OPERATOR, "o-eve", domain_id("one.test")).verdicts
    assert [(step.rule, step.outcome) for step in verdict.steps] == [
        ("S8", Outcome.APART),
        ("S1", Outcome.PASSED),
        ("S5", Outcome.STOPPED),
        ("S6", Outcome.UNREACHED),
        ("S4", Outcome.UNREACHED),
        ("S14", Outcome.UNREACHED),
        ("S11", Outcome.UNREACHED),
        ("S12", Outcome.UNREACHED),
    ]
    (verdict,) = world.insight.explain(OPERATOR, "a-ada", domain_id("one.test")).verdicts
    assert {step.outcome for step in verdict.steps[1:]} == {Outcome.UNREACHED}
    assert verdict.steps[0].outcome is Outcome.OPENED


def test_who_can_see_it_is_counted_by_partner(world: World):
    """Those with the most accounts that see it come first, and each account's explanation is with them."""
    world.push("a-push", LOOSE, domain("one.test", "green"))
    seers = world.insight.seers(OPERATOR, domain_id("one.test"))
    found = {share.partner: (share.seeing, len(share.explanations)) for share in seers.shares}
    assert found == {"bank-a": (2, 2), "police-x": (2, 2), "bank-b": (1, 1), "secretariat": (1, 1), "watch-o": (0, 1)}
    assert [share.partner for share in seers.shares] == ["bank-a", "police-x", "bank-b", "secretariat", "watch-o"]
    assert seers.accounts == 6
    with pytest.raises(ForbiddenError):
        world.insight.seers(world.actor("a-ada"), domain_id("one.test"))


def test_an_account_is_told_of_itself_alone_and_of_nothing_hidden(world: World):
    """S17: what it sees by which rule; hidden, withheld and unknown are all nothing."""
    world.push("a-push", LOOSE, domain("one.test", "green"), domain("two.test", "green", UNKNOWN))
    assert world.insight.own(world.actor("x-xan"), domain_id("one.test")) == (
        Own("Loose", "1970-01-01T00:00:00.000000Z", "S4", "its level, groups, versions and references are all met"),
    )
    assert [each.rule for each in world.insight.own(world.actor("a-ada"), domain_id("two.test"))] == ["S8"]
    for account, value in (("o-eve", "one.test"), ("x-xan", "two.test"), ("x-xan", "never.test")):
        assert world.insight.own(world.actor(account), domain_id(value)) == ()
    with pytest.raises(ForbiddenError):
        world.insight.own(OPERATOR, domain_id("one.test"))


def test_a_reference_object_is_told_to_whoever_may_read_anything(world: World):
    """S11: public knowledge of the hub itself."""
    world.reference.load(OPERATOR, bundle(domain("two.test")))
    assert [each.rule for each in world.insight.own(world.actor("o-eve"), domain_id("two.test"))] == ["S11"]


def test_a_long_list_of_what_is_missing_is_cut(world: World):
    """Ten ids, and how many more there are."""
    refs = tuple(sorted(domain_id(f"{number}.test") for number in range(12)))
    world.push("a-push", LOOSE, domain("one.test", "clear", refs=refs))
    why = world.insight.why(OPERATOR, "x-pull", domain_id("one.test"))
    (verdict,), (near,) = why.explanation.verdicts, why.nearest
    assert verdict.reason.endswith(f"{', '.join(refs[:10])} and 2 more")
    assert near.obstacle.endswith("and 2 more")
