"""What another server answered, read with distrust: TAXII resources, or an error that says what it was.

`objects` of a resource stay bytes, so that what is pulled is what the server sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import msgspec

from hub.errors import (
    AuthenticationError,
    ForbiddenError,
    HubError,
    InvalidInputError,
    NotFoundError,
    SourceError,
    ThrottledError,
    TooLargeError,
)
from stix_models.envelope import EnvelopeError, split
from stix_models.strict import StrictJSONError, loads

MEDIA_TYPE = "application/taxii+json"
_VERSION = "2.1"
_SHOWN_CHARS = 300
_MAX_SECONDS_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. place: method and address without its query. body: decompressed; of an error only its beginning.

    headers: their names are found in any case.
    """

    place: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_error(self) -> bool:
        """Whether the server did not do what it was asked."""
        return not HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


def resource(reply: Reply) -> dict[str, Any]:
    """Read a TAXII resource; its `objects`, if it has any, as a list of bytes.

    Raises: SourceError: broken off, no JSON object, a name twice, a member of `objects` that is no object in UTF-8.
    """
    try:
        found = msgspec.json.decode(reply.body, type=dict[str, msgspec.Raw])
        values = {name: loads(bytes(raw)) for name, raw in found.items() if name != "objects"}
        if "objects" in found:
            values["objects"] = _members(reply)
    except EnvelopeError as error:
        raise SourceError(f"{reply.place}: the answer is broken: {error}") from None
    except (msgspec.DecodeError, StrictJSONError, UnicodeDecodeError, RecursionError) as error:
        size = len(reply.body)
        raise SourceError(f"{reply.place}: the answer of {size} bytes is no JSON object: {error}") from None
    return values


def _members(reply: Reply) -> list[bytes]:
    members = split(reply.body)
    for member in members:
        try:
            member.raw.decode()
        except UnicodeDecodeError:
            raise SourceError(f"{reply.place}: {member.place}: not UTF-8, or a lone surrogate") from None
        if not member.raw.startswith(b"{"):
            raise SourceError(f"{reply.place}: {member.place}: no object")
    return [member.raw for member in members]


def is_taxii(content_type: str) -> bool:
    """Whether a media type is that of TAXII 2.1 (section 1.6.8); one that names no version is taken."""
    media_type, *parameters = [part.strip() for part in content_type.lower().split(";")]
    versions = [each.partition("=")[2].strip(' "') for each in parameters if each.startswith("version")]
    return media_type == MEDIA_TYPE and versions in ([], [_VERSION])


def refusal(reply: Reply) -> HubError:
    """Give the error for an answer with an error's status, with what the server said if it spoke TAXII."""
    text = f"{reply.place}: {_named(reply.status)}{_said(reply)}"
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS:
        return ThrottledError(text, max(1, round(retry_after(reply.headers) or 1)))
    if reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return TooLargeError(text)
    kinds: dict[int, type[HubError]] = {
        HTTPStatus.UNAUTHORIZED: AuthenticationError,
        HTTPStatus.FORBIDDEN: ForbiddenError,
        HTTPStatus.NOT_FOUND: NotFoundError,
    }
    is_ours = HTTPStatus.BAD_REQUEST <= reply.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return kinds.get(reply.status, InvalidInputError if is_ours else SourceError)(text)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds a server asks to wait (RFC 9110 section 10.2.3), 0 or more; None if it does not say, or not readably."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:_MAX_SECONDS_DIGITS])
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, ((until if until.tzinfo else until.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"status {status}"


def _said(reply: Reply) -> str:
    """Title and description of a TAXII error message (section 3.6.1); what is none says nothing to us."""
    if not is_taxii(reply.headers.get("Content-Type", "")):
        return ""
    try:
        error = loads(reply.body)
    except StrictJSONError:
        return ""
    if not isinstance(error, dict):
        return ""
    said = [error[name] for name in ("title", "description") if isinstance(error.get(name), str)]
    return f": {'; '.join(said)[:_SHOWN_CHARS]}" if said else ""
