"""STIX objects in one producer's name: ids from what they say, dates from the record, valid by construction."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from converters.extensions import OWN_TYPES, PUBLISHED, own_type
from stix_models.ids import own_id, sco_id
from stix_models.markings import TLP_MARKING, Level

if TYPE_CHECKING:
    from converters.frame import Options
    from converters.values.observables import Observable

StixObject: TypeAlias = dict[str, Any]


@lru_cache(maxsize=4096)
def timestamp(value: datetime) -> str:
    """Give a STIX timestamp with milliseconds (STIX 2.1 section 3.2 asks created and modified for them)."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def producer_identity(name: str, level: Level) -> StixObject:
    """Give the identity in whose name a run's objects are built.

    It knows no run: the same name at the same level is the same bytes. Its version goes with the level, so that
    a producer who shares at two levels has two versions of it and never two contents of one (STIX 2.1 section 3.6).
    """
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": producer_id(name),
        "created": PUBLISHED,
        "modified": f"{PUBLISHED[:17]}{level.rank:02d}.000Z",
        "name": name,
        "identity_class": "organization",
        "object_marking_refs": [TLP_MARKING[level]],
    }


def marked(made: StixObject, options: Options) -> StixObject:
    """Give an object that was built with the run's further markings on it (STIX 2.1 section 7.2.2).

    What is the same bytes in every run stays so: else its second version would be another content of the first.
    """
    same_in_every_run = made["type"] == "extension-definition" or made["id"] == producer_id(options.producer)
    if not options.markings or same_in_every_run:
        return made
    return {**made, "object_marking_refs": [*made.get("object_marking_refs", ()), *options.markings]}


def producer_id(name: str) -> str:
    """Give the id of the identity in whose name a run's objects are built."""
    return own_id("identity", "producer", name)


@lru_cache(maxsize=4096)
def _named_id(type_: str, producer: str, name: str) -> str:
    return own_id(type_, producer, name)


class Builder:
    """Builds the objects of one producer. Times are STIX timestamps; what every object must have is put in here."""

    def __init__(self, producer_id: str) -> None:
        self.producer_id = producer_id

    def observable(self, value: Observable, level: Level) -> StixObject:
        """Give a cyber-observable object, its id by its contributing properties (STIX 2.1 section 2.9)."""
        made: StixObject = {"type": value.type, "spec_version": "2.1", "id": sco_id(value.type, value.contributing)}
        made["object_marking_refs"] = [TLP_MARKING[level]]
        made.update(value.properties)
        if value.type in OWN_TYPES:
            made["extensions"] = own_type(value.type)
        return made

    def indicator(self, value: Observable, time: str, level: Level, **properties: Any) -> StixObject:
        """Give an indicator for exactly this value; one for each producer and pattern (STIX 2.1 section 4.7)."""
        return self._object(
            "indicator",
            own_id("indicator", self.producer_id, value.pattern),
            time,
            level,
            name=value.text,
            pattern=value.pattern,
            pattern_type="stix",
            **{"valid_from": time, **properties},
        )

    def named(self, type_: str, key: str, name: str, time: str, level: Level, **properties: Any) -> StixObject:
        """Give what goes by a name: malware, a tool, a campaign, an actor; one for each producer and key."""
        return self._object(type_, _named_id(type_, self.producer_id, key), time, level, name=name, **properties)

    def relationship(
        self, source: str, verb: str, target: str, time: str, level: Level, **properties: Any
    ) -> StixObject:
        """One for each producer, source, verb and target (STIX 2.1 section 5.1)."""
        id_ = own_id("relationship", self.producer_id, source, verb, target)
        return self._object(
            "relationship", id_, time, level, relationship_type=verb, source_ref=source, target_ref=target, **properties
        )

    def note(self, content: str, about: list[str], time: str, level: Level, **properties: Any) -> StixObject:
        """One for each producer, text, what it is about and what else it carries (STIX 2.1 section 4.14)."""
        id_ = own_id("note", self.producer_id, content, *about, msgspec.json.encode(properties).decode())
        return self._object("note", id_, time, level, content=content, object_refs=about, **properties)

    def made(self, type_: str, id_: str, level: Level, **properties: Any) -> StixObject:
        """Give an object of a type and an id that its source gave it; its times are for the caller to put in."""
        return self._object(type_, id_, "", level, **properties)

    def _object(self, type_: str, id_: str, time: str, level: Level, **properties: Any) -> StixObject:
        return {
            "type": type_,
            "spec_version": "2.1",
            "id": id_,
            "created_by_ref": self.producer_id,
            "created": time,
            "modified": time,
            "object_marking_refs": [TLP_MARKING[level]],
            **properties,
        }
