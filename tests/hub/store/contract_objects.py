"""What a store promises of objects that are looked at one by one, over all collections."""

from __future__ import annotations

from dataclasses import replace

from hub.store.base import View
from hub.store.query import Link
from tests.hub.store.pushing import CLEAR, INTO_ONE, INTO_TWO, NOTE, OTHER, offered, push
from tests.hub.store.stage import MAIN, READERS, SIDE, Hold, Push, Stage, identify, outline_of

ASIDE = replace(INTO_ONE, collection=SIDE)
THIRD = identify("note", 2)


def fill(stage: Stage) -> None:
    """Play several versions, producers, levels and collections, with references between them."""
    stage.play(push(offered(NOTE), offered(OTHER, 1, (NOTE,)), offered(NOTE, 3, (), INTO_ONE)))
    stage.play(Push("a-ada", SIDE, (offered(NOTE, 2, (), ASIDE), offered(OTHER, 2, (THIRD,), ASIDE))))
    stage.play(push(offered(THIRD, 1, (NOTE, OTHER), INTO_TWO)))
    label = replace(CLEAR, producer="bank-b")
    stage.play(Push("b-bob", MAIN, (offered(identify("domain-name", 0), 0, (NOTE,), label),)))


def dated(view: View, object_id: str) -> list[tuple[int, bytes]]:
    """Give every version of an object by asking each collection's feed."""
    return sorted((each.date_added, each.body) for place in (MAIN, SIDE) for each in view.versions(place, object_id))


def sees_version(view: View, object_id: str, number: int) -> bool:
    """Whether the n-th version of an object is in the view."""
    return any(each.version == outline_of(object_id, number).version for each in view.everywhere(object_id, 100))


class ObjectPromises:
    """What is shown of an object is what its collections' feeds hold of it."""

    def test_everywhere_is_every_feed(self, stage: Stage) -> None:
        """Each reader gets the versions, dates and bytes that the feeds give him, latest version first."""
        fill(stage)
        for account in READERS:
            view = stage.store.view(stage.reader(account))
            for object_id in (NOTE, OTHER, THIRD, identify("note", 9)):
                found = view.everywhere(object_id, 100)
                assert sorted((each.date_added, each.body) for each in found) == dated(view, object_id)
                assert [each.version_key for each in found] == sorted(
                    (each.version_key for each in found), reverse=True
                )
                assert [each.body for each in view.latest([object_id]).values()] == [each.body for each in found[:1]]
                assert view.everywhere(object_id, 1) == found[:1]

    def test_links_come_from_what_is_visible(self, stage: Stage) -> None:
        """What refers to an object is told as far as it is seen itself, latest first."""
        fill(stage)
        domain = identify("domain-name", 0)
        links = [  # latest first, each with the version that says so
            (Link(NOTE, domain, "domain-name"), 0),
            (Link(NOTE, THIRD, "note"), 1),
            (Link(THIRD, OTHER, "note"), 2),
            (Link(NOTE, OTHER, "note"), 1),
        ]
        counts = set()
        for account in READERS:
            view = stage.store.view(stage.reader(account))
            expected = [link for link, number in links if sees_version(view, link.object_id, number)]
            assert view.linked([NOTE, THIRD]) == tuple(expected)
            assert view.linked([THIRD]) == tuple(link for link in expected if link.target == THIRD)
            counts.add(len(expected))
        assert counts > {0, 4}

    def test_the_size_of_a_view_is_what_its_feeds_hold(self, stage: Stage) -> None:
        """Counting asks no feed and tells no more than they do."""
        fill(stage)
        for account in READERS:
            view = stage.store.view(stage.reader(account))
            assert view.size() == len(stage.feed(account, MAIN)) + len(stage.feed(account, SIDE))

    def test_a_view_for_two_shows_what_both_see(self, stage: Stage) -> None:
        """Neither gets anything by the other, in either order."""
        fill(stage)
        bob, eve, ada = (stage.reader(name) for name in ("b-bob", "o-eve", "a-ada"))
        for one, other in ((ada, eve), (eve, ada), (ada, bob), (bob, eve)):
            both = stage.store.view(one, also=other)
            alone = stage.store.view(one), stage.store.view(other)
            for object_id in (NOTE, OTHER, THIRD, identify("domain-name", 0)):
                shown = [{each.place for each in view.everywhere(object_id, 100)} for view in (both, *alone)]
                assert shown[0] == shown[1] & shown[2]
            assert both.sees(THIRD) == all(view.sees(THIRD) for view in alone)

    def test_a_view_can_be_cut_to_collections(self, stage: Stage) -> None:
        """What is in no collection of them is not there, whoever produced it."""
        fill(stage)
        reader = stage.reader("a-ada")
        cut = stage.store.view(reader, within=frozenset({SIDE}))
        assert {each.collection for each in cut.everywhere(NOTE, 100)} == {SIDE}
        assert cut.versions(MAIN, NOTE) == ()
        assert not cut.sees(THIRD)
        nothing = stage.store.view(reader, within=frozenset())
        assert (nothing.size(), nothing.latest([NOTE]), nothing.linked([NOTE])) == (0, {}, ())

    def test_a_reference_object_is_its_only_version(self, stage: Stage) -> None:
        """Public knowledge is found by its id, belongs to no collection and has no label."""
        stage.play(Hold(outline_of(THIRD, 1), b"{}"))
        view = stage.store.view(stage.reader("o-eve"))
        (found,) = view.everywhere(THIRD, 10)
        assert (found.collection, found.label, found.body) == ("", None, b"{}")
        assert view.latest([THIRD, NOTE]) == {THIRD: found}
