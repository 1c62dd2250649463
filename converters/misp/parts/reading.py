"""MISP's records, read: events, attributes and objects with their times, fields and tags. Nothing is built here yet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from converters.building import timestamp
from stix_models.ids import is_stix_id

Record = dict[str, Any]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_USED = frozenset(
    {
        *("uuid", "type", "value", "comment", "timestamp", "first_seen", "last_seen", "to_ids", "deleted", "data"),
        *("Tag", "Galaxy", "Sighting", "object_relation", "Attribute", "ObjectReference", "ShadowAttribute"),
        *("name", "SharingGroup", "Object", "description", "template_uuid", "template_version", "meta-category"),
        *("Event", "RelatedAttribute"),
    }
)
"""Members of an attribute or object that are read by name, that repeat its template, or that stand elsewhere."""
_OF_THE_INSTANCE = frozenset(
    {
        *("id", "event_id", "object_id", "sharing_group_id", "disable_correlation", "value1", "value2"),
        *("attribute_tag_count", "decay_score", "local", "galaxy_id", "event_uuid", "uuid_"),
    }
)
"""Members that mean something inside one MISP server alone."""
INHERIT = "5"
"""The distribution of what is shared as its event is."""


@dataclass(frozen=True, slots=True)
class Times:
    """STIX timestamps. created: the event's date, so that it stays over edits; modified: of the last edit."""

    created: str
    modified: str

    def edited(self, raw: Any) -> Times:
        """Give the times of a part that says when it was edited itself."""
        modified = unix_time(raw)
        return self if modified is None else Times(min(self.created, modified), modified)


@dataclass(slots=True)
class Attribute:
    """An attribute, read. uuid: "" if it has none that STIX could take. fields: what no property takes."""

    raw: Record
    type: str
    text: str
    uuid: str
    relation: str
    comment: str
    to_ids: bool
    fields: list[tuple[str, str]] = field(default_factory=list)


class UnreadableError(ValueError):
    """An attribute that says nothing. field, value: where and what stands there."""

    def __init__(self, field_: str, value: Any, message: str) -> None:
        super().__init__(message)
        self.field = field_
        self.value = "" if value is None else str(value)


def attribute(raw: Any) -> Attribute:
    """Read an attribute. Raises UnreadableError: it has no type or no value."""
    if not isinstance(raw, dict):
        raise UnreadableError("", raw, "not an attribute: no JSON object")
    type_, value = raw.get("type"), raw.get("value")
    if not isinstance(type_, str) or not type_:
        raise UnreadableError("type", type_, "an attribute needs a type")
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
        raise UnreadableError("value", value, "an attribute needs a value")
    return Attribute(
        raw,
        type_,
        str(value),
        uuid_of(raw),
        str(raw.get("object_relation") or type_),
        str(raw.get("comment") or ""),
        is_true(raw.get("to_ids")),
        fields_of(raw),
    )


def fields_of(raw: Record) -> list[tuple[str, str]]:
    """Give (name, value) of every plain member that is not read by name and that says something."""
    fields = []
    for name, value in raw.items():
        if name in _USED or name in _OF_THE_INSTANCE or value in ("", None, False) or isinstance(value, dict | list):
            continue
        if name == "distribution" and str(value) == INHERIT:
            continue
        fields.append((name, value if isinstance(value, str) else str(value)))
    return fields


def uuid_of(raw: Record) -> str:
    """Give its UUID in lower case; "" if it has none."""
    uuid = raw.get("uuid")
    return uuid.lower() if isinstance(uuid, str) and is_stix_id(f"x--{uuid}") else ""


def is_true(value: Any) -> bool:
    """Whether a flag is set: MISP writes true, 1 and "1"."""
    return value in (True, 1, "1", "true")


def unix_time(raw: Any) -> str | None:
    """Give the timestamp of seconds since 1970, as number or text; None if it is none, or zero."""
    try:
        seconds = float(raw)
        return timestamp(datetime.fromtimestamp(seconds, UTC)) if seconds > 0 else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def seen_time(raw: Any) -> str | None:
    """Give the timestamp of `first_seen` and its like: ISO 8601 with a zone; None if it is none."""
    if not isinstance(raw, str) or not raw:
        return None
    try:
        moment = datetime.fromisoformat(raw)
        return timestamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def event_times(event: Record, as_of: datetime | None) -> Times | None:
    """Give the event's times: its timestamp, else its day, else `as_of`; None if there is none of them."""
    day = event.get("date")
    begin = seen_time(f"{day}T00:00:00+00:00") if isinstance(day, str) and _DAY.fullmatch(day) else None
    modified = unix_time(event.get("timestamp")) or begin or (timestamp(as_of) if as_of else None)
    return None if modified is None else Times(min(begin or modified, modified), modified)
