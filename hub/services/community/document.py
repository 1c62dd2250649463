"""The community file as values, and reading it: TOML, every key known, every mistake named with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from hub.errors import Finding, InvalidInputError, TooLargeError
from hub.model.collections import Intake, MarkingKind, PinnedMarking
from hub.model.members import Account, AccountKind, Partner, PartnerKind, Role
from stix_models.markings import Level

MAX_CHARACTERS = 4_194_304
"""A file of ten thousand partners has a tenth of it."""

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class GroupTerms:
    """A group as written; marking None: a new one is made, or the group keeps the one it has."""

    name: str
    marking: str | None
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class CollectionTerms:
    """A collection as written, with all its grants.

    id None: it is found by its title, or is new. default_group: a group's name.
    read, write, trusted: subjects as people write them, `PARTNER`, `@GROUP` or `*`.
    """

    id: str | None
    title: str
    alias: str | None
    default_tlp: Level
    default_group: str | None
    intake: Intake
    public: bool
    read: frozenset[str]
    write: frozenset[str]
    trusted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Document:
    """What a community file says; it is silent about who is suspended."""

    partners: tuple[Partner, ...] = ()
    accounts: tuple[Account, ...] = ()
    groups: tuple[GroupTerms, ...] = ()
    markings: tuple[PinnedMarking, ...] = ()
    collections: tuple[CollectionTerms, ...] = ()


def parse(text: str) -> Document:
    """Read a community file.

    Raises: TooLargeError; InvalidInputError: with a finding for each unknown key, wrong value and repeated name.
    """
    if len(text) > MAX_CHARACTERS:
        raise TooLargeError(f"the community file has {len(text)} characters, {MAX_CHARACTERS} are taken")
    try:
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInputError(f"the community file is no TOML: {error}") from error
    findings: list[Finding] = []
    document = Document(
        partners=_each(tables, "partner", "name", _partner, findings),
        accounts=_each(tables, "account", "name", _account, findings),
        groups=_each(tables, "group", "name", _group, findings),
        markings=_each(tables, "marking", "id", _marking, findings),
        collections=_each(tables, "collection", "title", _collection, findings),
    )
    findings += [Finding(key, "there is no such table", None) for key in tables]
    if findings:
        raise InvalidInputError("the community file can't be taken as it is", tuple(findings))
    return document


class _Table:
    """One table of the file, read key by key; what is left at the end is unknown."""

    def __init__(self, place: str, values: dict[str, Any], findings: list[Finding]) -> None:
        self._place = place
        self._values = dict(values)
        self._findings = findings

    def text(self, key: str) -> str:
        """Give a text that must be there."""
        return self.perhaps(key) or self._wrong(key, "needed, a text", "")

    def perhaps(self, key: str) -> str | None:
        """Give a text that may be left out."""
        value = self._values.pop(key, None)
        return value if value is None or isinstance(value, str) else self._wrong(key, "a text is needed", None)

    def texts(self, key: str) -> frozenset[str]:
        """Give a list of texts, empty if left out."""
        value = self._values.pop(key, [])
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return frozenset(value)
        return self._wrong(key, "a list of texts is needed", frozenset())

    def flag(self, key: str) -> bool:
        """Give true or false, false if left out."""
        value = self._values.pop(key, False)
        return value if isinstance(value, bool) else self._wrong(key, "true or false is needed", default=False)

    def choice(self, key: str, kind: type[E], default: E | None = None) -> E:
        """Give one of a kind's values."""
        fallback = default or next(iter(kind))
        if default is not None and key not in self._values:
            return default
        return self._one(key, kind, self._values.pop(key, None), fallback)

    def choices(self, key: str, kind: type[E], default: frozenset[E]) -> frozenset[E]:
        """Give several of a kind's values."""
        if key not in self._values:
            return default
        fallback = next(iter(kind))
        return frozenset(self._one(key, kind, each, fallback) for each in self.texts(key))

    def close(self) -> None:
        """Report what nobody has asked for."""
        for key in self._values:
            self._wrong(key, "there is no such key", None)

    def _one(self, key: str, kind: type[E], value: object, fallback: E) -> E:
        if value in set(kind):
            return kind(str(value))
        return self._wrong(key, f"one of {', '.join(kind)} is needed", fallback)

    def _wrong(self, key: str, message: str, default: T) -> T:
        self._findings.append(Finding(f"{self._place}.{key}", message))
        return default


def _each(
    tables: dict[str, Any], name: str, key: str, read: Callable[[_Table], T], findings: list[Finding]
) -> tuple[T, ...]:
    """Read all tables of one name, taking them out of the file; their keys are not repeated."""
    listed = tables.pop(name, [])
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        findings.append(Finding(name, f"write each as [[{name}]]"))
        return ()
    keys = [str(each.get(key)) for each in listed]
    findings += [
        Finding(f"{name}.{each}", f"this {key} is there twice") for each in sorted(set(keys)) if keys.count(each) > 1
    ]
    return tuple(_closed(read, _Table(place, each, findings)) for place, each in _placed(name, key, listed))


def _placed(name: str, key: str, listed: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, each in enumerate(listed):
        yield (f"{name}.{each[key]}" if isinstance(each.get(key), str) else f"{name}[{number}]"), each


def _closed(read: Callable[[_Table], T], table: _Table) -> T:
    value = read(table)
    table.close()
    return value


def _partner(table: _Table) -> Partner:
    return Partner(table.text("name"), table.choice("kind", PartnerKind), tuple(sorted(table.texts("identities"))))


def _account(table: _Table) -> Account:
    return Account(
        name=table.text("name"),
        partner=table.text("partner"),
        kind=table.choice("kind", AccountKind),
        roles=table.choices("roles", Role, frozenset({Role.READER})),
        red_capable=table.flag("red_capable"),
    )


def _group(table: _Table) -> GroupTerms:
    return GroupTerms(table.text("name"), table.perhaps("marking"), table.texts("members"))


def _marking(table: _Table) -> PinnedMarking:
    id_, kind, accounts = table.text("id"), table.choice("kind", MarkingKind), table.texts("accounts")
    level = table.choice("level", Level) if kind is MarkingKind.TLP else None
    return PinnedMarking(id_, kind, accounts, level)


def _collection(table: _Table) -> CollectionTerms:
    return CollectionTerms(
        id=table.perhaps("id"),
        title=table.text("title"),
        alias=table.perhaps("alias"),
        default_tlp=table.choice("default_tlp", Level, Level.AMBER),
        default_group=table.perhaps("default_group"),
        intake=table.choice("intake", Intake, Intake.REVIEW),
        public=table.flag("public"),
        read=table.texts("read"),
        write=table.texts("write"),
        trusted=table.texts("trusted"),
    )
