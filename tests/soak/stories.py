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
from uuid import UUID

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


def story(number: int, seed: int) -> Iterator[Step]:
    """Tell one: an infrastructure and who uses it, seen by two producers, corrected, raised and partly taken back."""
    random = Random(f"{seed}/{number}")  # noqa: S311 - a story must be the same when it is told again
    first, second = random.sample(sorted(PRODUCERS), 2)
    actor, place = _named("threat-actor", random), _named("infrastructure", random)
    told = [_told(each, random) for each in (actor, place, _domain(number))]
    yield Push(first, MAIN, tuple(told))
    domain = _told(told[2].value, random)  # the same observable, as the other producer marks it
    uses = _related("uses", actor, place, random)
    yield Push(first, MAIN, (_told(uses, random),))
    yield Push(second, MAIN, (domain, _told(_related("related-to", place, domain.value, random), random)))
    yield Push(second, SIDE, (_told(_note(random, uses, domain.value), random), _told(_note(random, actor), random)))
    for version in range(1, random.randrange(1, 4)):
        yield Push(first, MAIN, (_told(_later(place, version), random),))
    if random.random() < 0.3:
        yield _raise(random.choice(([told[0]], [told[2], domain])), random)
        yield Push(first, MAIN, (_told(_later(actor, 1), random),))
    if random.random() < 0.3:
        yield Delete(first, MAIN, random.choice((uses, place))["id"])
    elif random.random() < 0.3:
        yield Push(first, MAIN, (_told(_later(uses, 1) | {"revoked": True}, random),))


def _raise(those: list[Told], random: Random) -> Raise:
    """Raise an object to a level that is not below all it has: that would be to lower it (S8)."""
    lowest = min(each.level.rank for each in those)
    levels = [level for level in (Level.AMBER_STRICT, Level.RED) if level.rank >= lowest]
    return Raise(those[0].value["id"], random.choice(levels))


def _told(value: Object, random: Random) -> Told:
    level, group = random.choice(MARKS)
    markings = [TLP_MARKING[level], *([GROUPS[group]] if group else [])]
    return Told(value | {"object_marking_refs": markings}, level, group)


def _named(type_: str, random: Random) -> Object:
    return _made(type_, random) | {"name": f"{type_} {random.randrange(1_000)}"}


def _domain(number: int) -> Object:
    value = {"type": "domain-name", "spec_version": "2.1", "value": f"story-{number}.example"}
    return value | {"id": observable_id(value)}


def _related(word: str, source: Object, target: Object, random: Random) -> Object:
    ends = {"relationship_type": word, "source_ref": source["id"], "target_ref": target["id"]}
    return _made("relationship", random) | ends


def _note(random: Random, *about: Object) -> Object:
    return _made("note", random) | {"content": "seen", "object_refs": [each["id"] for each in about]}


def _made(type_: str, random: Random) -> Object:
    at = "2026-11-01T00:00:00.000Z"
    id_ = f"{type_}--{UUID(bytes=random.randbytes(16), version=4)}"
    return {"type": type_, "spec_version": "2.1", "id": id_, "created": at, "modified": at}


def _later(value: Object, version: int) -> Object:
    return value | {"modified": f"2026-11-{version + 1:02}T00:00:00.000Z"}
