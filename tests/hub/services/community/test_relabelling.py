"""What a file says of a marking reaches what carries it already (S6)."""

from __future__ import annotations

from hub.services.community import Community
from hub.services.membership import Membership
from stix_models.markings import Level
from tests.hub.services.world import LOOSE, OPERATOR, UNKNOWN, domain, make_world

PINNED = f'[[marking]]\nid = "{UNKNOWN}"\n'


def test_pinned_marking_releases_what_it_withheld(tmp_path):
    """An unknown marking withholds; pinned as information it doesn't, and as a level it rules."""
    world = make_world(tmp_path)
    world.push("a-push", LOOSE, domain("a.example", Level.GREEN, UNKNOWN))
    assert not world.sees("x-pull", "a.example")
    community = Community(world.store)
    for text, seen in (('kind = "info"', True), ('kind = "tlp"\nlevel = "red"', False), ('kind = "info"', True)):
        community.apply(PINNED + text, OPERATOR)
        assert world.sees("x-pull", "a.example") is seen
    world.store.close()


def test_new_group_opens_what_waited_for_it(tmp_path):
    """Objects marked with a group's id before there was the group open to its members alone."""
    world = make_world(tmp_path)
    world.push("a-push", LOOSE, domain("a.example", Level.GREEN, UNKNOWN), domain("b.example", Level.GREEN, UNKNOWN))
    groups = Membership(world.store).groups
    groups.add(OPERATOR, "g-new", UNKNOWN)
    assert not world.sees("x-pull", "a.example")
    groups.join(OPERATOR, "g-new", ["police-x"])
    assert world.sees("x-pull", "a.example")
    assert not world.sees("b-push", "a.example")
    groups.leave(OPERATOR, "g-new", ["police-x"])
    assert not world.sees("x-pull", "b.example")
    world.store.close()
