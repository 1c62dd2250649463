"""The properties of an object in an order for reading, flat enough for a table whatever they hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stix_models.ids import is_stix_id

MOST_PAIRS = 300
MAX_TEXT_CHARS = 5_000
"""How much of one object is laid out; its raw form has all."""

_FIRST = (
    "description",
    "abstract",
    "content",
    "explanation",
    "value",
    "pattern",
    "indicator_types",
    "malware_types",
    "threat_actor_types",
    "infrastructure_types",
    "tool_types",
    "report_types",
    "roles",
    "sectors",
    "goals",
    "primary_motivation",
    "kill_chain_phases",
    "hashes",
    "first_seen",
    "last_seen",
    "first_observed",
    "last_observed",
    "valid_from",
    "valid_until",
    "published",
    "confidence",
    "labels",
    "revoked",
    "external_references",
)
_LAST = ("created", "modified", "lang", "spec_version", "extensions")
_ELSEWHERE = frozenset({"type", "id", "name", "aliases", "created_by_ref", "object_marking_refs", "granular_markings"})
_REFERENCE = ("_ref", "_refs")


@dataclass(frozen=True, slots=True)
class Property:
    """One property. entries: one, or one of a list each; an entry is (path inside it, text) pairs, "" for itself."""

    name: str
    entries: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True, slots=True)
class Properties:
    """All that fits. whole: whether nothing was left out or cut."""

    listed: tuple[Property, ...]
    whole: bool


def properties(value: Mapping[str, Any]) -> Properties:
    """Lay out an object less what stands elsewhere on its page: title, markings, author, what it refers to."""
    names = [name for name in value if name not in _ELSEWHERE and not _refers(name, value[name])]
    left, listed, whole = MOST_PAIRS, [], True
    for name in sorted(names, key=_order):
        entries = []
        for inner in _listed(value[name]):
            pairs = tuple(_flat("", inner, left))
            left -= len(pairs)
            entries.append(pairs)
            whole = whole and left > 0 and all(len(text) < MAX_TEXT_CHARS for _, text in pairs)
            if left <= 0:
                break
        listed.append(Property(name, tuple(entries)))
        if left <= 0:
            break
    return Properties(tuple(listed), whole)


def _order(name: str) -> tuple[int, int, str]:
    """Known ones first and last, the others between by name."""
    if name in _FIRST:
        return 0, _FIRST.index(name), name
    return (2, _LAST.index(name), name) if name in _LAST else (1, 0, name)


def _refers(name: str, inner: Any) -> bool:
    """Whether it names other objects: those are listed with their names."""
    each = inner if isinstance(inner, list) else [inner]
    return name.endswith(_REFERENCE) and all(isinstance(id_, str) and is_stix_id(id_) for id_ in each)


def _listed(inner: Any) -> list[Any]:
    return inner if isinstance(inner, list) else [inner]


def _flat(path: str, inner: Any, most: int) -> Iterator[tuple[str, str]]:
    """Walk a value without recursion, in its order, until there are `most` pairs."""
    stack = [(path, inner)]
    while stack and most > 0:
        where, each = stack.pop()
        if isinstance(each, dict):
            stack += reversed([(f"{where}.{name}" if where else name, within) for name, within in each.items()])
        elif isinstance(each, list) and any(isinstance(within, dict | list) for within in each):
            stack += reversed([(f"{where}[{number}]", within) for number, within in enumerate(each)])
        else:
            most -= 1
            yield where[:MAX_TEXT_CHARS], _text(each)[:MAX_TEXT_CHARS]


def _text(each: Any) -> str:
    if isinstance(each, str):
        return each
    if isinstance(each, list):
        return ", ".join(_text(within) for within in each)
    return json.dumps(each)
