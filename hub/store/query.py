"""What is asked of released data and what comes back.

Of feeds: query, position, page (TAXII 2.1 sections 3.4, 3.5, 5.3). Beside them: shown, sought, hit, link.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from hub.model.contributions import Label
from stix_models.markings import Level

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


MOST_FOUND = 10_000
"""How many contributions a search or a list of links takes into account: the latest ones the reader sees."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A contribution the reader sees, outside any feed.

    collection: "" for a reference object (S11), which has no label and no place. label: for its level and for
    decisions; it names the producer, so it never leaves a service as it is. date_added: µs since 1970 (S13), 0
    where it was not asked for. place: for the read record alone.
    """

    object_id: str
    type: str
    version: str
    version_key: str
    collection: str
    body: bytes
    label: Label | None
    place: int = 0
    date_added: int = 0


class Link(NamedTuple):
    """A visible contribution, told by object id and type, refers to the target."""

    target: str
    object_id: str
    type: str


class Match(StrEnum):
    """How a term is met: by words that begin so, by the words in this order, by the object's id."""

    WORDS = "words"
    PHRASE = "phrase"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Term:
    """Something a name, an alias or a value of the object is to hold. text: as its words stand there."""

    match: Match
    text: str


@dataclass(frozen=True, slots=True)
class Sought:
    """What is searched for; all that is given must be met, None stands for anything.

    whole: what to show first: objects of which a name or value is exactly this, in lower case; then names that
    begin so. sources: collections by id, or ids of the identities that created the object; any of them. seen:
    [from, until) in µs since 1970, any of them. by_time: latest first, whatever matches best.
    """

    terms: tuple[Term, ...] = ()
    whole: str = ""
    types: frozenset[str] | None = None
    levels: frozenset[Level] | None = None
    sources: frozenset[str] | None = None
    seen: tuple[tuple[int, int], ...] | None = None
    by_time: bool = False


class Hit(NamedTuple):
    """An object that a search found."""

    object_id: str
    type: str


@dataclass(frozen=True, slots=True)
class Found:
    """Objects in the order asked for. whole: whether they are all, or those of the latest MOST_FOUND contributions."""

    hits: tuple[Hit, ...] = ()
    whole: bool = True
