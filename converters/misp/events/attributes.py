"""Attributes of an event or of one of its objects (MISP core format, section 2.4)."""

from __future__ import annotations

import re
from typing import Any

from converters.frame import Action, Result
from converters.misp.events.scene import Draft, Scene, digest
from converters.misp.events.statements import Statement
from converters.misp.parts import reading
from converters.misp.parts.payloads import with_payload
from converters.misp.parts.reading import Attribute, Record, Times, UnreadableError
from converters.misp.parts.tags import Handling
from converters.misp.parts.values import Value, is_readable, read_value

_CVE = re.compile(r"CVE-\d{4}-\d{4,}", re.IGNORECASE)
NAMES = {"vulnerability": "vulnerability", "campaign-name": "campaign", "threat-actor": "threat-actor"}
"""Type of attribute to the type of object that goes by its value."""


def attribute_result(scene: Scene, raw: Any, place: str) -> Result | None:
    """Give what an attribute of the event itself gives; None if it is held back until the report has left."""
    draft = scene.begin(place)
    read = read_attribute(raw, draft)
    if read is None:
        return draft.lost()
    times, handling = scene.times.edited(raw.get("timestamp")), scene.within(raw, draft)
    if read.type in NAMES:
        named(scene, read, handling, draft)
        return draft.result()
    if read.type == "link" and _is_linked(scene, read):
        return draft.result()
    statement = _statement(scene, read, times, handling, draft)
    return draft.result() if scene.state(statement, raw, draft) else None


def read_attribute(raw: Any, draft: Draft) -> Attribute | None:
    """Read an attribute; of one that says nothing, or was deleted, the draft has the finding."""
    if isinstance(raw, dict) and reading.is_true(raw.get("deleted")):
        draft.find("deleted", "", "deleted", "the attribute was deleted in MISP", Action.SKIPPED)
        return None
    try:
        read = reading.attribute(raw)
    except UnreadableError as error:
        draft.find(error.field, error.value, "attribute", str(error), Action.REJECTED)
        return None
    draft.raw.append((read.type, read.text))
    if raw.get("ShadowAttribute"):
        draft.find("ShadowAttribute", "", "proposal", "what others propose for it is not converted", Action.NOTED)
    return read


def value_of(read: Attribute, draft: Draft) -> Value | None:
    """Read the value, telling what was repaired and what is not what its type says; None for mere text."""
    value = read_value(read.type, read.text)
    if value is None:
        if is_readable(read.type):
            draft.find("value", read.text, "value", f"not what an attribute of type {read.type} holds: kept as text")
    elif value.repaired:
        read.fields.append(("value", read.text))
        draft.find("value", read.text, "repaired", value.repaired)
    data = read.raw.get("data")
    if not isinstance(data, str) or not data:
        return value
    whole = with_payload(value, read.type, data) if value is not None and value.observables else None
    if whole is None:
        draft.find("data", data, "data", "a file that is no base64, or of an attribute of no file", Action.LEFT_OUT)
    return whole or value


def named(scene: Scene, read: Attribute, handling: Handling, draft: Draft) -> None:
    """Let out what goes by the attribute's value: a vulnerability, a campaign, an actor; its comment is a note."""
    name = " ".join(read.text.split())
    reference: dict[str, Any] = {}
    if name != read.text.strip():
        read.fields.append(("value", read.text))
    if read.type == "vulnerability" and _CVE.fullmatch(name):
        name = name.upper()
        reference["external_references"] = [{"source_name": "cve", "external_id": name}]
    scene.stands_for[read.uuid] = scene.named(NAMES[read.type], name, name, handling, [], draft, **reference)
    if read.comment or read.fields:
        text = f"{name}: {read.comment}" if read.comment else name
        note = Statement("", digest([scene.key, read.raw]), name, text, scene.times, handling, fields=read.fields)
        scene.held.append((draft.beside(), note))


def seen_of(raw: Record, fields: list[tuple[str, str]]) -> tuple[str | None, str | None]:
    """(first_seen, last_seen) as timestamps; one that is none goes to the fields."""
    times = []
    for name in ("first_seen", "last_seen"):
        time = reading.seen_time(raw.get(name))
        if time is None and raw.get(name):
            fields.append((name, str(raw[name])))
        times.append(time)
    return times[0], times[1]


def _statement(scene: Scene, read: Attribute, times: Times, handling: Handling, draft: Draft) -> Statement:
    value = value_of(read, draft) or Value()
    fields = [("type", read.type), *read.fields]
    if read.to_ids and value.pattern is None:
        fields.append(("to_ids", "true"))
        draft.find("value", read.text, "no-pattern", "to_ids is set, but no pattern can say this: no indicator")
    return Statement(
        uuid=scene.fresh(read.uuid, draft),
        key=digest([scene.key, read.raw]),
        name=read.text,
        text=f"{read.text}\n\n{read.comment}" if read.comment else read.text,
        times=times,
        handling=handling,
        observables=value.observables,
        patterns=((value.language, value.pattern),) if read.to_ids and value.pattern else (),
        links=value.links,
        comment=read.comment,
        seen=seen_of(read.raw, fields),
        fields=fields,
    )


def _is_linked(scene: Scene, read: Attribute) -> bool:
    """Make a link a reference of the report; whether it could be made one."""
    value = read_value("url", read.text)
    if value is None or not value.observables or value.repaired or read.to_ids:
        return False
    described = {"description": read.comment} if read.comment else {}
    category = str(read.raw.get("category") or "link")
    scene.links.append({"source_name": category, **described, "url": value.observables[0].text})
    return True
