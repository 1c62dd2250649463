"""What every converter is made of: two functions, what they are told, and what they answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from stix_models.markings import Level

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    Sniff: TypeAlias = Callable[[bytes, str], int]
    Convert: TypeAlias = Callable[[BinaryIO, "Options"], Iterator["Result"]]

HEAD_BYTES = 65_536
"""How much of a document a sniffer is shown."""

SHOWN_CHARS = 200
"""How much of an offending value a finding repeats."""


class ConversionError(Exception):
    """The document as a whole can't be converted; what was yielded before stands.

    place: a row, a member such as `objects[3]`, a column of the mapping; "" for the whole document.
    value: the offending value as text, None if there is none.
    code: one word for programs, as in a finding.
    """

    def __init__(self, message: str, *, place: str = "", value: str | None = None, code: str = "document") -> None:
        super().__init__(message)
        self.place = place
        self.value = None if value is None else value[:SHOWN_CHARS]
        self.code = code

    def __str__(self) -> str:
        """`place: message (value)` with what is known."""
        text = f"{self.place}: {self.args[0]}" if self.place else str(self.args[0])
        return text if self.value is None else f"{text} ({self.value})"


class Action(StrEnum):
    """What was done about a finding."""

    REJECTED = "rejected"  # nothing of the record is in the output
    LEFT_OUT = "left-out"  # the record is in the output without this value
    SKIPPED = "skipped"  # the record holds nothing to convert, by its form or by the mapping
    ADJUSTED = "adjusted"  # the value is in the output, otherwise than the source says
    NOTED = "noted"  # how the document was read

    @property
    def is_loss(self) -> bool:
        """Whether something that was meant to be converted is not in the output."""
        return self in (Action.REJECTED, Action.LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell about one record, or (record 0) about the document.

    locator: where the record stands in the words of its format: `row 29`, `objects[3]`, `line 4`.
    field: column or property; value: what stood there, shortened; both "" where there is none.
    code: one word for programs; message: what is wrong and what to do, for people.
    """

    record: int
    locator: str
    field: str
    value: str
    code: str
    message: str
    action: Action


class Outcome(StrEnum):
    """What became of a record: in = converted + rejected + skipped."""

    CONVERTED = "converted"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    NONE = "none"  # no record: a remark on the document, or objects that belong to the run


@dataclass(frozen=True, slots=True)
class Result:
    """What one record gave.

    record: its number, rising: of a sheet the row as a spreadsheet counts it (header included), else from 1.
    objects: what refers comes after what it refers to. Bytes are passed on as they stood in the source;
        a dict is an object built here.
    raw: (field, value as the source has it) of what the objects are about; nothing for objects that are passed on.
    """

    record: int
    locator: str
    outcome: Outcome
    objects: tuple[bytes | dict[str, Any], ...] = ()
    findings: tuple[Finding, ...] = ()
    raw: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Options:
    """What a conversion is told.

    name: the document's name, for people only. producer: whose the built objects are.
    level: the least restrictive marking a built object may get.
    as_of: date of records that have none, aware UTC; None if such records are to be rejected.
    mapping: text of a mapping file (YAML); None leaves it to the converter.
    markings: ids of further marking definitions for what is built, such as a sharing group's; what is passed on and
        what is the same in every run (the producer's identity, extension definitions) does not get them.
    """

    name: str
    producer: str
    level: Level = Level.AMBER
    as_of: datetime | None = None
    mapping: str | None = None
    markings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Converter:
    """A format: how to know it and how to read it. Both functions know no network, clock or global state.

    sniff: (first bytes, name) to 0..100, how surely the document is of this format.
    convert: (seekable binary stream, options) to results, in the order of the document.
        Raises ConversionError where the document can't be read on.
    reads, emits, example: for `hub convert --list`.
    version: rises whenever the same document would give other objects; it goes into provenance.
    """

    sniff: Sniff
    convert: Convert
    reads: str
    emits: str
    example: str
    version: int = 1
