"""The fields of a row as properties that a STIX object can carry (STIX 2.1 sections 3.2 and 4.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from converters.building import timestamp
from converters.extensions import source_fields
from converters.frame import Action
from converters.sheets.mapping.columns import Kind
from converters.values.network import url
from converters.values.refang import refang

if TYPE_CHECKING:
    from converters.sheets.reading import Reading

NO_TEXT = "Fields of the source record that no other object carries."
"""Content of a note that exists for what it carries."""


def of_indicator(reading: Reading, time: str) -> dict[str, Any]:
    """Everything of the row that an indicator can carry. time: the row's own, where it names no validity."""
    fields = _common(reading, reading.rest)
    if reading.descriptions:
        fields["description"] = "\n".join(reading.descriptions)
    start = reading.dates.get(Kind.VALID_FROM)
    if start is not None:
        fields["valid_from"] = timestamp(start)
    until = reading.dates.get(Kind.VALID_UNTIL)
    if until is not None:
        fields["valid_until"] = timestamp(until)
        if fields["valid_until"] <= fields.get("valid_from", time):
            reading.find("", fields.pop("valid_until"), "valid_until", "not later than valid_from", Action.LEFT_OUT)
    return fields


def of_note(reading: Reading) -> tuple[list[str], dict[str, Any]]:
    """(texts, properties) of the row's notes where no indicator carries its fields: the first note carries them.

    A confidence that the row's links carry is not said twice.
    """
    dates = [(str(kind), timestamp(date)) for kind, date in reading.dates.items()]
    fields = _common(reading, [*reading.rest, *dates])
    if reading.names:
        fields.pop("confidence", None)
    texts = [*reading.notes, *reading.descriptions]
    return texts or ([NO_TEXT] if fields else []), fields


def _common(reading: Reading, rest: list[tuple[str, str]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if reading.confidence is not None:
        fields["confidence"] = reading.confidence
    if reading.labels:
        fields["labels"] = list(dict.fromkeys(reading.labels))
    if reading.references:
        fields["external_references"] = [_reference(name, cell) for name, cell in reading.references]
    if rest:
        fields["extensions"] = source_fields(rest)
    return fields


def _reference(name: str, cell: str) -> dict[str, str]:
    address = url(refang(cell))
    return {"source_name": name, "url": address} if address else {"source_name": name, "description": cell}
