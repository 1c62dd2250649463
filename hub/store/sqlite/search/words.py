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
    author: its created_by_ref. seen: µs since 1970. references: in the sense of S11.
    """

    folded: str
    texts: tuple[str, ...] = ()
    author: str | None = None
    seen: tuple[int, int] | None = None
    references: tuple[str, ...] = ()


def fold(text: str) -> str:
    """Give the form in which texts are compared as wholes: no case, one blank, one way to write each character."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def read(body: bytes) -> Document:
    """Read an object; of what can't be read nothing is found but its id."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Document("")
    return _document(value) if isinstance(value, dict) else Document("")


def _document(value: Mapping[str, Any]) -> Document:
    texts = dict.fromkeys(known_by(value))
    texts.update(dict.fromkeys(refang(text) for text in list(texts)))
    author = value.get("created_by_ref")
    return Document(
        fold(title(value)),
        tuple(texts),
        author if isinstance(author, str) else None,
        seen(value),
        references(value),
    )
