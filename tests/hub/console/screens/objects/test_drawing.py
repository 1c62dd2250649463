"""The picture of what is around an object."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.console.screens.objects.drawing import BOX_HEIGHT, BOX_WIDTH, Box, draw
from hub.services.exploring.object import Named
from hub.services.exploring.surroundings import Around, Line


def around(distances: list[int], pairs: list[tuple[int, int]]) -> Around:
    """Make surroundings: the distance of each object, and which are linked."""
    ids = [f"n{number}" for number in range(len(distances))]
    nodes = tuple(Named(id_, "tool", id_ * 9, visible=True) for id_ in ids)
    steps = dict(sorted(zip(ids, distances, strict=True), key=lambda each: each[1]))
    return Around(nodes, steps, tuple(Line(ids[a], ids[b], "communicates-with-it", "r") for a, b in pairs), whole=True)


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share room."""
    return abs(one.x - other.x) < BOX_WIDTH and abs(one.y - other.y) < BOX_HEIGHT


@st.composite
def surroundings(draw_: st.DrawFn) -> Around:
    """Give any surroundings of a first object."""
    distances = [0, *draw_(st.lists(st.sampled_from([1, 2]), max_size=12))]
    place = st.integers(0, len(distances) - 1)
    return around(distances, draw_(st.lists(st.tuples(place, place), max_size=15)))


@given(surroundings())
@settings(max_examples=60, deadline=None)
def test_every_object_has_room_of_its_own(found: Around):
    """One box each, all inside the picture, none over another; lines end at boxes."""
    picture = draw(found)
    assert sorted(box.id for box in picture.boxes) == sorted(found.steps)
    for number, box in enumerate(picture.boxes):
        assert 0 <= box.x <= picture.width - BOX_WIDTH
        assert 0 <= box.y <= picture.height - BOX_HEIGHT
        assert not any(overlap(box, other) for other in picture.boxes[:number])
    edges = {edge for box in picture.boxes for edge in (box.x, box.x + BOX_WIDTH)}
    assert {x for stroke in picture.strokes for x in (stroke.x1, stroke.x2)} <= edges


def test_neighbours_stand_on_both_sides_and_theirs_beyond():
    """The first object in the middle; what is two steps away on the side of what it is linked with."""
    picture = draw(around([0, 1, 1, 2, 2], [(0, 1), (2, 0), (1, 3), (2, 4)]))
    columns = {box.id: box.x for box in picture.boxes}
    assert columns["n4"] < columns["n2"] < columns["n0"] < columns["n1"] < columns["n3"]
    assert [box.id for box in picture.boxes if box.is_center] == ["n0"]


def test_long_texts_are_cut_and_kept_for_who_asks():
    """A box shows the beginning of a long title and carries all of it."""
    (box,) = draw(around([0], [])).boxes
    assert box.short == box.title
    picture = draw(Around((Named("n0", "tool", "x" * 200, visible=True),), {"n0": 0}, (), whole=True))
    assert picture.boxes[0].short == "x" * 19 + "…"
    assert len(picture.boxes[0].title) == 200


@given(surroundings())
@settings(max_examples=60, deadline=None)
def test_verbs_stand_apart(found: Around):
    """No verb is written over another, nor on a line that passes behind boxes."""
    written = [stroke for stroke in draw(found).strokes if stroke.spot]
    spots = [stroke.spot for stroke in written if stroke.spot]
    for number, (x, y) in enumerate(spots):
        assert all(abs(x - a) > BOX_WIDTH // 3 or abs(y - b) > BOX_HEIGHT // 4 for a, b in spots[:number])
    assert all(abs(stroke.x1 - stroke.x2) < BOX_WIDTH for stroke in written)


def test_lines_within_a_column_are_drawn_aside():
    """Towards the middle, so that they stay in the picture; all others are straight."""
    straight, aside = draw(around([0, 1, 1, 1], [(0, 1), (1, 3)])).strokes
    assert straight.path == f"M{straight.x1} {straight.y1} L{straight.x2} {straight.y2}"
    assert (aside.x1, aside.bend < 0) == (aside.x2, True)
    assert aside.path.startswith(f"M{aside.x1} {aside.y1} Q")
