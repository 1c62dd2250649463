"""What the hub's rules need of a STIX object, read once when it arrives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stix_models.ids import SCO_TYPES
from stix_models.references import references
from stix_models.timestamps import UNVERSIONED, parse_micros, version_key

__all__ = ["UNVERSIONED", "Outline", "outline", "spec_version"]

_TLP_WORD = re.compile(r"(?<![a-z])t\W?l\W?p(?=[^a-z]|\Z|v\d|clear|white|green|amber|red)|traffic.light", re.IGNORECASE)
_MARKED_BY = ("object_marking_refs", "granular_markings")
_CONTAINERS = (dict, list)
_ONLY_IN_2_1 = SCO_TYPES | {"marking-definition", "language-content", "extension-definition"}


@dataclass(frozen=True, slots=True)
class Outline:
    """The few facts of one object that decide where it goes and who may see it.

    version: `modified`, else `created`, as written; UNVERSIONED for what has neither (TAXII 2.1 §5.3.1).
    version_key: the same instant in a form whose text order is time order, equal for equal instants.
    markings: every id in object_marking_refs and granular_markings[].marking_ref, at any depth, lower case, no
        repeats.
    references: every id the object refers to in the sense of S11, no repeats, sorted.
    statement: it is a marking definition of type `statement` and nothing more: one that speaks of TLP or has an
        extension claims to be more, and so stays unknown (S2, S6).
    modified: `modified` in µs since 1970 (UTC), None if it has none.
    """

    id: str
    type: str
    version: str
    version_key: str
    spec_version: str
    created_by: str | None
    markings: tuple[str, ...]
    references: tuple[str, ...]
    revoked: bool
    statement: bool
    modified: int | None
    observable: bool


def outline(value: Mapping[str, Any]) -> Outline:
    """Read the outline of an object that conforms.

    Raises:
        KeyError, TypeError, ValueError: it does not (conformance.check says why).

    """
    modified = value.get("modified")
    version = modified or value.get("created") or UNVERSIONED
    return Outline(
        id=value["id"],
        type=value["type"],
        version=version,
        version_key=version_key(version),
        spec_version=spec_version(value),
        created_by=value.get("created_by_ref"),
        markings=_markings(value),
        references=references(value),
        revoked=value.get("revoked") is True,
        statement=_is_statement(value),
        modified=None if modified is None else parse_micros(modified),
        observable=is_observable(value),
    )


def spec_version(value: Mapping[str, Any]) -> str:
    """Give the version of STIX it is written in: 2.0 if an SDO or SRO doesn't say (TAXII 2.1 §3.4.1)."""
    said = value.get("spec_version")
    if isinstance(said, str):
        return said
    return "2.1" if value["type"] in _ONLY_IN_2_1 or is_observable(value) else "2.0"


def is_observable(value: Mapping[str, Any]) -> bool:
    """Whether it is an SCO: of the standard, or another without `created` and `modified` (STIX 2.1 §3.2)."""
    return value["type"] in SCO_TYPES or not ("created" in value or "modified" in value)


def _is_statement(value: Mapping[str, Any]) -> bool:
    if value["type"] != "marking-definition" or value.get("definition_type") != "statement":
        return False
    words = f"{value.get('name', '')} {value.get('definition', {}).get('statement', '')}"
    return "extensions" not in value and not _TLP_WORD.search(words)


def _markings(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Give every marking of the object, then of what is inside it: an embedded object has its own."""
    found = _marked_by(value)
    pending = [inner for name, inner in value.items() if name not in _MARKED_BY and type(inner) in _CONTAINERS]
    while pending:
        container = pending.pop()
        if type(container) is dict:
            found += _marked_by(container)
            container = container.values()
        pending += [inner for inner in container if type(inner) in _CONTAINERS]
    return tuple(dict.fromkeys(found))


def _marked_by(container: Mapping[str, Any]) -> list[str]:
    """Give the ids in its marking properties, in lower case; what is inside need not have their form."""
    found: list[Any] = []
    if (refs := container.get("object_marking_refs")) is not None:
        found += refs if isinstance(refs, list) else [refs]
    if isinstance(granular := container.get("granular_markings"), list):
        found += [each.get("marking_ref") for each in granular if isinstance(each, dict)]
    return [id_.lower() for id_ in found if isinstance(id_, str)]
