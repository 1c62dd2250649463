"""What the records of one event share: whose it is, how it may be handled, what has left and what is held back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from converters.building import StixObject
from converters.frame import SHOWN_CHARS, Action, Finding, Options, Outcome, Result
from converters.ledger import Ledger
from converters.misp.events.statements import Statement, Stater
from converters.misp.parts import galaxies, reading
from converters.misp.parts.reading import Record, Times
from converters.misp.parts.tags import Handling
from stix_models.ids import own_id
from stix_models.markings import Level


@dataclass(slots=True)
class Document:
    """What a run remembers over the events of its document. number: of the last record.

    said: what observables said that left; identities: (id, level) of the organisations that left;
    uuids: of the attributes and objects that left, since an id can't stand for two things.
    """

    options: Options
    ledger: Ledger = field(default_factory=Ledger)
    said: dict[str, dict[str, str]] = field(default_factory=dict)
    identities: set[tuple[str, Level]] = field(default_factory=set)
    uuids: set[str] = field(default_factory=set)
    number: int = 0

    def begin(self, locator: str) -> Draft:
        """Begin the next record."""
        self.number += 1
        return Draft(self.number, locator)


@dataclass(slots=True)
class Draft:
    """One record's result in the making. is_record: False for what only belongs to a record, or to the event."""

    number: int
    locator: str
    findings: list[Finding] = field(default_factory=list)
    out: list[StixObject] = field(default_factory=list)
    raw: list[tuple[str, str]] = field(default_factory=list)
    is_record: bool = True

    def find(self, name: str, value: str, code: str, message: str, action: Action = Action.ADJUSTED) -> None:
        """Add a finding about one member of the record."""
        self.findings.append(Finding(self.number, self.locator, name, value[:SHOWN_CHARS], code, message, action))

    def result(self, outcome: Outcome = Outcome.CONVERTED) -> Result:
        """Give the record as it is now."""
        return Result(self.number, self.locator, outcome, tuple(self.out), tuple(self.findings), tuple(self.raw))

    def beside(self) -> Draft:
        """Give a draft for what belongs to this record and comes later."""
        return Draft(self.number, self.locator, raw=self.raw, is_record=False)

    def result_of_none(self) -> Result:
        """Give what belongs to the event as a whole, and is no record."""
        return self.result(Outcome.NONE)

    def lost(self) -> Result:
        """Give the record as skipped or rejected, as its last finding says."""
        skipped = self.findings[-1].action is Action.SKIPPED
        return self.result(Outcome.SKIPPED if skipped else Outcome.REJECTED)


