"""The forms in which MISP's JSON comes: one event, with or without its frame, lists of them, answers to searches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO

from converters.elements import MAX_DOCUMENT_BYTES
from converters.frame import ConversionError
from converters.misp.parts.reading import Record
from stix_models import strict

_MAX_LISTS = 8
"""Levels of lists and frames around an event."""


class Kind(StrEnum):
    """What a piece of a document is."""

    EVENT = "event"
    GALAXY = "galaxy"
    DEFINITION = "definition"  # a galaxy without its clusters


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece. locator: where it stands: `Event`, `response[3].Event`, `[0][2]`; "" for the whole document."""

    kind: Kind
    value: Record
    locator: str


def pieces(stream: BinaryIO) -> Iterator[Piece]:
    """Give the events and galaxies of a document, in its order.

    Raises ConversionError: no JSON (its place is line and column), beyond the limit, or nothing of MISP's in it.
    """
    data = stream.read(MAX_DOCUMENT_BYTES + 1)
    if len(data) > MAX_DOCUMENT_BYTES:
        raise ConversionError(f"more than {MAX_DOCUMENT_BYTES} bytes", code="size")
    try:
        value = strict.loads(data)
    except strict.StrictJSONError as error:
        raise ConversionError(_hint(error.message), place=error.place, code="json") from error
    found = list(_pieces(value, "", 0))
    if not found:
        raise ConversionError("no MISP event, attribute, object or galaxy in this document", code="document")
    yield from found


def _hint(message: str) -> str:
    """Say what usually is behind the parser's words."""
    if "trailing comma" in message or message.startswith(("Expecting property name", "Expecting value")):
        return f"no JSON: {message}; a comma before a closing bracket does this"
    return f"no JSON: {message}"


def _pieces(value: Any, place: str, depth: int) -> Iterator[Piece]:
    if depth > _MAX_LISTS:
        raise ConversionError(f"more than {_MAX_LISTS} lists around an event", place=place, code="nesting")
    if isinstance(value, list):
        if value and all(_is_attribute(each) for each in value):
            yield Piece(Kind.EVENT, {"Attribute": value}, place)
            return
        for index, each in enumerate(value):
            yield from _pieces(each, f"{place}[{index}]", depth + 1)
    elif isinstance(value, dict):
        yield from _of_object(value, place, depth)


def _of_object(value: Record, place: str, depth: int) -> Iterator[Piece]:
    before = f"{place}." if place else ""
    for name in ("response", "Event", "Galaxy"):
        if isinstance(value.get(name), dict | list) and not (name == "Galaxy" and _is_event(value)):
            yield from _pieces(value[name], before + name, depth + 1)
            return
    if isinstance(value.get("GalaxyCluster"), list) or ("values" in value and "type" in value):
        kind = Kind.GALAXY if isinstance(value.get("GalaxyCluster") or value.get("values"), list) else Kind.DEFINITION
        yield Piece(kind, value, place)
    elif _is_event(value):
        yield Piece(Kind.EVENT, _listed(value), place)
    elif {"uuid", "type", "namespace"} <= set(value):
        yield Piece(Kind.DEFINITION, value, place)


def _is_event(value: Record) -> bool:
    return "Attribute" in value or "Object" in value or ("info" in value and "Orgc" in value)


def _listed(value: Record) -> Record:
    """Give an event whose members are lists: an answer to a search for objects has one object instead."""
    return {
        name: [member] if name in ("Attribute", "Object") and isinstance(member, dict) else member
        for name, member in value.items()
    }


def _is_attribute(value: Any) -> bool:
    return isinstance(value, dict) and {"type", "value", "category"} <= set(value)
