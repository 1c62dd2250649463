"""A row that was read, as STIX objects: what it is about, what it links to, and what carries the rest of it.

Where a row has indicators they carry its fields; an observable says nothing by itself, so a note carries them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from converters.building import Builder, StixObject, producer_identity, timestamp
from converters.extensions import AUTHOR, OWN_TYPES, SOURCE_FIELDS
from converters.frame import Action, Options, Outcome, Result
from converters.ledger import Ledger
from converters.sheets import carrying
from converters.sheets.mapping.columns import Column, Kind

if TYPE_CHECKING:
    from converters.sheets.reading import Reading
    from converters.values.observables import Observable


class Composer:
    """Composes the objects of one run; each leaves once, after all that it refers to."""

    def __init__(self, options: Options) -> None:
        self._as_of = options.as_of
        self._identity = producer_identity(options.producer, options.level)
        self._build = Builder(self._identity["id"])
        self._ledger = Ledger()

    def compose(self, reading: Reading, *, needs_value: bool) -> Result:
        """Give the row's objects that did not leave before, or reject it with the reason among its findings."""
        time = reading.dates.get(Kind.CREATED) or reading.dates.get(Kind.VALID_FROM) or self._as_of
        if needs_value and not reading.values:
            return _rejected(reading)
        if not reading.values and not reading.names:
            reading.find("", "", "empty", "no column that could be converted has anything in this row", Action.LEFT_OUT)
            return _rejected(reading)
        if time is None:
            reading.find(
                "", "", "no-date", "the row has no date that was understood; give --as-of DATE", Action.LEFT_OUT
            )
            return _rejected(reading)
        row = _Row(self._build, self._ledger, reading, timestamp(time))
        row.leave(self._identity)
        made = tuple(row.compose())
        findings = tuple(reading.findings)
        return Result(reading.number, reading.locator, Outcome.CONVERTED, made, findings, tuple(reading.raw))


def _rejected(reading: Reading) -> Result:
    findings = tuple(
        replace(each, action=Action.REJECTED) if each.action is Action.LEFT_OUT else each for each in reading.findings
    )
    return Result(reading.number, reading.locator, Outcome.REJECTED, (), findings)


class _Row:
    """One row on its way out. subjects: ids of what the row is about, each with whether it is an indicator."""

    def __init__(self, build: Builder, ledger: Ledger, reading: Reading, time: str) -> None:
        self._build = build
        self._ledger = ledger
        self._reading = reading
        self._level = reading.level
        self._time = time
        self._out: list[StixObject] = []
        self._subjects: list[tuple[str, bool]] = []
        self._repeated: list[str] = []
        self._named: dict[str, list[str]] = {}

    def compose(self) -> list[StixObject]:
        """Give what leaves, in the order in which it refers to each other."""
        observables = [self._observable(value) for _, value in self._reading.values]
        self._indicators(observables)
        self._names()
        for column in dict.fromkeys(column for column, _ in self._reading.names):
            self._links(column)
        self._notes()
        return self._out

    def leave(self, made: StixObject) -> bool:
        """Let the object out unless one of its id left; whether it did."""
        is_new = self._ledger.is_new(made, self._level.rank)
        if is_new:
            self._out.append(made)
        return is_new

    def _observable(self, value: Observable) -> str:
        made = self._build.observable(value, self._level)
        if made["type"] in OWN_TYPES:
            self._define(OWN_TYPES[made["type"]])
        if not self.leave(made) and self._ledger.stayed_stricter(made, self._level):
            message = "an earlier row has this value at a stricter level, at which it stays"
            self._reading.find("", value.text, "stricter", message, Action.ADJUSTED)
        return str(made["id"])

    def _indicators(self, observables: list[str]) -> None:
        fields = carrying.of_indicator(self._reading, self._time) if self._reading.has_indicator else {}
        for (kind, value), observable in zip(self._reading.values, observables, strict=True):
            if kind is not Kind.INDICATOR:
                self._subjects.append((observable, False))
                continue
            made = self._build.indicator(value, self._time, self._level, **fields)
            self._subjects.append((made["id"], True))
            if self._ledger.is_new_indicator(made):
                self._define(SOURCE_FIELDS if "extensions" in fields else None)
                self._out += [
                    made,
                    self._build.relationship(made["id"], "based-on", observable, self._time, self._level),
                ]
            elif not self._ledger.is_same(made):
                self._repeated.append(made["id"])

    def _names(self) -> None:
        for column, text in self._reading.names:
            name = " ".join(text.split())
            nature = {"is_family": column.is_family} if column.kind is Kind.MALWARE else {}
            key = name.casefold() if column.fold_case else text
            made = self._build.named(str(column.kind), key, name, self._time, self._level, **nature)
            self._named.setdefault(column.name, []).append(made["id"])
            version = self._ledger.version(made, self._level)
            self._out += [version] if version is not None else []

    def _links(self, column: Column) -> None:
        """Link what the column names from what the mapping says, else from what the row is about."""
        confidence = {} if self._reading.confidence is None else {"confidence": self._reading.confidence}
        for source, verb in self._ends(column):
            for target in self._named[column.name]:
                self.leave(self._build.relationship(source, verb, target, self._time, self._level, **confidence))

    def _ends(self, column: Column) -> list[tuple[str, str]]:
        if column.of in self._named:
            return [(id_, column.link) for id_ in self._named[column.of]]
        if column.of:
            message = f"the row has no {column.of} to link from: linked from its values as related-to"
            self._reading.find(column.name, "", "link", message, Action.ADJUSTED)
            return [(id_, "related-to") for id_, _ in self._subjects]
        # An observable was only seen: that it indicates something is for an indicator to say.
        seen_verb = "related-to" if column.link == "indicates" else column.link
        return [(id_, column.link if is_indicator else seen_verb) for id_, is_indicator in self._subjects]

    def _notes(self) -> None:
        """Give the row's notes; where no new indicator carries its fields, the first note does."""
        about = [id_ for id_, _ in self._subjects] or [id_ for ids in self._named.values() for id_ in ids]
        texts = list(self._reading.notes)
        fields: StixObject = {}
        if self._repeated or not self._reading.has_indicator:
            texts, fields = carrying.of_note(self._reading)
            self._define(SOURCE_FIELDS if "extensions" in fields else None)
        for number, text in enumerate(texts):
            carried = fields if number == 0 else {}
            about_these = self._repeated or about if carried else about
            self.leave(self._build.note(text, about_these, self._time, self._level, **carried))

    def _define(self, definition: StixObject | None) -> None:
        if definition is not None and self._ledger.is_new(definition):
            self._out += [AUTHOR] if self._ledger.is_new(AUTHOR) else []
            self._out.append(definition)
