"""What the index keeps of one object: read off its bytes, whatever they are."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from converters.values.refang import refang
from stix_models.naming import known_by, seen, title
from stix_models.references import references


@dataclass(frozen=True, slots=True)
class Document:
    """One object version as it can be found.

    folded: its title, as `fold` writes it. texts: all it is known by, defanged values also as they are live.
    author: its created_by_ref. seen: µs since 1970.
    """

    folded: str
    texts: tuple[str, ...] = ()
    author: str | None = None
    seen: tuple[int, int] | None = None


def fold(text: str) -> str:
    """Give the form in which texts are compared as wholes: no case, one blank, one way to write each character."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def read(body: bytes) -> Document:
    """Read an object; of what can't be read nothing is found but its id."""
    value = _decoded(body)
    texts = dict.fromkeys(known_by(value))
    texts.update(dict.fromkeys(map(refang, list(texts))))
    author = value.get("created_by_ref")
    return Document(fold(title(value)), tuple(texts), author if isinstance(author, str) else None, seen(value))


def referred(body: bytes) -> tuple[str, ...]:
    """Give the ids an object refers to, in the sense of S11."""
    return references(_decoded(body))


def _decoded(body: bytes) -> Mapping[str, Any]:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
