"""Query strings, read strictly (TAXII 2.1 section 3.4): the malformed is 400, the unknown ignored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

from hub.store.query import ALL, FIRST, LAST, Query
from stix_models.timestamps import parse_micros, version_key
from taxii_server.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict


class Endpoint(StrEnum):
    """What reads released data; its name is also how a read is recorded and what a cursor is bound to."""

    OBJECTS = "objects"
    MANIFEST = "manifest"
    OBJECT = "object"
    VERSIONS = "versions"


MATCHES: Mapping[Endpoint, frozenset[str]] = {
    Endpoint.OBJECTS: frozenset({"id", "type", "version", "spec_version"}),
    Endpoint.MANIFEST: frozenset({"id", "type", "version", "spec_version"}),
    Endpoint.OBJECT: frozenset({"version", "spec_version"}),
    Endpoint.VERSIONS: frozenset({"spec_version"}),
}
"""The match fields each endpoint knows (sections 5.3, 5.4, 5.6, 5.8)."""

_KEYWORDS = frozenset({FIRST, LAST, ALL})
_LIMIT = re.compile(r"[0-9]{1,18}\Z")
_MICROSECOND_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Question:
    """A read request's query string. limit: 1 … the largest page; cursor: the text of `next`."""

    query: Query
    limit: int
    cursor: str | None


def read_question(arguments: MultiDict[str, str], endpoint: Endpoint, default_page: int, max_page: int) -> Question:
    """Read added_after, limit, next and the match fields of an endpoint.

    Raises: RefusedError (400): one is malformed, empty, or there more than once.
    """
    known = MATCHES[endpoint]
    versions = _versions(arguments) if "version" in known else None
    query = Query(
        ids=_match(arguments, "id") if "id" in known else None,
        types=_match(arguments, "type") if "type" in known else None,
        versions=versions or frozenset({ALL if endpoint is Endpoint.VERSIONS else LAST}),
        spec_versions=_match(arguments, "spec_version"),
        added_after=_added_after(arguments),
        bodies=endpoint in {Endpoint.OBJECTS, Endpoint.OBJECT},
    )
    return Question(query, _limit(arguments, default_page, max_page), _single(arguments, "next"))


def read_deletion(arguments: MultiDict[str, str]) -> tuple[frozenset[str], frozenset[str] | None]:
    """Read the versions and specification versions a DELETE names (section 5.7).

    Versions are all where none is named: section 5.7 lets no older one reappear. None: of any specification.
    Raises: RefusedError (400): one is malformed, empty, or there more than once.
    """
    return _versions(arguments) or frozenset({ALL}), _match(arguments, "spec_version")


def _single(arguments: MultiDict[str, str], name: str) -> str | None:
    """Give the value of a parameter that may be there once."""
    values = arguments.getlist(name)
    if not values:
        return None
    if len(values) > 1:
        raise _malformed(name, "is there more than once")
    if not values[0]:
        raise _malformed(name, "is empty")
    return values[0]


def _match(arguments: MultiDict[str, str], field: str) -> frozenset[str] | None:
    """Give the alternatives of a match field."""
    text = _single(arguments, f"match[{field}]")
    if text is None:
        return None
    values = text.split(",")
    if not all(values):
        raise _malformed(f"match[{field}]", "has an empty value")
    return frozenset(values)


def _versions(arguments: MultiDict[str, str]) -> frozenset[str] | None:
    """Give match[version] as the store wants it: keywords, and instants by their key (section 3.4.1)."""
    values = _match(arguments, "version")
    if values is None:
        return None
    if ALL in values and len(values) > 1:
        raise _malformed("match[version]", "has `all` together with others")
    try:
        return frozenset(value if value in _KEYWORDS else version_key(value) for value in values)
    except ValueError:
        raise _malformed("match[version]", "has a value that is no keyword and no timestamp") from None


def _limit(arguments: MultiDict[str, str], default_page: int, max_page: int) -> int:
    """Give the page size asked for, at most max_page; ASCII digits only: `int` alone would take more."""
    text = _single(arguments, "limit")
    if text is None:
        return default_page
    if not _LIMIT.match(text) or int(text) == 0:
        raise _malformed("limit", "is no integer above zero")
    return min(int(text), max_page)


def _added_after(arguments: MultiDict[str, str]) -> int | None:
    """Give added_after in µs since 1970, not below 0; up to six digits of a second, as clients send fewer."""
    text = _single(arguments, "added_after")
    if text is None:
        return None
    if len(text.partition(".")[2].rstrip("Z")) > _MICROSECOND_DIGITS:
        raise _malformed("added_after", "has more than six digits of a second")
    try:
        return max(parse_micros(text), 0)
    except ValueError:
        raise _malformed("added_after", "is no TAXII timestamp") from None


def _malformed(name: str, what: str) -> RefusedError:
    return RefusedError(HTTPStatus.BAD_REQUEST, f"{name} {what}")
