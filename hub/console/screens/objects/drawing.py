"""What is around an object as a picture: it stands in the middle, its neighbours left and right, theirs beyond.

Boxes are links and lines carry their verb, so the picture works with Tab, Enter, a screen reader and on paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from hub.services.exploring.surroundings import Around, Line

BOX_WIDTH, BOX_HEIGHT = 176, 42
_ROW, _GAP, _MARGIN = 52, 108, 8
_TITLE_CHARS, _VERB_CHARS = 20, 13
_BEND = 23
_SPOTS = (0.5, 0.36, 0.64, 0.22, 0.78)
"""Where on its line a verb may stand, the best first."""
_VERB_WIDTH, _VERB_HEIGHT = 76, 14


@dataclass(frozen=True, slots=True)
class Box:
    """One object. x, y: its upper left corner."""

    x: int
    y: int
    id: str
    type: str
    title: str
    short: str
    is_center: bool


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line with an arrow at its end. bend: how far its middle is drawn aside.

    spot: where the verb stands; None where it has no room, and is told to who points at the line.
    """

    x1: int
    y1: int
    x2: int
    y2: int
    verb: str
    bend: int = 0
    spot: tuple[int, int] | None = None

    @property
    def path(self) -> str:
        """Give the line as SVG has it."""
        way = f"Q{self.x1 + 2 * self.bend} {(self.y1 + self.y2) // 2} " if self.bend else "L"
        return f"M{self.x1} {self.y1} {way}{self.x2} {self.y2}"


@dataclass(frozen=True, slots=True)
class Picture:
    """Sizes in the units of the drawing, which fits itself to the page."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    strokes: tuple[Stroke, ...]
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def draw(around: Around) -> Picture:
    """Place every object in a column by its distance, and draw the lines between them."""
    columns = _columns(around)
    numbers = sorted(set(columns.values()))
    rows = {number: [id_ for id_, column in columns.items() if column == number] for number in numbers}
    height = max(len(ids) for ids in rows.values()) * _ROW + 2 * _MARGIN
    boxes = tuple(
        _box(around, id_, _MARGIN + at * (BOX_WIDTH + _GAP), (height - len(rows[number]) * _ROW) // 2 + row * _ROW)
        for at, number in enumerate(numbers)
        for row, id_ in enumerate(rows[number])
    )
    width = len(numbers) * (BOX_WIDTH + _GAP) - _GAP + 2 * _MARGIN
    places = {box.id: box for box in boxes}
    strokes = (_stroke(places, columns, line) for line in around.lines if line.source != line.target)
    return Picture(width, height, boxes, tuple(_written(dict.fromkeys(strokes))))


def _columns(around: Around) -> dict[str, int]:
    """Give each object a column: 0 the first one, its neighbours by turns at -1 and 1, theirs on the same side."""
    near: dict[str, list[str]] = {}
    for line in around.lines:
        near.setdefault(line.source, []).append(line.target)
        near.setdefault(line.target, []).append(line.source)
    columns: dict[str, int] = {}
    turn = 1
    for id_, distance in around.steps.items():  # nearest first
        if distance == 0:
            columns[id_] = 0
        elif distance == 1:
            columns[id_], turn = turn, -turn
        else:
            columns[id_] = distance * _side(columns, near.get(id_, ()))
    return columns


def _side(columns: dict[str, int], neighbours: Iterable[str]) -> int:
    """Give the side on which its first placed neighbour stands."""
    placed = (columns[each] for each in neighbours if columns.get(each))
    return -1 if next(placed, 1) < 0 else 1


def _box(around: Around, id_: str, x: int, y: int) -> Box:
    node = next(each for each in around.nodes if each.id == id_)
    return Box(x, y, id_, node.type, node.title, _cut(node.title, _TITLE_CHARS), around.steps[id_] == 0)


def _stroke(places: dict[str, Box], columns: dict[str, int], line: Line) -> Stroke:
    """Draw from the nearer side of one box to the nearer side of the other; in a column aside, towards the middle."""
    source, target = places[line.source], places[line.target]
    y1, y2 = source.y + BOX_HEIGHT // 2, target.y + BOX_HEIGHT // 2
    verb = _cut(line.verb, _VERB_CHARS)
    if source.x == target.x:
        leftward = columns[line.source] > 0
        edge, bend = (source.x, -_BEND) if leftward else (source.x + BOX_WIDTH, _BEND)
        return Stroke(edge, y1, edge, y2, verb, bend)
    rightward = source.x < target.x
    x1, x2 = (source.x + BOX_WIDTH, target.x) if rightward else (source.x, target.x + BOX_WIDTH)
    return Stroke(x1, y1, x2, y2, verb)


def _written(strokes: Iterable[Stroke]) -> Iterator[Stroke]:
    """Give each verb a spot on its line where no other stands and no box does."""
    taken: list[tuple[int, int]] = []
    for stroke in strokes:
        free = (spot for spot in _spots(stroke) if not any(_collide(spot, other) for other in taken))
        spot = next(free, None) if stroke.verb else None
        taken += [spot] if spot else []
        yield replace(stroke, spot=spot)


def _spots(stroke: Stroke) -> Iterator[tuple[int, int]]:
    across, down = stroke.x2 - stroke.x1, stroke.y2 - stroke.y1
    if abs(across) <= _GAP:  # a longer line passes behind boxes
        for part in _SPOTS:
            yield round(stroke.x1 + across * part) + stroke.bend, round(stroke.y1 + down * part) - 4


def _collide(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return abs(one[0] - other[0]) < _VERB_WIDTH and abs(one[1] - other[1]) < _VERB_HEIGHT


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
