"""What may come in: a push taken apart and every object checked by itself, before anything is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hub.errors import Finding, InvalidInputError, TooLargeError
from hub.model.submissions import Offer
from stix_models import envelope, strict
from stix_models.conformance import check
from stix_models.outline import outline
from stix_models.patterns import MAX_PATTERN_CHARS

_MIB = 1024 * 1024
_MAX_NAME_CHARS = 300


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of what is taken in one push; all bounds are included.

    max_content_bytes, max_objects, max_containers (`{` and `[`, also in strings: reading time goes with them): of
    the whole; more is TooLargeError.
    max_object_bytes, max_depth (levels of nesting), max_pattern_chars (of a STIX pattern): of one object; more
    is that object's problem alone.
    """

    max_content_bytes: int = 32 * _MIB
    max_objects: int = 50_000
    max_containers: int = 2_000_000
    max_object_bytes: int = 8 * _MIB
    max_depth: int = strict.MAX_DEPTH
    max_pattern_chars: int = MAX_PATTERN_CHARS


DEFAULT_LIMITS = Limits()


def inspect(body: bytes, limits: Limits = DEFAULT_LIMITS, *, from_file: bool = False) -> tuple[Offer, ...]:
    """Check every object of a TAXII envelope or a bundle, in order; one bad object never costs the others.

    from_file: JSON lines, a list of objects and a single object are taken as well.

    Raises:
        TooLargeError: more bytes or objects than the limits.
        InvalidInputError: the document can't be taken as a whole; the finding says where.

    """
    if len(body) > limits.max_content_bytes:
        raise TooLargeError(f"{len(body)} bytes, more than the {limits.max_content_bytes} a push may have")
    containers = body.count(b"{") + body.count(b"[")
    if containers > limits.max_containers:
        raise TooLargeError(f"{containers} opening brackets, more than the {limits.max_containers} a push may have")
    try:
        members = envelope.split_file(body) if from_file else envelope.split(body)
    except envelope.EnvelopeError as error:
        raise InvalidInputError(str(error), (Finding(error.place, error.message),)) from error
    if len(members) > limits.max_objects:
        raise TooLargeError(f"{len(members)} objects, more than the {limits.max_objects} a push may have")
    return tuple(_offer(member, limits) for member in members)


def _offer(member: envelope.Member, limits: Limits) -> Offer:
    """Check one member; its values are gone when this returns, only its bytes and its outline stay."""
    if len(member.raw) > limits.max_object_bytes:
        problem = f"{len(member.raw)} bytes, more than the {limits.max_object_bytes} an object may have"
        return Offer(member.position, member.place, member.raw, None, problem)
    try:
        value = strict.loads(member.raw, max_depth=limits.max_depth)
    except strict.StrictJSONError as error:
        problem = f"{error} of the object"
        return Offer(member.position, member.place, member.raw, None, problem)
    name = _name(value) or member.place
    if (wrong := check(value, max_pattern_chars=limits.max_pattern_chars)) is not None:
        return Offer(member.position, name, member.raw, None, wrong)
    return Offer(member.position, name, member.raw, outline(value))


def _name(value: Any) -> str | None:
    """Give the id of an object if it can stand in a status, right or wrong."""
    id_ = value.get("id") if isinstance(value, dict) else None
    return id_ if isinstance(id_, str) and 0 < len(id_) <= _MAX_NAME_CHARS and id_.isprintable() else None
