"""The nearest change: what opens an object, found by supposing it, and true when it is done."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.collections import Right
from hub.model.members import Account, AccountKind, Role
from hub.store.base import Transaction
from tests.hub.services.world import (
    FRAUD,
    GROUP,
    LOOSE,
    OPERATOR,
    UNKNOWN,
    XAN_ONLY,
    World,
    domain,
    domain_id,
    make_world,
)

JOIN_B = "make bank-b a member of the group g-fraud"
READ_B = "grant bank-b read on Fraud"


def release(world: World, *levels: str, refs: tuple[str, ...] = ()) -> None:
    """Bring one.test into Fraud, past review."""
    pushed = world.push("a-push", FRAUD, domain("one.test", *levels, refs=refs))
    world.review.release(world.actor("s-sue"), pushed.id)


def nearest(world: World, account: str) -> list[tuple[tuple[str, ...], str]]:
    """Give changes and obstacle for each contribution of one.test that the account does not get."""
    why = world.insight.why(OPERATOR, account, domain_id("one.test"))
    return [(each.changes, each.obstacle) for each in why.nearest]


def test_what_is_seen_needs_no_change(world: World):
    """Nothing is advised where nothing is hidden."""
    release(world, "clear")
    assert nearest(world, "x-pull") == []


@pytest.mark.parametrize(
    ("account", "levels", "changes"),
    [
        ("b-push", ("green",), (READ_B,)),
        ("b-push", ("amber", GROUP), (JOIN_B,)),
        ("o-eve", ("clear", GROUP), ("make watch-o a member of the group g-fraud",)),
    ],
)
def test_the_fewest_changes_are_named(world: World, account, levels, changes):
    """A grant alone where it is enough; a membership brings the group's reading right with it."""
    release(world, *levels)
    assert nearest(world, account) == [(changes, "")]


def test_two_changes_are_named_where_both_are_needed(world: World):
    """The reading right comes apart once the group has none."""
    release(world, "amber", GROUP)
    world.store.commit(lambda tx: tx.registry.end_right(Right.READ, "group:g-fraud", FRAUD.id))
    assert nearest(world, "b-push") == [((JOIN_B, READ_B), "")]


def test_an_account_that_may_not_read_is_given_the_role(world: World):
    """S1: the role is a change as any other."""
    release(world, "green")
    mute = Account("x-mute", "police-x", AccountKind.SERVICE)
    world.store.commit(lambda tx: tx.registry.put_account(mute))
    assert nearest(world, "x-mute") == [(("give x-mute the role reader",), "")]


def test_a_service_that_is_named_for_red_needs_its_clearance(world: World):
    """S4, note 1."""
    only_pull = frozenset({"x-pull"})
    world.push("a-push", LOOSE, domain("one.test", "red"), recipients=only_pull)
    ((changes, obstacle),) = nearest(world, "x-pull")
    assert obstacle == ""
    assert changes == ("register x-pull as capable of RED, with one named individual who answers for it",)


@pytest.mark.parametrize(
    ("account", "levels", "words"),
    [
        ("x-pull", ("red", XAN_ONLY), "not among the named recipients"),
        ("s-sue", ("red", XAN_ONLY), "not among the named recipients"),
        ("x-xan", ("red",), "RED without a recipient"),
        ("o-eve", ("green",), "GREEN is not for this kind"),
        ("x-pull", ("clear", UNKNOWN), "it is withheld"),
    ],
)
def test_what_no_grant_opens_is_said_so(world: World, account, levels, words):
    """S4-S6: with every change supposed, the rule that still stops is named."""
    release(world, *levels)
    ((changes, obstacle),) = nearest(world, account)
    assert changes == ()
    assert obstacle.startswith("it can't be opened by a grant: ")
    assert words in obstacle


def test_a_reference_that_is_nowhere_is_waited_for(world: World):
    """S11: named, as no grant brings it."""
    release(world, "clear", refs=(domain_id("two.test"),))
    ((changes, obstacle),) = nearest(world, "x-pull")
    assert changes == ()
    assert f"nobody has released: {domain_id('two.test')}" in obstacle


