"""What somebody who has a file pushed wants for it, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from converters import CONVERTERS
from hub.errors import Finding
from stix_models.markings import Level

MAX_NAME_CHARS = 200
MAX_MAPPING_CHARS = 65_536


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is to be read and for whom it is.

    collection: id, alias or title. filename: what the account calls the file. format: a name of CONVERTERS, None to
    find out. level: of what is built and of what names none. group: the name of one of the partner's groups, "" for
    none. recipients: account names for RED (S5). producer: in whose name objects are built, "" for the partner's.
    as_of: date of records without one, aware UTC; None: those are rejected. mapping: for tables, None to draft one.
    """

    collection: str
    filename: str
    level: Level
    format: str | None = None
    group: str = ""
    recipients: frozenset[str] = frozenset()
    producer: str = ""
    as_of: datetime | None = None
    mapping: str | None = None


def against(wish: Wish, groups: Collection[str]) -> Iterator[Finding]:
    """Give the findings against it; the place is the field. groups: names of those it may name."""
    if not 0 < len(wish.filename) <= MAX_NAME_CHARS or not wish.filename.isprintable():
        yield Finding("filename", f"1 to {MAX_NAME_CHARS} printable characters")
    if wish.level is Level.WITHHELD:
        yield Finding("level", "no TLP level", wish.level)
    if wish.format is not None and wish.format not in CONVERTERS:
        yield Finding("format", f"one of {', '.join(CONVERTERS)}", wish.format[:MAX_NAME_CHARS])
    if wish.group and wish.group not in groups:
        yield Finding("group", "no group of yours", wish.group[:MAX_NAME_CHARS])
    if len(wish.producer) > MAX_NAME_CHARS or not wish.producer.isprintable():
        yield Finding("producer", f"at most {MAX_NAME_CHARS} printable characters")
    if wish.mapping is not None and len(wish.mapping) > MAX_MAPPING_CHARS:
        yield Finding("mapping", f"at most {MAX_MAPPING_CHARS} characters")
