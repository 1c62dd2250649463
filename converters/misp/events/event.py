"""One MISP event (MISP core format, section 2.2): its parts, then its report, then what is about the report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from converters.building import Builder, StixObject, producer_identity
from converters.frame import Action, Result
from converters.misp.events.attributes import attribute_result
from converters.misp.events.scene import Document, Draft, Scene, digest, records
from converters.misp.events.statements import Statement, Stater
from converters.misp.events.wholes import object_results
from converters.misp.parts import galaxies, reading
from converters.misp.parts.reading import Record
from converters.misp.parts.tags import Handling, tag_names
from stix_models.markings import Level

_NO_LETTERS = re.compile(r"[^a-z0-9]+")
_PLAIN = ("threat_level_id", "analysis", "distribution", "extends_uuid", "event_creator_email", "protected", "date")
"""Members of an event that go into the fields of its report."""


def event_results(document: Document, event: Record, locator: str) -> Iterator[Result]:
    """Give what each record of an event gives. A record is an attribute, of whatever object; the event is one too.

    What refers comes after what it refers to, so text, which becomes notes about the report, comes after it.
    """
    scene, opening = _scene(document, event, locator)
    if scene is None:
        yield opening.lost()
        return
    yield from _members(scene, event)
    closing = scene.begin("") if _is_whole(event) else Draft(document.number, locator)
    closing.out += scene.early
    about = _report(scene, event, closing) if _is_whole(event) else scene.stater.build.producer_id
    for proposal in ("ShadowAttribute", "CryptographicKey"):
        if event.get(proposal):
            closing.find(proposal, "", "member", "this part of an event is not converted", Action.NOTED)
    if _is_whole(event):
        closing.raw.append(("info", str(event.get("info") or "")))
        yield closing.result()
    elif closing.out or closing.findings:
        yield closing.result_of_none()
    yield from _afterwards(scene, event, about)


def _is_whole(event: Record) -> bool:
    """Whether it is an event, and not attributes or objects alone, as a search for these gives."""
    return "info" in event or "uuid" in event


def _scene(document: Document, event: Record, locator: str) -> tuple[Scene | None, Draft]:
    handling = Handling(document.options.level).tagged(tag_names(event.get("Tag")))
    times = reading.event_times(event, document.options.as_of) or _latest(event)
    if times is None:
        draft = document.begin(locator)
        draft.find("timestamp", "", "no-date", "the event has no date; give --as-of DATE", Action.REJECTED)
        return None, draft
    draft = Draft(document.number, locator)
    for name in handling.unknown:
        draft.find("Tag", name, "marking", "no TLP level: the event is marked red")
    identity = _owner(event, document, handling.level)
    if (identity["id"], handling.level) not in document.identities:
        document.identities.add((identity["id"], handling.level))
        draft.out.append(identity)
    stater = Stater(Builder(identity["id"]), document.ledger, document.said)
    key = reading.uuid_of(event) or digest({name: event.get(name) for name in ("info", "date")})
    return Scene(document, stater, times, handling, key, locator, draft), draft


def _latest(event: Record) -> reading.Times | None:
    """Give the earliest and latest time of what is in an event that says none itself."""
    parts = [*records(event.get("Attribute")), *records(event.get("Object"))]
    parts += [each for part in records(event.get("Object")) for each in records(part.get("Attribute"))]
    times = [time for part in parts if (time := reading.unix_time(part.get("timestamp")))]
    return reading.Times(min(times), max(times)) if times else None


def _owner(event: Record, document: Document, level: Level) -> StixObject:
    """Give the organisation that made the event, by MISP's UUID; where it names none, the producer of the run."""
    options = document.options
    maker = event.get("Orgc")
    name = maker.get("name") if isinstance(maker, dict) else None
    uuid = reading.uuid_of(maker) if isinstance(maker, dict) else ""
    if not isinstance(name, str) or not name.strip():
        return producer_identity(options.producer, level)
    identity = producer_identity(name.strip(), level)
    return identity | {"id": f"identity--{uuid}"} if uuid else identity


def _members(scene: Scene, event: Record) -> Iterator[Result]:
    for cluster in galaxies.clusters(event.get("Galaxy")):
        scene.cluster(cluster, scene.handling, scene.opening)
    yield scene.opening.result_of_none()
    for name, results in (("Attribute", _attribute_results), ("Object", object_results)):
        parts = event.get(name)
        for index, raw in enumerate(parts if isinstance(parts, list) else ()):
            yield from results(scene, raw, f"{name}[{index}]")


def _attribute_results(scene: Scene, raw: Any, place: str) -> Iterator[Result]:
    result = attribute_result(scene, raw, place)
    if result is not None:
        yield result


