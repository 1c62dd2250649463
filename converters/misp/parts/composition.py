"""The attributes of an object on their way into what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from converters.misp.parts.hashes import hash_of, is_hash
from converters.misp.parts.values import Value
from converters.values.observables import Observable


@dataclass(frozen=True, slots=True)
class Part:
    """An attribute of an object. value: None where it is mere text."""

    relation: str
    type: str
    text: str
    to_ids: bool = False
    value: Value | None = None


@dataclass(slots=True)
class Composition:
    """What an object is.

    observables: what refers after what it refers to; main: index of what the others are parts or ends of.
    together: comparisons that one observation has to meet; alone: patterns of which each is enough.
    links: relationships by index. left: what is in none of these.
    """

    observables: list[Observable] = field(default_factory=list)
    main: int = 0
    together: list[str] = field(default_factory=list)
    alone: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[int, str, int]] = field(default_factory=list)
    left: list[Part] = field(default_factory=list)

    def add(self, observable: Observable) -> int:
        """Add an observable; gives its index."""
        self.observables.append(observable)
        return len(self.observables) - 1


class Parts:
    """The attributes of an object that nobody has taken yet."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._left = list(parts)

    def take(self, *relations: str, having: Callable[[Part], Any] = lambda part: part.text) -> Part | None:
        """Take the first that has one of these relations and is fit."""
        for index, part in enumerate(self._left):
            if part.relation in relations and having(part):
                return self._left.pop(index)
        return None

    def take_all(self, *relations: str, having: Callable[[Part], Any] = lambda part: part.text) -> list[Part]:
        """Take every one that has one of these relations and is fit."""
        taken: list[Part] = []
        left: list[Part] = []
        for part in self._left:
            (taken if part.relation in relations and having(part) else left).append(part)
        self._left = left
        return taken

    def take_hashes(self, prefix: str = "") -> dict[str, tuple[str, bool]]:
        """Take one hash for each algorithm: its name to (hash, to_ids). prefix: of the types that are meant."""
        hashes: dict[str, tuple[str, bool]] = {}
        for part in list(self._left):
            kind = part.type.removeprefix(prefix) if part.type.startswith(prefix) else ""
            found = hash_of(kind, part.text.strip()) if is_hash(kind) else None
            if found is not None and found[0] not in hashes:
                hashes[found[0]] = (found[1], part.to_ids)
                self._left.remove(part)
        return hashes

    def rest(self) -> list[Part]:
        """Give what nobody has taken, to be changed in place."""
        return self._left
