"""Objects of an event: their attributes together (MISP core format, section 2.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from converters.frame import Action, Result
from converters.misp.events.attributes import NAMES, named, read_attribute, seen_of, value_of
from converters.misp.events.scene import Draft, Scene, digest
from converters.misp.events.statements import Statement
from converters.misp.parts import reading
from converters.misp.parts.composition import Composition, Part
from converters.misp.parts.objects import compose
from converters.misp.parts.reading import Attribute, Record

_OF_SECTIONS = "pe-section"


def object_results(scene: Scene, raw: Any, place: str) -> Iterator[Result]:
    """Give a result for each attribute of an object, the last of them with what the object is.

    An object that is mere text is held back until the report has left, with its last attribute.
    """
    attributes = raw.get("Attribute") if isinstance(raw, dict) else None
    if not isinstance(attributes, list):
        draft = scene.begin(place)
        draft.find("Attribute", "", "object", "an object needs a list of attributes", Action.REJECTED)
        yield draft.lost()
        return
    whole = _Whole(scene, raw)
    last: Draft | None = None
    for index, each in enumerate(attributes):
        draft = scene.begin(f"{place}.Attribute[{index}]")
        if not whole.take(each, draft):
            yield draft.lost()
            continue
        if last is not None:
            yield last.result()
        last = draft
    if last is not None and whole.state(last):
        yield last.result()


class _Whole:
    """One object, filled attribute by attribute; as restricted as the most restricted of them."""

    def __init__(self, scene: Scene, raw: Record) -> None:
        self._scene = scene
        self._raw = raw
        self._template = str(raw.get("name") or "object")
        self._handling = scene.within(raw, Draft(0, ""))
        self._fields = [("object", self._template), *reading.fields_of(raw)]
        self._parts: list[Part] = []
        self._read: list[Attribute] = []

    def take(self, raw: Any, draft: Draft) -> bool:
        """Take one attribute; of one that can't be taken the draft has the finding."""
        if reading.is_true(self._raw.get("deleted")):
            draft.find("deleted", "", "deleted", "the object was deleted in MISP", Action.SKIPPED)
            return False
        read = read_attribute(raw, draft)
        if read is None:
            return False
        self._handling = self._handling.joined(self._scene.within(raw, draft))
        self._read.append(read)
        value = None
        if read.type in NAMES:
            named(self._scene, read, self._handling, draft)
        elif self._template != _OF_SECTIONS:
            value = value_of(read, draft)
        self._keep(read)
        self._parts.append(Part(read.relation, read.type, read.text, read.to_ids, value))
        return True

    def _keep(self, read: Attribute) -> None:
        """Put what an attribute says beside its value among the fields, under its relation."""
        extra = [("comment", read.comment), *((name, str(read.raw.get(name) or "")) for name in _SEEN), *read.fields]
        self._fields += [(f"{read.relation} {name}", text) for name, text in extra if text and name != "category"]

    def state(self, draft: Draft) -> bool:
        """Let out what the object is; False if that is a note, which is held back."""
        made = compose(self._template, self._parts)
        is_note = not made.observables and not _patterns(made)
        rest = [(part.relation, part.text) for part in made.left]
        fields = list(self._fields) if is_note else [*self._fields, *rest]
        comment = str(self._raw.get("comment") or "")
        lines = [f"{self._template}: {comment}" if comment else self._template, *map(": ".join, rest)]
        statement = Statement(
            uuid=self._scene.fresh(reading.uuid_of(self._raw), draft),
            key=digest([self._scene.key, self._raw]),
            name=made.observables[made.main].text if made.observables else self._template,
            text="\n".join(lines),
            times=self._scene.times.edited(self._raw.get("timestamp")),
            handling=self._handling,
            observables=tuple(made.observables),
            patterns=_patterns(made),
            links=tuple(made.links),
            comment=comment,
            seen=seen_of(self._raw, fields),
            fields=fields,
        )
        if any(part.to_ids for part in self._parts) and not statement.patterns:
            draft.find("to_ids", "", "no-pattern", "to_ids is set, but no pattern can say this: no indicator")
        draft.raw = [(read.type, read.text) for read in self._read]
        leaves = self._scene.state(statement, self._raw, draft)
        id_ = self._scene.stands_for[statement.uuid]
        self._scene.stands_for[reading.uuid_of(self._raw)] = id_
        for read in self._read:
            self._scene.stands_for.setdefault(read.uuid, id_)
            self._scene.around(read.raw, id_, statement, draft)
        return leaves


_SEEN = ("first_seen", "last_seen")


def _patterns(made: Composition) -> tuple[tuple[str, str], ...]:
    together = (("stix", f"[{' AND '.join(made.together)}]"),) if made.together else ()
    return together + tuple(made.alone)
