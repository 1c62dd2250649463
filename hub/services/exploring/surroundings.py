"""What is around an object, nearest first: relationships drawn as lines, everything else as it names each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest

from hub.services.exploring.names import ENDS, Names
from hub.services.exploring.object import Named, named
from hub.services.exploring.sight import Sight
from hub.store.query import Link
from stix_models.references import references

MOST_NODES = 60
"""How many objects are drawn, the first among them: more than that nobody reads, and the tables have all."""

_STEPS = (200, 20)
"""How far out, and how many links of each object are followed there, the latest ones."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line between two objects that are drawn. verb: the relationship's type, "" where one merely names the other.

    by: the relationship that says so, else the object that names the other.
    """

    source: str
    target: str
    verb: str
    by: str


@dataclass(frozen=True, slots=True)
class Around:
    """steps: for each object how far it is from the first, which is at 0. whole: whether nothing was left undrawn."""

    nodes: tuple[Named, ...]
    steps: dict[str, int]
    lines: tuple[Line, ...]
    whole: bool


def around(sight: Sight, names: Names, object_id: str) -> Around:
    """Walk outward from an object, breadth first, over what is visible."""
    steps = {object_id: 0}
    lines: dict[Line, None] = {}
    whole = True
    for step, most in enumerate(_STEPS, 1):
        frontier = [id_ for id_, distance in steps.items() if distance == step - 1]
        for line in _fairly(_lines(sight, names, frontier, most)):
            for end in (line.source, line.target):
                if end not in steps and len(steps) < MOST_NODES:
                    steps[end] = step
            if line.source in steps and line.target in steps:
                lines[line] = None
            else:
                whole = False
    names.tell(line.by for line in lines)
    return Around(tuple(named(names, id_) for id_ in steps), steps, tuple(lines), whole)


def _fairly(each: Iterable[list[Line]]) -> Iterator[Line]:
    """Give one line of each in turn, so that none crowds out the others."""
    for together in zip_longest(*each):
        yield from (line for line in together if line is not None)


def _lines(sight: Sight, names: Names, ids: list[str], most: int) -> list[list[Line]]:
    """Give for each object the lines that end at it, relationships first, between objects in view."""
    inward: dict[str, list[Link]] = {id_: [] for id_ in ids}
    for link in sight.view.linked(ids):
        if len(inward[link.target]) < most:
            inward[link.target].append(link)
    targets = {id_: references(names.value(id_))[:most] for id_ in ids}
    linking = (link.object_id for links in inward.values() for link in links)
    names.look_up(chain(linking, *targets.values()))
    return [[*_inward(names, inward[id_]), *_outward(names, id_, targets[id_])] for id_ in ids]


def _inward(names: Names, links: list[Link]) -> Iterator[Line]:
    for link in sorted(links, key=lambda link: link.type not in ENDS):
        ends = names.ends(link.object_id)
        if len(ends) < len(ENDS["relationship"]):
            yield Line(link.object_id, link.target, "", link.object_id)
        elif all(names.get(end) is not None for end in ends.values()):
            verb = str(names.value(link.object_id).get("relationship_type", ""))
            yield Line(ends["source_ref"], ends["target_ref"], verb, link.object_id)


def _outward(names: Names, id_: str, targets: Iterable[str]) -> Iterator[Line]:
    """Give what the object names; a report's relationships are lines themselves, never boxes."""
    found = ((target, names.get(target)) for target in targets)
    return (Line(id_, target, "", id_) for target, known in found if known and known.type != "relationship")
