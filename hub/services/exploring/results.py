"""What a search gives: one page of rows, counts of what is visible, and what of the question was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hub.errors import Finding
from hub.services.exploring.names import Names
from hub.services.exploring.sight import Marks, Sight
from hub.store.query import Found, Hit
from stix_models.naming import seen

PAGE_ROWS = 25
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Row:
    """One object in a list. collection: its title, "" for public knowledge of the hub. seen: µs, both included.

    producer: who pushed it, as far as that may be told.
    """

    id: str
    type: str
    title: str
    marks: Marks
    collection: str
    seen: tuple[int, int] | None
    producer: str = ""


@dataclass(frozen=True, slots=True)
class Paged:
    """Where a list stands. page: 1 or more. total: how many there are, visible ones only; pages: 1 or more."""

    page: int
    pages: int
    total: int

    @property
    def first(self) -> int:
        """Give the index of the page's first row."""
        return (self.page - 1) * PAGE_ROWS


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to a question. whole: whether all there are were counted, or those that came last.

    types: how many of each type, most first. wrong: filters that were left out. near: names that are written much
    the same, where nothing was found. beyond: while looking as another, what only that account sees.
    """

    rows: tuple[Row, ...] = ()
    paged: Paged = Paged(1, 1, 0)
    whole: bool = True
    types: tuple[tuple[str, int], ...] = ()
    wrong: tuple[Finding, ...] = ()
    near: tuple[str, ...] = ()
    beyond: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a pasted list, and the objects that have it; `more` of them are not named."""

    text: str
    rows: tuple[Row, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """The answer to a pasted list. known: how many of its values are found at all."""

    lines: tuple[Line, ...]
    known: int
    beyond: int | None = None


def paged(total: int, page: int) -> Paged:
    """Say where a list stands; a page beyond its end is its last."""
    pages = max(1, -(-total // PAGE_ROWS))
    return Paged(min(max(1, page), pages), pages, total)


def slice_of(listed: Sequence[T], where: Paged) -> Sequence[T]:
    """Give one page of a list."""
    return listed[where.first : where.first + PAGE_ROWS]


def results(sight: Sight, names: Names, found: Found, page: int, wrong: tuple[Finding, ...]) -> Results:
    """Make a page of what was found."""
    where = paged(len(found.hits), page)
    chosen = [hit.object_id for hit in slice_of(found.hits, where)]
    counts = Counter(hit.type for hit in found.hits)
    types = tuple(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
    return Results(rows(sight, names, chosen), where, found.whole, types, wrong, beyond=sight.beyond)


def rows(sight: Sight, names: Names, ids: Iterable[str]) -> tuple[Row, ...]:
    """Make rows of objects, in order; what has left the view meanwhile is left out."""
    ids = list(ids)
    names.look_up(ids)
    return tuple(_row(sight, names, id_) for id_ in ids if names.get(id_) is not None)


def line(sight: Sight, names: Names, text: str, hits: Sequence[Hit], most: int) -> Line:
    """Make the answer to one value of a list."""
    return Line(text, rows(sight, names, [hit.object_id for hit in hits[:most]]), max(0, len(hits) - most))


def _row(sight: Sight, names: Names, id_: str) -> Row:
    shown = names.get(id_)
    label = shown.label if shown else None
    collection = sight.collections.get(shown.collection) if shown else None
    return Row(
        id_,
        shown.type if shown else "",
        names.title(id_),
        sight.marks(label),
        collection.title if collection else "",
        seen(names.value(id_)),
        sight.producer(label),
    )
