"""A TAXII envelope, a STIX bundle or a file of objects, split into its members without reading them.

Each member keeps its exact bytes and is judged by itself later, so that one bad member never costs the others
and no more than one is ever in memory as values. What makes the document unreadable refuses it as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from stix_models.strict import StrictJSONError, place_at

T = TypeVar("T")

_BOM = b"\xef\xbb\xbf"
_BYTE = re.compile(r" \(byte (\d+)\)\Z")
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_ENCODED_SURROGATES = b"\xed\xa0\x80\xed\xa0\x80"


class EnvelopeError(StrictJSONError):
    """The document as a whole can't be taken; none of its members was looked at."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member as it came.

    position: from 0. place: `objects[3]`, or `line 4` of JSON lines. raw: its exact bytes; only the escape of
    a lone surrogate, which spoils the member anyway, may have become bytes that are no UTF-8.
    """

    position: int
    place: str
    raw: bytes


class _Name:
    """A name in a JSON object that equals only itself, so that a dict keeps duplicates apart."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


_Document = dict[_Name, msgspec.Raw]


def split(body: bytes) -> tuple[Member, ...]:
    """Split a TAXII envelope or a STIX bundle of any version (TAXII 2.1 section 3.7, STIX 2.1 section 8).

    Other properties of it are allowed and not looked at. An empty `objects` has no members.

    Raises:
        EnvelopeError: no JSON object, a name twice, no `objects` or one that is no list, or one STIX object.

    """
    properties = _properties(_decode(body.removeprefix(_BOM), _Document))
    if not _is_container(properties):
        raise EnvelopeError("a STIX object where an envelope with `objects` belongs")
    if "objects" not in properties:
        raise EnvelopeError("an envelope without `objects`")
    return _listed(properties["objects"])


def split_file(body: bytes) -> tuple[Member, ...]:
    """Split a file: an envelope, a bundle, a list of objects, one object, or one object a line (JSON lines).

    Raises:
        EnvelopeError: it is none of these, or broken as a whole.

    """
    body = body.removeprefix(_BOM)
    if body.lstrip()[:1] == b"[":
        return _listed(body)
    try:
        properties = _properties(_decode(body, _Document))
    except EnvelopeError:
        lines = _lines(body)
        if lines:
            return lines
        raise
    if "objects" in properties and _is_container(properties):
        return _listed(properties["objects"])
    return (Member(0, "objects[0]", body.strip()),)


def _properties(document: _Document) -> dict[str, bytes]:
    properties: dict[str, bytes] = {}
    for name, raw in document.items():
        if name.text in properties:
            raise EnvelopeError(f"duplicate name {name.text[:60]!r}")
        properties[name.text] = bytes(raw)
    return properties


def _is_container(properties: dict[str, bytes]) -> bool:
    """Tell a bundle or an envelope, which has no type, from a STIX object."""
    return properties.get("type", b'"bundle"') == b'"bundle"'


def _listed(raw: bytes) -> tuple[Member, ...]:
    if raw.lstrip()[:1] != b"[":
        raise EnvelopeError("`objects` is no list")
    return _numbered(bytes(member) for member in _decode(raw, list[msgspec.Raw]))


def _numbered(raws: Iterable[bytes]) -> tuple[Member, ...]:
    return tuple(Member(position, f"objects[{position}]", raw) for position, raw in enumerate(raws))


def _lines(body: bytes) -> tuple[Member, ...]:
    """Read JSON lines: more than one line, of which the first or second is an object by itself; else ()."""
    lines = [(number, line) for number, line in enumerate(body.splitlines(), 1) if line.strip()]
    if len(lines) < 2 or not any(_is_object(line) for _, line in lines[:2]):  # noqa: PLR2004 - "more than one" is two
        return ()
    return tuple(Member(position, f"line {number}", line) for position, (number, line) in enumerate(lines))


def _is_object(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _decode(body: bytes, form: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=form, dec_hook=_name)
    except msgspec.ValidationError:
        raise EnvelopeError("this is no JSON object") from None
    except msgspec.DecodeError as error:
        marked = _ESCAPE.sub(_mark, body)
        if marked == body:
            raise _located(error, body) from None
        return _decode(marked, form)
    except UnicodeDecodeError:
        raise EnvelopeError("a property's name is not UTF-8, or has a lone surrogate") from None
    except RecursionError:
        raise EnvelopeError("nested too deep to be read") from None


def _name(_type: type, text: Any) -> _Name:
    return _Name(text)


def _mark(escape: re.Match[bytes]) -> bytes:
    """Turn a lone surrogate, which costs msgspec the whole document, into bytes that cost one member."""
    return _ENCODED_SURROGATES if escape[1] else escape[0]


def _located(error: msgspec.DecodeError, body: bytes) -> EnvelopeError:
    byte = _BYTE.search(str(error))
    message = _BYTE.sub("", str(error)).removeprefix("JSON is malformed: ")
    end = int(byte[1]) if byte else len(body)
    if message == "trailing characters":
        end -= 1  # the only error that msgspec places behind what it is about
    # Latin-1 keeps one character a byte: the place is right to the byte, whatever comes after it.
    return EnvelopeError(message if byte else "the document ends too early", place_at(body.decode("latin-1"), end))
