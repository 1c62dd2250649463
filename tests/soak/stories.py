"""What is pushed, raised and deleted: many small stories, each a circle of objects that refers to nothing outside.

A story is told in order by one teller and several are told at once. So what must be true of it in the end follows
from the story alone, whatever happened between its steps elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID, uuid5

from stix_models.ids import observable_id
from stix_models.markings import TLP_MARKING, Level
from tests.soak.cast import GROUPS, MAIN, MARKS, PRODUCERS, SIDE

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """An object as a producer tells it, under a level and a group by name."""

    value: Object
    level: Level
    group: str | None

    @property
    def raw(self) -> bytes:
        """The bytes that are pushed."""
        return json.dumps(self.value, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Push:
    """A producer pushes objects into a collection as one envelope."""

    producer: str
    collection: str
    objects: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Raise:
    """The secretariat raises what stands of an object, and what will of the same producers."""

    object_id: str
    level: Level


@dataclass(frozen=True, slots=True)
class Delete:
    """A producer deletes all versions of an object from a collection."""

    producer: str
    collection: str
    object_id: str


Step = Push | Raise | Delete


PLOTS = 60
"""Plots there are; the stories of one differ in their ids alone, so audiences stay as few as in a real community."""


def story(number: int, seed: int) -> Iterator[Step]:
    """Tell one: an infrastructure and who uses it, seen by two producers, corrected, raised and partly taken back."""
    random = Random(f"{seed}/{number % PLOTS}")  # noqa: S311 - a story must be the same when it is told again
    pen = _Pen(number, random)
    first, second = random.sample(sorted(PRODUCERS), 2)
    actor, place = pen.named("threat-actor"), pen.named("infrastructure")
    told = [pen.marked(each) for each in (actor, place, pen.domain())]
    yield Push(first, MAIN, tuple(told))
    domain = pen.marked(told[2].value)  # the same observable, as the other producer marks it
    uses = pen.related("uses", actor, place)
    yield Push(first, MAIN, (pen.marked(uses),))
    yield Push(second, MAIN, (domain, pen.marked(pen.related("related-to", place, domain.value))))
    yield Push(second, SIDE, (pen.marked(pen.note(uses, domain.value)), pen.marked(pen.note(actor))))
    for version in range(1, random.randrange(1, 4)):
        yield Push(first, MAIN, (pen.marked(_later(place, version)),))
    if random.random() < _SHARE:
        yield _raise(random.choice(([told[0]], [told[2], domain])), random)
        yield Push(first, MAIN, (pen.marked(_later(actor, 1)),))
    if random.random() < _SHARE:
        yield Delete(first, MAIN, random.choice((uses, place))["id"])
    elif random.random() < _SHARE:
        yield Push(first, MAIN, (pen.marked(_later(uses, 1) | {"revoked": True}),))


_SHARE = 0.3
"""Of stories in which something is raised, deleted, revoked."""


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes the objects of one story."""

    number: int
    random: Random

    def marked(self, value: Object) -> Told:
        """Put one of the marks on an object."""
        level, group = self.random.choice(MARKS)
        markings = [TLP_MARKING[level], *([GROUPS[group]] if group else [])]
        return Told(value | {"object_marking_refs": markings}, level, group)

    def named(self, type_: str) -> Object:
        """Make what has a name and no references."""
        return self._made(type_) | {"name": f"{type_} of story {self.number}"}

    def domain(self) -> Object:
        """Make the observable of the story."""
        value = {"type": "domain-name", "spec_version": "2.1", "value": f"story-{self.number}.example"}
        return value | {"id": observable_id(value)}

    def related(self, word: str, source: Object, target: Object) -> Object:
        """Make a relationship."""
        ends = {"relationship_type": word, "source_ref": source["id"], "target_ref": target["id"]}
        return self._made("relationship") | ends

    def note(self, *about: Object) -> Object:
        """Make a note."""
        return self._made("note") | {"content": "seen", "object_refs": [each["id"] for each in about]}

    def _made(self, type_: str) -> Object:
        at = "2026-11-01T00:00:00.000Z"
        id_ = f"{type_}--{uuid5(UUID(MAIN), f'{self.number}/{self.random.random()}')}"
        return {"type": type_, "spec_version": "2.1", "id": id_, "created": at, "modified": at}


def _raise(those: list[Told], random: Random) -> Raise:
    """Raise an object to a level that is not below all it has: that would be to lower it (S8)."""
    lowest = min(each.level.rank for each in those)
    levels = [level for level in (Level.AMBER_STRICT, Level.RED) if level.rank >= lowest]
    return Raise(those[0].value["id"], random.choice(levels))


def _later(value: Object, version: int) -> Object:
    return value | {"modified": f"2026-11-{version + 1:02}T00:00:00.000Z"}
