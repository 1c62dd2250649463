"""Staged changes: what a preview says is what happens, once, and not if the world has changed meanwhile."""

from __future__ import annotations

import pytest

from hub.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from hub.model.collections import Intake, Right
from hub.model.effects import Effect, Effects, Moved
from hub.services.access import MAX_STAGES, Access
from hub.services.community import Community, CommunityFile
from hub.services.membership import Membership
from hub.services.membership.agreements import Agreed, Granting, Terms
from hub.services.membership.groups import Forming, Moving, new_marking
from hub.services.shelves.marking import Raising
from stix_models.markings import Level
from tests.hub.services.world import FRAUD, GROUP, LOOSE, OPERATOR, UNKNOWN, World, domain, domain_id

READ, WRITE = frozenset({Right.READ}), frozenset({Right.WRITE})
TRUSTED = WRITE | {Right.TRUSTED}


@pytest.fixture
def access(world: World) -> Access:
    """Fill the community's collections with a few objects."""
    world.push("a-push", FRAUD, domain("one.test", "clear"), domain("two.test", "amber"))
    world.review.release(world.actor("s-sue"), world.review.queue(world.actor("s-sue"))[0].submission.id)
    world.push("a-push", LOOSE, domain("three.test", "green"), domain("four.test", "red"))
    return Access(world.store)


def seen(world: World, *names: str) -> list[str]:
    """Give which of a few domain names each account sees, as text."""
    return [
        f"{name}: {value}"
        for name in names
        for value in ("one.test", "two.test", "three.test", "four.test")
        if world.sees(name, value)
    ]


def test_a_preview_changes_nothing_and_names_everybody(world: World, access: Access):
    """Accounts with what they gain and lose, objects as far as the asker sees them, checks that would break."""
    sue = world.actor("s-sue")
    events = len(world.events())
    stages = [Moving("g-fraud", ("bank-b",)), Granting(FRAUD.id, "watch-o", READ, on=False)]
    preview = access.preview(sue, stages)
    assert preview.changes == ("bank-b joins g-fraud", "end read on Fraud: watch-o")
    assert preview.effects.accounts == (Effect("b-push", "bank-b", 2, 0), Effect("o-eve", "watch-o", 0, 1))
    assert preview.effects.opened == Moved(tuple(sorted([domain_id("one.test"), domain_id("two.test")])), 2)
    assert preview.effects.closed == Moved((domain_id("one.test"),), 1)
    assert preview.broken == ()
    assert access.preview(OPERATOR, stages).effects.opened == Moved((), 2)
    assert len(world.events()) == events
    assert seen(world, "b-push", "o-eve") == ["b-push: three.test", "o-eve: one.test"]


def test_what_was_previewed_is_done_once_with_a_reason(world: World, access: Access):
    """Applying wants the preview's stamp, and a reason where somebody gains; trail and views are as foretold."""
    sue, stages = world.actor("s-sue"), [Moving("g-fraud", ("bank-b",))]
    preview = access.preview(sue, stages)
    with pytest.raises(InvalidInputError) as refused:
        access.apply(sue, stages, preview.stamp)
    assert refused.value.findings[0].place == "reason"
    assert access.apply(sue, stages, preview.stamp, "they asked") == preview
    assert seen(world, "b-push") == ["b-push: one.test", "b-push: two.test", "b-push: three.test"]
    joined, applied = world.events()[-2:]
    assert joined == ("s-sue", "group:join", "g-fraud", {"partners": ["bank-b"]})
    facts = {"changes": 1, "reason": "they asked", "opened": 2, "closed": 0, "accounts": ["b-push"]}
    assert applied == ("s-sue", "access:apply", "access", facts)
    with pytest.raises(ConflictError, match="look at it again"):
        access.apply(sue, stages, preview.stamp, "they asked")


def test_a_changed_world_wants_another_look(world: World, access: Access):
    """Once any right has changed, or other stages come with the stamp, nothing is done."""
    sue, stages = world.actor("s-sue"), [Granting(FRAUD.id, "watch-o", READ, on=False)]
    stamp = access.preview(sue, stages).stamp
    with pytest.raises(ConflictError):
        access.apply(sue, [Granting(FRAUD.id, "@g-fraud", READ, on=False)], stamp)
    Membership(world.store).groups.leave(OPERATOR, "g-fraud", ["police-x"])
    with pytest.raises(ConflictError):
        access.apply(sue, stages, stamp)
    assert seen(world, "o-eve") == ["o-eve: one.test"]


