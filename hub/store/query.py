"""What is asked of released data and what comes back: query, position, page (TAXII 2.1 sections 3.4, 3.5, 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

FIRST, LAST, ALL = "first", "last", "all"


@dataclass(frozen=True, slots=True)
class Query:
    """The filters of a request; None stands for an absent one.

    versions: `first`, `last`, `all` or version keys (stix_models.timestamps.version_key); TAXII's default is last.
    added_after: µs of the hub clock; strictly later ones are wanted.
    bodies: whether entries carry their bytes (a manifest needs none).
    """

    ids: frozenset[str] | None = None
    types: frozenset[str] | None = None
    versions: frozenset[str] = frozenset({LAST})
    spec_versions: frozenset[str] | None = None
    added_after: int | None = None
    bodies: bool = True


@dataclass(frozen=True, slots=True)
class Position:
    """How far a reader has got in a feed (S18). It carries no authority.

    block: stamp of the block; key: row number inside a commit, place inside an opening; index: k of the last
    entry passed, so that its date_added is block + index.
    """

    block: int
    key: int
    index: int


class Entry(NamedTuple):  # not a dataclass: a page makes a thousand of them
    """One visible object version as this reader has it.

    date_added: µs since 1970 (S13). body: the bytes as pushed, b"" if unwanted.
    """

    date_added: int
    object_id: str
    type: str
    version: str
    spec_version: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """Entries by ascending date_added.

    next: where to go on, None on the last page. last: where the last entry stands, None if there is none.
    places: the contributions they are, in order, for the read record alone: places never leave the hub.
    """

    entries: tuple[Entry, ...]
    next: Position | None = None
    last: Position | None = None
    places: tuple[int, ...] = ()