def _report(scene: Scene, event: Record, draft: Draft) -> str:
    """Let out the event's report, or its grouping while it is not published (STIX 2.1 sections 4.16 and 4.4)."""
    is_published = reading.is_true(event.get("published"))
    type_ = "report" if is_published else "grouping"
    statement = Statement(scene.fresh(reading.uuid_of(event), draft), scene.key, "", "", scene.times, scene.handling)
    published = reading.unix_time(event.get("publish_timestamp")) or scene.times.modified
    properties: dict[str, Any] = {"published": published} if is_published else {"context": "suspicious-activity"}
    references = [*scene.links, *_related(event)]
    if references:
        properties["external_references"] = references
    build = scene.stater.build
    made = build.made(
        type_,
        scene.stater.id_of(type_, statement),
        scene.handling.level,
        name=str(event.get("info") or "MISP event"),
        **properties,
        object_refs=list(dict.fromkeys(scene.members)) or [build.producer_id],
    )
    fields = [(name, str(event[name])) for name in _PLAIN if event.get(name) not in (None, "", False)]
    scene.stater.leave(scene.stater.dress(made, scene.times, scene.handling, fields), draft.out)
    scene.stands_for[scene.key] = made["id"]
    return str(made["id"])


def _related(event: Record) -> list[dict[str, str]]:
    """Give what MISP correlated the event with, as references: the others are not at hand."""
    references = []
    for each in records(event.get("RelatedEvent")):
        other = each.get("Event")
        if isinstance(other, dict) and isinstance(other.get("uuid"), str) and other["uuid"]:
            info = {"description": str(other["info"])} if other.get("info") else {}
            references.append({"source_name": "MISP event", **info, "external_id": other["uuid"]})
    return references


def _afterwards(scene: Scene, event: Record, about: str) -> Iterator[Result]:
    """Let out the notes that were held back, the event's own reports, and what objects refer to."""
    for draft, statement in scene.held:
        scene.stands_for[statement.uuid] = scene.stater.note(statement, [about], draft.out)
        yield draft.result() if draft.is_record else draft.result_of_none()
    draft = Draft(scene.document.number, scene.locator)
    for raw in records(event.get("EventReport")):
        _event_report(scene, raw, about, draft)
    for index, raw in enumerate(records(event.get("Object"))):
        there = Draft(draft.number, scene.place(f"Object[{index}]"), draft.findings, draft.out)
        for reference in records(raw.get("ObjectReference")):
            _refer(scene, raw, reference, about, there)
    if draft.out or draft.findings:
        yield draft.result_of_none()


def _event_report(scene: Scene, raw: Record, about: str, draft: Draft) -> None:
    content = raw.get("content")
    if not isinstance(content, str) or not content.strip() or reading.is_true(raw.get("deleted")):
        draft.find("EventReport", str(raw.get("name") or ""), "empty", "without content, or deleted", Action.SKIPPED)
        return
    name = str(raw.get("name") or "")
    statement = Statement(
        scene.fresh(reading.uuid_of(raw), draft),
        digest([scene.key, raw]),
        name,
        content,
        scene.times.edited(raw.get("timestamp")),
        scene.handling.within(None),
        fields=[("name", name)] if name else [],
    )
    scene.stater.note(statement, [about], draft.out)


def _refer(scene: Scene, raw: Record, reference: Record, about: str, draft: Draft) -> None:
    """Let out how an object relates to another part; a note where that is not in the event."""
    source = scene.stands_for.get(reading.uuid_of(raw), "")
    wanted = str(reference.get("referenced_uuid") or reference.get("object_uuid") or "").lower()
    target = scene.stands_for.get(wanted, "")
    verb = str(reference.get("relationship_type") or "related-to")
    comment = str(reference.get("comment") or "")
    times = scene.times.edited(reference.get("timestamp"))
    handling = scene.handling.within(None)
    if source and target and source != target:
        plain = _NO_LETTERS.sub("-", verb.lower()).strip("-") or "related-to"
        described = {"description": comment} if comment else {}
        scene.stater.relate(source, plain, target, times, handling, draft.out, **described)
        return
    draft.find("ObjectReference", wanted, "reference", "one of its ends is no part of what was converted: a note")
    text = ": ".join(part for part in (f"{raw.get('name') or 'object'} {verb} {wanted}", comment) if part)
    statement = Statement("", digest([scene.key, reference]), "", text, times, handling)
    scene.stater.note(statement, [source or about], draft.out)


def galaxy_results(document: Document, galaxy: Record, locator: str) -> Iterator[Result]:
    """Give what each cluster of a galaxy gives that stands outside of any event; each is a record.

    Both forms are read: a galaxy with its `GalaxyCluster`, as a server shows it, and the public list of `values`.
    """
    kind = str(galaxy.get("type") or "")
    name = "GalaxyCluster" if isinstance(galaxy.get("GalaxyCluster"), list) else "values"
    scene, opening = _scene(document, {"uuid": galaxy.get("uuid"), "Tag": galaxy.get("Tag")}, locator)
    if scene is None:
        yield opening.lost()
        return
    yield opening.result_of_none()
    for index, member in enumerate(galaxy[name]):
        draft = scene.begin(f"{name}[{index}]")
        cluster = galaxies.cluster(member, kind)
        if cluster is None:
            draft.find("value", "", "cluster", "a cluster needs a value", Action.REJECTED)
            yield draft.lost()
            continue
        scene.cluster(cluster, scene.handling, draft)
        if scene.held:
            _, statement = scene.held.pop()
            scene.stater.note(statement, [scene.stater.build.producer_id], draft.out)
        yield draft.result()
