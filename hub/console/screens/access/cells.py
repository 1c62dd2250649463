"""The matrix of who reads and writes what: its rows and cells, and what a form wants of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hub.errors import Finding, InvalidInputError
from hub.model.collections import Right
from hub.services.membership.agreements import Agreed

Held = Mapping[tuple[str, str], frozenset[Right]]
"""By collection id and subject (`PARTNER`, `@GROUP`, `*`)."""

CELLS: Mapping[str, frozenset[Right]] = {
    "none": frozenset(),
    "read": frozenset({Right.READ}),
    "write": frozenset({Right.WRITE}),
    "both": frozenset({Right.READ, Right.WRITE}),
    "trusted": frozenset({Right.WRITE, Right.TRUSTED}),
    "all": frozenset({Right.READ, Right.WRITE, Right.TRUSTED}),
}
"""What a cell can say, by the value of its choice."""

_NAMES = {rights: name for name, rights in CELLS.items()}
_FIELD = "cell"
_MAX_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Cell:
    """One choice. field: its name in the form. value: of CELLS."""

    collection: str
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Row:
    """A subject with a cell for each collection."""

    subject: str
    cells: tuple[Cell, ...]


def rows(subjects: Iterable[str], collections: Iterable[str], held: Held, typed: Mapping[str, str]) -> tuple[Row, ...]:
    """Give the rows as things are, but for what was typed into a form that is shown again."""
    ids = tuple(collections)
    return tuple(Row(subject, tuple(_cell(id_, subject, held, typed) for id_ in ids)) for subject in subjects)


def wanted(fields: Iterable[tuple[str, str]], held: Held) -> Iterator[tuple[tuple[str, str], Agreed]]:
    """Give the cells of a form that differ from what is held: the field with its value, and what it wants.

    Raises: InvalidInputError: a cell says what none can.
    """
    for field, value in fields:
        kind, _, rest = field.partition(":")
        if kind != _FIELD:
            continue
        collection, _, subject = rest.partition(":")
        if value not in CELLS:
            raise InvalidInputError("the form can't be taken as it is", (Finding(field[:_MAX_SHOWN], "no such right"),))
        if held.get((collection, subject), frozenset()) != CELLS[value]:
            yield (field, value), Agreed(collection, subject, CELLS[value])


def _cell(collection: str, subject: str, held: Held, typed: Mapping[str, str]) -> Cell:
    field = f"{_FIELD}:{collection}:{subject}"
    value = typed.get(field, "")
    return Cell(collection, field, value if value in CELLS else _NAMES[held.get((collection, subject), frozenset())])
