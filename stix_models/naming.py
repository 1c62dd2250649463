"""What people call a STIX object and know it by: its title, its names and values, when it was seen.

Everything here takes any object, of any type and however it is made: what is no text where a text is expected is
passed over, long lists and texts are cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from stix_models.timestamps import parse_micros

MOST_TEXTS = 5_000
"""How many names and values of one object are taken: a pattern may list a thousand addresses."""

MAX_TEXT_CHARS = 1_000

_TITLES = (
    "name",
    "value",
    "display_name",
    "account_login",
    "user_id",
    "iban",
    "path",
    "key",
    "subject",
    "url",
    "command_line",
    "abstract",
    "explanation",
    "serial_number",
    "relationship_type",
)
"""Properties of the standard's types that tell an object from others of its type, the most telling first."""

_FURTHER = ("message_id", "vendor", "cpe", "x_mitre_id")
_ALIASES = re.compile(r"(?:x_\w+_)?aliases")
_CONSTANT = re.compile(r"(?<![\w.'])'((?:[^'\\]|\\['\\])*)'")
"""A string constant of a pattern; keys of a path stand behind a dot, other constants behind a letter."""

_BEGAN = ("first_seen", "first_observed", "start_time", "valid_from", "published", "created")
_ENDED = ("last_seen", "last_observed", "stop_time", "modified", "created")


def title(value: Mapping[str, Any]) -> str:
    """Give the one text that stands for the object in a list; its id if it has nothing else."""
    found = next(_texts(value.get(name) for name in _TITLES), "") or next(_hashes(value), "")
    if not found and value.get("type") == "autonomous-system":
        found = f"AS{value.get('number')}"
    if not found and isinstance(definition := value.get("definition"), Mapping):
        found = next(_texts(definition.values()), "")
    return " ".join(found.split()) or str(value.get("id", ""))[:MAX_TEXT_CHARS]


def aliases(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Give its other names, in their order, no repeats."""
    listed = (
        each
        for name, inner in value.items()
        if isinstance(inner, list) and _ALIASES.fullmatch(name)
        for each in inner[:MOST_TEXTS]
    )
    return tuple(dict.fromkeys(_texts(listed)))


def known_by(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Give everything it may be searched by: names, aliases, values, hashes, constants of its pattern, outside ids."""
    found = dict.fromkeys(_texts(value.get(name) for name in (*_TITLES[:-1], *_FURTHER)))
    for texts in (aliases(value), _hashes(value), _constants(value), _outside(value)):
        for text in texts:
            if len(found) >= MOST_TEXTS:
                break
            found[text] = None
    return tuple(found)


def seen(value: Mapping[str, Any]) -> tuple[int, int] | None:
    """Give from when to when it was seen, else was valid, else was written about: µs since 1970, both included."""
    began, ended = (next(_instants(value, names), None) for names in (_BEGAN, _ENDED))
    if began is None or ended is None:
        return None if began is ended is None else (began or ended or 0, began or ended or 0)
    return began, max(began, ended)


def _texts(values: Any) -> Iterator[str]:
    """Give those that are texts and not blank, cut to their longest."""
    return (each[:MAX_TEXT_CHARS] for each in values if isinstance(each, str) and each.strip())


def _hashes(value: Mapping[str, Any]) -> Iterator[str]:
    hashes = value.get("hashes")
    return _texts(hashes.values()) if isinstance(hashes, Mapping) else iter(())


def _constants(value: Mapping[str, Any]) -> Iterator[str]:
    pattern = value.get("pattern")
    if value.get("pattern_type") != "stix" or not isinstance(pattern, str):
        return iter(())
    return _texts(re.sub(r"\\(.)", r"\1", found[1]) for found in _CONSTANT.finditer(pattern))


def _outside(value: Mapping[str, Any]) -> Iterator[str]:
    """Give the ids it has elsewhere (CVE-2026-1234, T1059)."""
    references = value.get("external_references")
    listed = references if isinstance(references, list) else ()
    return _texts(each.get("external_id") for each in listed if isinstance(each, Mapping))


def _instants(value: Mapping[str, Any], names: tuple[str, ...]) -> Iterator[int]:
    for name in names:
        text = value.get(name)
        if isinstance(text, str):
            try:
                yield parse_micros(text)
            except ValueError:
                continue
