"""What the confined process is asked and answers: msgpack messages, each after its length (4 bytes, big-endian)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

import msgspec

from converters.frame import Finding, Outcome
from stix_models.markings import Level

LENGTH_BYTES = 4
MAX_MESSAGE_BYTES = 256 << 20


class Task(StrEnum):
    """What can be asked."""

    CONVERT = "convert"
    DRAFT = "draft"  # a first mapping for a sheet


class Limits(msgspec.Struct, frozen=True):
    """What one document may cost. waiting_seconds: how long the asker waits for it in all."""

    cpu_seconds: int = 900
    memory_bytes: int = 1 << 30
    waiting_seconds: float = 1800.0


class Request(msgspec.Struct, frozen=True):
    """One document to convert; the fields are those of Options, format None leaves the choice to the sniffers.

    with_raw: whether what the source says is to come with each record, for provenance.
    sheet: of a workbook, for a draft; "" for the one with most values.
    """

    task: Task
    name: str
    format: str | None = None
    producer: str = ""
    level: Level = Level.AMBER
    as_of: datetime | None = None
    mapping: str | None = None
    with_raw: bool = False
    limits: Limits = Limits()
    sheet: str = ""
    markings: tuple[str, ...] = ()


class Started(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The format that was chosen, and how sure each converter was of the document, the surest first.

    version: of the converter. mapping: sha256 of the mapping's text, None without one.
    """

    format: str
    scores: tuple[tuple[str, int], ...]
    version: int = 1
    mapping: str | None = None


class Parcel(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """A Result whose objects are bytes, each with 16 bytes that are its own.

    They are a hash of the id and version of an object that was built, and of the bytes of one that was passed on.
    """

    record: int
    locator: str
    outcome: Outcome
    objects: tuple[tuple[bytes, bytes], ...] = ()
    findings: tuple[Finding, ...] = ()
    raw: tuple[tuple[str, str], ...] = ()


class Drafted(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The text of a mapping file."""

    mapping: str


class Failed(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The document can't be converted, or not further. place and value as in ConversionError."""

    code: str
    message: str
    place: str = ""
    value: str | None = None


class Ended(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """All was said."""


Answer: TypeAlias = Started | Parcel | Drafted | Failed | Ended

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def encode(answer: Answer) -> bytes:
    """One message with its length before it."""
    body = _encoder.encode(answer)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def decode(body: bytes) -> Answer:
    """One message without its length. Raises msgspec.DecodeError for what is none."""
    return _decoder.decode(body)
