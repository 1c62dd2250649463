"""Undo the writing that keeps people from clicking: `hxxp`, `[.]`, `(at)`, `<…>`."""

from __future__ import annotations

import re

_DOT = re.compile(r"\s*[\[({]\s*(?:\.|dot)\s*[\])}]\s*", re.IGNORECASE)
_AT = re.compile(r"\s*[\[({]\s*(?:@|at)\s*[\])}]\s*", re.IGNORECASE)
_COLON = re.compile(r"[\[({](:(?://)?)[\])}]")
_SLASHES = re.compile(r"(?<=:)[\[({]//[\])}]")
_SCHEME = re.compile(r"^(?:h[xX*]{2}p|h[tT][xX]p|meow)(s?)(?=:)", re.IGNORECASE)
_DEFANGED = re.compile(r"[\[({<]|^h[xX*t]", re.IGNORECASE)


def refang(text: str) -> str:
    """Give the live spelling of a value; one that is live stays as it is, but for blanks and `<…>` around it."""
    text = text.strip()
    if not _DEFANGED.search(text):
        return text
    if text.startswith("<") and text.endswith(">"):
        text = text[1:-1].strip()
    text = _AT.sub("@", _DOT.sub(".", text))
    text = _SLASHES.sub("//", _COLON.sub(r"\1", text))
    return _SCHEME.sub(r"http\1", text)