def test_a_broken_check_shows_before_and_refuses_after(world: World, access: Access):
    """The preview names it and who would read; applying is refused whatever the reason."""
    sue, stages = world.actor("s-sue"), [Granting(FRAUD.id, "bank-b", READ)]
    Membership(world.store).must_hold.add(sue, "bank-b", "fraud")
    preview = access.preview(sue, stages)
    assert [(check.words, check.broken_by) for check in preview.broken] == [("bank-b never reads Fraud", ("b-push",))]
    with pytest.raises(ConflictError, match="bank-b never reads Fraud; b-push would read it"):
        access.apply(sue, stages, preview.stamp, "they asked")


def test_a_cell_of_the_matrix_is_set_to_just_these_rights(world: World, access: Access):
    """What lacks begins and what is too much ends; as it is already, nothing happens."""
    sue = world.actor("s-sue")
    for rights, words in (
        (TRUSTED, ("grant trusted on Fraud: bank-a",)),
        (WRITE, ("end trusted on Fraud: bank-a",)),
        (READ, ("end write on Fraud: bank-a", "grant read on Fraud: bank-a")),
        (READ, ()),
        (frozenset(), ("end read on Fraud: bank-a",)),
    ):
        stages = [Agreed("fraud", "bank-a", frozenset(rights))]
        preview = access.preview(sue, stages)
        assert preview.changes == words
        access.apply(sue, stages, preview.stamp, "as agreed")
    assert (FRAUD.id, "bank-a") not in Membership(world.store).agreements.held(sue)
    with pytest.raises(InvalidInputError):
        access.preview(sue, [Agreed("fraud", "bank-a", frozenset({Right.TRUSTED}))])


def test_a_group_a_file_and_terms_go_through_the_same(world: World, access: Access):
    """Whatever is staged is shown by what it does to readers."""
    sue = world.actor("s-sue")
    world.push("a-push", LOOSE, domain("held.test", UNKNOWN))
    formed = access.preview(sue, [Forming("g-new", UNKNOWN), Moving("g-new", ("bank-b",))])
    assert [each.account for each in formed.effects.accounts] == ["b-push", "s-sue"]
    file = Community(world.store).export(OPERATOR).replace('"bank-a", "police-x"', '"bank-a"')
    assert access.preview(OPERATOR, [CommunityFile(file)]).changes == ("police-x leaves g-fraud",)
    public = Terms(LOOSE.id, "Loose", None, Level.GREEN, None, Intake.TRUSTED, public=True)
    settled = access.preview(sue, [public])
    assert settled.changes == ("change collection Loose: default_tlp amber → green, public False → True",)
    assert settled.effects == Effects()
    assert access.preview(sue, [Forming("g-void", new_marking())]).effects == Effects()
    with pytest.raises(ConflictError):
        access.preview(sue, [Forming("g-fraud", GROUP)])


def test_raising_shows_who_loses_what_and_who_has_it_already(world: World, access: Access):
    """A raised marking takes the object from those it is not for any more."""
    sue, stages = world.actor("s-sue"), [Raising(domain_id("three.test"), Level.RED, "a case")]
    world.feed("x-pull", LOOSE)
    preview = access.preview(sue, stages)
    assert [each.account for each in preview.effects.accounts] == ["a-ada", "b-push", "s-sue", "x-pull", "x-xan"]
    assert {each.lost for each in preview.effects.accounts} == {1}
    assert world.marking.pulled(sue, domain_id("three.test")) == {"x-pull"}
    assert world.marking.levels(sue, domain_id("three.test")) == (Level.GREEN,)
    access.apply(sue, stages, preview.stamp)
    assert seen(world, "x-pull", "x-xan") == [
        "x-pull: one.test",
        "x-pull: two.test",
        "x-xan: one.test",
        "x-xan: two.test",
    ]


def test_only_who_sets_up_previews_and_applies(world: World, access: Access):
    """Counts of what others would see are for no partner; a stage asks for its own right besides."""
    for name in ("a-ada", "x-xan"):
        with pytest.raises(ForbiddenError):
            access.preview(world.actor(name), [])
        with pytest.raises(ForbiddenError):
            access.apply(world.actor(name), [], "")
    with pytest.raises(ForbiddenError, match="secretariat persons raise"):
        access.preview(OPERATOR, [Raising(domain_id("three.test"), Level.RED, "a case")])
    with pytest.raises(NotFoundError):
        access.preview(world.actor("s-sue"), [Granting("none", "bank-b", READ)])
    with pytest.raises(InvalidInputError, match="at most"):
        access.preview(OPERATOR, [Granting(FRAUD.id, "bank-b", READ)] * (MAX_STAGES + 1))
