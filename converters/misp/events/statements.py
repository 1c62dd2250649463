"""What an attribute or an object of an event states, as STIX: an indicator, observed data or a note, with its parts.

- to_ids and a pattern: an indicator under MISP's UUID, based on its observables;
- else observables: observed data under MISP's UUID;
- else a note under MISP's UUID. It is about the event's report, which it has to come after: it is held back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from converters.building import Builder, StixObject
from converters.extensions import AUTHOR, OWN_TYPES, SOURCE_FIELDS, source_fields
from converters.ledger import Ledger
from converters.misp.parts.reading import Times
from converters.misp.parts.tags import Handling
from converters.values.observables import Observable
from stix_models.ids import own_id, sco_id

_ALWAYS_WHOLE = frozenset({"ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr", "mutex", "mac-addr"})
"""Types of one property: an observable of the same id says the same."""


_MAX_TERMS = 100
"""Of a pattern: longer ones are more than some parsers of others can read."""


@dataclass(slots=True)
class Statement:
    """What is stated. uuid: MISP's, "" for none; key: what an id is made of then.

    name: of an indicator. text: of a note. patterns: (language, pattern), of which each is enough.
    links: relationships (source, verb, target) by index of the observables. seen: first_seen and last_seen.
    """

    uuid: str
    key: str
    name: str
    text: str
    times: Times
    handling: Handling
    observables: tuple[Observable, ...] = ()
    patterns: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[int, str, int], ...] = ()
    comment: str = ""
    seen: tuple[str | None, str | None] = (None, None)
    fields: list[tuple[str, str]] = field(default_factory=list)


class Stater:
    """Builds what one producer states; each object leaves once in a run.

    said: what left under an observable's id, for types whose id is made of a part of what they say.
    """

    def __init__(self, build: Builder, ledger: Ledger, said: dict[str, dict[str, str]]) -> None:
        self.build = build
        self._ledger = ledger
        self._said = said

    def id_of(self, type_: str, statement: Statement) -> str:
        """Give MISP's UUID as a STIX id of this type, else one made of the key."""
        if statement.uuid:
            return f"{type_}--{statement.uuid}"
        return own_id(type_, self.build.producer_id, statement.key)

    def state(self, statement: Statement) -> tuple[str, list[StixObject], list[str]]:
        """(id of what stands for it, what leaves, texts that were marked stricter before).

        A statement with neither pattern nor observable leaves nothing here; its id is that of its note.
        """
        out: list[StixObject] = []
        stricter: list[str] = []
        refs = [self._observable(each, statement, out, stricter) for each in statement.observables]
        for source, verb, target in statement.links:
            self.relate(refs[source], verb, refs[target], statement.times, statement.handling, out)
        if statement.patterns:
            made = self._indicator(statement)
        elif refs:
            made = self._observed(statement, refs)
        else:
            return self.id_of("note", statement), out, stricter
        self.leave(made, out)
        if statement.patterns:
            for id_ in _outermost(refs, statement.observables):
                self.relate(made["id"], "based-on", id_, statement.times, statement.handling, out)
            self._more(made, statement, out)
        return str(made["id"]), out, stricter

    def note(self, statement: Statement, about: list[str], out: list[StixObject]) -> str:
        """Let out the note of a statement that is mere text; gives its id."""
        made = self._object("note", statement, content=statement.text, object_refs=about)
        self.leave(made, out)
        return str(made["id"])

    def relate(
        self, source: str, verb: str, target: str, times: Times, handling: Handling, out: list[StixObject], **more: Any
    ) -> str:
        """Let a relationship out, unless it left before; gives its id."""
        made = self.build.relationship(source, verb, target, times.created, handling.level, **more)
        made["modified"] = times.modified
        made["object_marking_refs"] += handling.pap
        self.leave(made, out)
        return str(made["id"])

    def dress(self, made: StixObject, times: Times, handling: Handling, fields: list[tuple[str, str]]) -> StixObject:
        """Put what every object of an event has into one that the builder made."""
        made["created"], made["modified"] = times.created, times.modified
        made["object_marking_refs"] = [*made["object_marking_refs"], *handling.pap]
        if handling.labels:
            made["labels"] = list(handling.labels)
        if fields:
            made["extensions"] = source_fields(fields)
        return made

    def leave(self, made: StixObject, out: list[StixObject]) -> bool:
        """Let an object out, with the definitions of the extensions it uses; False if one of its id left before."""
        if not self._ledger.is_new(made):
            return False
        self.define_fields(made, out)
        out.append(made)
        return True

    def define_fields(self, made: StixObject, out: list[StixObject]) -> None:
        """Let out the definition of source fields, if the object carries some and it did not leave before."""
        if SOURCE_FIELDS["id"] in made.get("extensions", ()):
            self._define(SOURCE_FIELDS, out)

    def ref(self, value: Observable) -> str:
        """Give the id of an observable."""
        return sco_id(value.type, value.contributing)

    def _object(self, type_: str, statement: Statement, **properties: Any) -> StixObject:
        made = self.build.made(type_, self.id_of(type_, statement), statement.handling.level, **properties)
        return self.dress(made, statement.times, statement.handling, statement.fields)

    def _more(self, first: StixObject, statement: Statement, out: list[StixObject]) -> None:
        """Let out an indicator for each pattern beyond the one that stands under MISP's UUID, related to that."""
        for number, (language, pattern) in enumerate(_indicated(statement.patterns)[1:], 2):
            more = {**first, "id": own_id("indicator", first["id"], number), "pattern": pattern}
            self.leave({**more, "pattern_type": language}, out)
            self.relate(more["id"], "related-to", first["id"], statement.times, statement.handling, out)

    def _indicator(self, statement: Statement) -> StixObject:
        language, pattern = _indicated(statement.patterns)[0]
        valid_from, until = statement.seen[0] or statement.times.modified, statement.seen[1]
        if until:
            statement.fields.append(("last_seen", until))
        described = {"description": statement.comment} if statement.comment else {}
        return self._object(
            "indicator",
            statement,
            name=statement.name,
            **described,
            pattern=pattern,
            pattern_type=language,
            valid_from=valid_from,
        )

    def _observed(self, statement: Statement, refs: list[str]) -> StixObject:
        first = statement.seen[0] or statement.seen[1] or statement.times.modified
        last = max(statement.seen[1] or first, first)
        if statement.comment:
            statement.fields.append(("comment", statement.comment))
        return self._object(
            "observed-data",
            statement,
            first_observed=first,
            last_observed=last,
            number_observed=1,
            object_refs=list(dict.fromkeys(refs)),
        )

    def _observable(self, value: Observable, statement: Statement, out: list[StixObject], stricter: list[str]) -> str:
        level = statement.handling.level
        made = self.build.observable(value, level)
        id_: str = made["id"]
        if self._ledger.is_new(made, level.rank):
            self._define(OWN_TYPES.get(value.type), out)
            out.append(made)
            if value.type not in _ALWAYS_WHOLE:
                self._said[id_] = dict(_flat(value.type, value.properties))
        else:
            stricter += [value.text] if self._ledger.stayed_stricter(made, level) else []
            if value.type not in _ALWAYS_WHOLE:
                statement.fields += self._unsaid(id_, value)
        return id_

    def _unsaid(self, id_: str, value: Observable) -> list[tuple[str, str]]:
        """Give what the object that left under this id does not say."""
        before = self._said.get(id_, {})
        return [(name, text) for name, text in _flat(value.type, value.properties) if before.get(name) != text]

    def _define(self, definition: StixObject | None, out: list[StixObject]) -> None:
        if definition is not None and self._ledger.is_new(definition):
            out += [AUTHOR] if self._ledger.is_new(AUTHOR) else []
            out.append(definition)


def _indicated(patterns: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give (language, pattern) of each indicator: those of STIX joined, some at a time; every rule by itself."""
    terms = [text for language, text in patterns if language == "stix"]
    joined = [("stix", " OR ".join(terms[at : at + _MAX_TERMS])) for at in range(0, len(terms), _MAX_TERMS)]
    return joined + [each for each in patterns if each[0] != "stix"]


def _outermost(refs: list[str], observables: Iterable[Observable]) -> list[str]:
    """Give those to which none of the others refers."""
    inner: set[object] = set()
    for each in observables:
        for name, value in each.properties.items():
            if name.endswith("_ref"):
                inner.add(value)
            elif name.endswith("_refs") and isinstance(value, list):
                inner.update(value)
    return [id_ for id_ in dict.fromkeys(refs) if id_ not in inner]


def _flat(path: str, value: object) -> Iterable[tuple[str, str]]:
    """Give (path, text) of every plain value inside."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(f"{path}.{name}", inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _flat(path, inner)
    else:
        yield path, str(value)