def test_a_reference_in_a_closed_collection_is_opened_with_it(world: World):
    """S11: what it refers to is looked at too, and the grant that opens it is named."""
    pushed = world.push("a-push", FRAUD, domain("two.test", "clear"))
    world.review.release(world.actor("s-sue"), pushed.id)
    world.push("a-push", LOOSE, domain("one.test", "clear", refs=(domain_id("two.test"),)))
    assert nearest(world, "b-push") == [((READ_B,), "")]


def test_however_many_changes_are_needed_all_are_named(world: World):
    """What refers into a dozen groups is opened by a dozen memberships, and none of them is left out."""
    names = [f"g-{number:02}" for number in range(12)]
    markings = {
        name: f"marking-definition--{number:08}-0000-4000-8000-000000000000" for number, name in enumerate(names)
    }

    def found(tx: Transaction) -> None:
        for name, marking in markings.items():
            tx.registry.put_group(name, marking)

    world.store.commit(found)
    parts = [domain(f"{name}.test", "clear", marking) for name, marking in markings.items()]
    refs = tuple(domain_id(f"{name}.test") for name in names)
    world.push("a-push", LOOSE, *parts, domain("one.test", "clear", refs=refs))
    expected = tuple(f"make police-x a member of the group {name}" for name in names)
    assert nearest(world, "x-pull") == [(expected, "")]


_PUSHES = st.lists(
    st.tuples(
        st.sampled_from([FRAUD, LOOSE]),
        st.sampled_from(["clear", "green", "amber", "amber+strict", GROUP, XAN_ONLY, UNKNOWN]),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@given(_PUSHES)
@settings(max_examples=12, deadline=None)
def test_what_is_advised_opens_it(pushes):
    """Whatever was pushed: when the changes are made, the account sees the object."""
    with TemporaryDirectory() as folder, closing(make_world(Path(folder))) as world:
        world.store.commit(lambda tx: tx.registry.open_right(Right.TRUSTED, "partner:bank-a", FRAUD.id))
        for number, (collection, marking, refers) in enumerate(pushes):
            refs = (domain_id(f"{number}.test"),) if refers and number else ()
            world.push("a-push", collection, domain(f"{number + 1}.test", marking, refs=refs))
        for number in range(len(pushes)):
            id_ = domain_id(f"{number + 1}.test")
            for account in ("b-push", "x-pull", "o-eve"):
                _follow(world, account, id_)


def _follow(world: World, account: str, object_id: str) -> None:
    """Make the first advised change of rights, if any, and ask again, until it is seen or nothing is advised."""
    for _ in range(6):
        why = world.insight.why(OPERATOR, account, object_id)
        advised = [each for each in why.nearest if each.changes]
        assert why.explanation.visible or all(each.changes or each.obstacle for each in why.nearest)
        if why.explanation.visible or not advised:
            return
        for words in advised[0].changes:
            _do(world, words)
        assert world.insight.explain(OPERATOR, account, object_id).visible
    raise AssertionError("advice without end")


def _do(world: World, words: str) -> None:
    partner = words.split()[1]
    if words.startswith("make"):
        world.store.commit(lambda tx: tx.registry.open_right(Right.MEMBER, f"partner:{partner}", GROUP))
        return
    assert words.startswith("grant")
    collection = FRAUD if words.endswith("Fraud") else LOOSE
    world.store.commit(lambda tx: tx.registry.open_right(Right.READ, f"partner:{partner}", collection.id))


def test_a_suspended_account_is_first_resumed(world: World):
    """S1: who can't come in sees nothing, whatever the rights."""
    release(world, "clear")
    gone = Account("x-pull", "police-x", AccountKind.SERVICE, frozenset({Role.READER}), suspended=True)
    world.store.commit(lambda tx: tx.registry.put_account(gone))
    assert nearest(world, "x-pull") == [(("resume the account x-pull",), "")]