@dataclass(slots=True)
class Scene:
    """One event under conversion.

    members: ids that its report will name. links: external references of the report.
    held: records whose statements are notes about the report, which has to leave first; early: what leaves with
        them and is a member of the report.
    stands_for: UUID of each attribute and object to the id of what it became. opening: what leaves first.
    """

    document: Document
    stater: Stater
    times: Times
    handling: Handling
    key: str
    locator: str
    opening: Draft
    members: list[str] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    early: list[StixObject] = field(default_factory=list)
    held: list[tuple[Draft, Statement]] = field(default_factory=list)
    stands_for: dict[str, str] = field(default_factory=dict)

    def begin(self, place: str) -> Draft:
        """Begin a record of this event."""
        return self.document.begin(self.place(place))

    def place(self, inner: str) -> str:
        """Say where a part of the event stands in the document."""
        return ".".join(part for part in (self.locator, inner) if part)

    def within(self, raw: Record, draft: Draft) -> Handling:
        """Give how a part of the event may be handled."""
        handling = self.handling.within(raw.get("Tag"))
        for name in handling.unknown:
            draft.find("Tag", name, "marking", "no TLP level: marked red")
        return handling

    def fresh(self, uuid: str, draft: Draft) -> str:
        """Give the UUID, or "" if another record had it, which is told."""
        if uuid and uuid in self.document.uuids:
            draft.find("uuid", uuid, "repeated", "this UUID stood before: another id is given")
            return ""
        self.document.uuids.add(uuid)
        return uuid

    def state(self, statement: Statement, raw: Record, draft: Draft) -> bool:
        """Let out what is stated; False if that is a note, which is held back with its record."""
        id_, made, stricter = self.stater.state(statement)
        draft.out += made
        self.stands_for[statement.uuid] = id_
        for text in stricter:
            draft.find("", text, "stricter", "an earlier record has this value at a stricter level, at which it stays")
        is_note = not statement.observables and not statement.patterns
        if is_note:
            self.held.append((draft, statement))
        else:
            self.members += [id_, *(self.stater.ref(each) for each in statement.observables)]
            self.members += [each["id"] for each in made if each["type"] == "relationship"]
        self.around(raw, id_, statement, draft)
        if is_note:
            self.early += draft.out
            draft.out.clear()
        return not is_note

    def around(self, raw: Record, id_: str, statement: Statement, draft: Draft) -> None:
        """Let out the galaxies and the sightings that a record has of what is stated, whose id is given."""
        linked = bool(statement.observables or statement.patterns)
        self._galaxies_of(raw, id_, statement, draft, linked=linked)
        self._sightings(raw, id_, statement, draft, linked=linked)

    def cluster(self, cluster: galaxies.Cluster, handling: Handling, draft: Draft) -> str | None:
        """Let a cluster out, once in a run; None for one that STIX has no type for: it becomes a note."""
        fields = [*cluster.fields, *([("tag", cluster.tag)] if cluster.tag else [])]
        handling = replace(handling, labels=())
        if cluster.type is None:
            text = "\n".join([cluster.name, str(cluster.properties.get("description", ""))]).strip()
            note = Statement("", f"{self.key} {cluster.key}", cluster.name, text, self.times, handling, fields=fields)
            self.held.append((draft.beside(), note))
            return None
        return self.named(cluster.type, cluster.key, cluster.name, handling, fields, draft, **cluster.properties)

    def named(
        self,
        type_: str,
        key: str,
        name: str,
        handling: Handling,
        fields: list[tuple[str, str]],
        draft: Draft,
        **properties: Any,
    ) -> str:
        """Let out what goes by a name, once in a run or again where it is less restricted; gives its id."""
        made = self.stater.build.named(type_, key, name, self.times.created, handling.level, **properties)
        made = self.stater.dress(made, self.times, handling, fields)
        version = self.document.ledger.version(made, handling.level)
        if version is not None:
            self.stater.define_fields(version, draft.out)
            draft.out.append(version)
        self.members.append(made["id"])
        return str(made["id"])

    def _galaxies_of(self, raw: Record, id_: str, statement: Statement, draft: Draft, *, linked: bool) -> None:
        for cluster in galaxies.clusters(raw.get("Galaxy")):
            target = self.cluster(cluster, statement.handling, draft)
            if target is not None and linked:
                indicates = statement.patterns and target.partition("--")[0] in _INDICATED
                verb = "indicates" if indicates else "related-to"
                self.members.append(
                    self.stater.relate(id_, verb, target, statement.times, statement.handling, draft.out)
                )

    def _sightings(self, raw: Record, id_: str, statement: Statement, draft: Draft, *, linked: bool) -> None:
        for sighting in records(raw.get("Sighting")):
            time = reading.unix_time(sighting.get("date_sighting")) or statement.times.modified
            fields = [(name, str(sighting[name])) for name in ("source", "type") if sighting.get(name)]
            if not linked:
                statement.fields.append(("sighting", " ".join([time, *(text for _, text in fields)])))
                continue
            uuid = reading.uuid_of(sighting)
            made = self.stater.build.made(
                "sighting",
                f"sighting--{uuid}" if uuid else own_id("sighting", id_, digest(sighting)),
                statement.handling.level,
                sighting_of_ref=id_,
                first_seen=time,
                last_seen=time,
                # 0 is one that was seen; 1, a false positive, and 2, an end, are none.
                count=1 if str(sighting.get("type", "0")) == "0" else 0,
            )
            times = Times(min(time, self.times.created), time)
            self.stater.leave(self.stater.dress(made, times, statement.handling, fields), draft.out)


_INDICATED = frozenset(
    {"attack-pattern", "campaign", "intrusion-set", "malware", "threat-actor", "tool", "infrastructure"}
)
"""What an indicator indicates (STIX 2.1 section 4.7)."""


def records(value: Any) -> Iterable[Record]:
    """Give the JSON objects in a list; anything else has none."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def digest(value: Any) -> str:
    """Give a text that is the same for the same content."""
    return msgspec.json.encode(value, order="sorted").decode()
