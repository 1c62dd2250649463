"""JSON as RFC 8259 and RFC 7493 (I-JSON) have it, and nothing that two readers could read differently.

The way in is the fast one: the standard library's C scanner with hooks. Only when something is wrong is the
text walked a second time, token by token, to say where.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any, NoReturn

MAX_DEPTH = 64
"""Levels of arrays and objects inside each other that are taken, the outermost counted."""

_MAX_INTEGER_DIGITS = 308
"""An integer with more is beyond a double, and reading it takes quadratic time."""

_ENCODED_SURROGATE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_BOM = b"\xef\xbb\xbf"

# Possessive throughout: linear on every text, also on one that is no JSON.
_TOKEN = re.compile(
    r"""(?P<string>"[^"\\]*+(?:\\.[^"\\]*+)*+"?)(?P<key>\s*+:)?
      | (?P<open>[\[{]) | (?P<close>[\]}])
      | (?P<atom>[-+0-9A-Za-z.]++)""",
    re.DOTALL | re.VERBOSE,
)
_Token = re.Match[str]


class StrictJSONError(ValueError):
    """This is no JSON, or JSON that may not come in.

    message: what is wrong. place: `line L, column C`, both from 1, columns in characters; `byte N` from 0 for
    what is no text; "" for the whole.
    """

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(f"{message} at {place}" if place else message)
        self.message = message
        self.place = place


class _RefusedError(ValueError):
    """A hook met something that may not come in; `finds` knows its token again when the text is walked."""

    def __init__(self, message: str, finds: Callable[[_Token], bool]) -> None:
        super().__init__(message)
        self.message = message
        self.finds = finds


class _DuplicateNameError(ValueError):
    """Two members of one object have the same name."""


def loads(data: bytes | str, *, max_depth: int = MAX_DEPTH) -> Any:
    """Parse one JSON text; a leading UTF-8 byte order mark is skipped.

    max_depth: levels of nesting, 1 or more. Integers come exact, up to 308 digits.

    Raises:
        StrictJSONError: not UTF-8, not JSON, a duplicate name, NaN or Infinity, a number beyond a double, a
            lone surrogate, or nested too deep.

    """
    text = _text(data)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise StrictJSONError(error.msg, f"line {error.lineno}, column {error.colno}") from None
    except _RefusedError as error:
        raise StrictJSONError(error.message, _find(text, error.finds)) from None
    except _DuplicateNameError as error:
        raise StrictJSONError(str(error), _find_duplicate(text)) from None
    except RecursionError:
        raise _too_deep(text, max_depth) from None
    # Counting brackets bounds the depth from above at the speed of memchr; nearly every object stays below.
    if text.count("{") + text.count("[") > max_depth and _depth(value) > max_depth:
        raise _too_deep(text, max_depth)
    if ("\\ud" in text or "\\uD" in text) and _has_lone_surrogate(value):
        raise StrictJSONError("a lone surrogate is no character", _find(text, _is_lone_surrogate))
    return value


def place_at(text: str, index: int) -> str:
    """Name the place of the character at the index: `line L, column C`, both from 1."""
    return f"line {text.count(chr(10), 0, index) + 1}, column {index - text.rfind(chr(10), 0, index)}"


def _text(data: bytes | str) -> str:
    try:
        if isinstance(data, bytes):
            return data.removeprefix(_BOM).decode()
        data.encode()
    except UnicodeDecodeError as error:
        surrogate = _ENCODED_SURROGATE.match(error.object, error.start)
        message = "a lone surrogate is no character" if surrogate else "this is not UTF-8"
        raise StrictJSONError(message, f"byte {error.start}") from None
    except UnicodeEncodeError as error:
        raise StrictJSONError("a lone surrogate is no character", place_at(error.object, error.start)) from None
    return data.removeprefix("\ufeff")


def _depth(value: Any) -> int:
    """Count the levels, the outermost included, one whole level after the other."""
    depth, level = 0, [value] if isinstance(value, dict | list) else []
    while level:
        depth += 1
        level = [
            inner
            for container in level
            for inner in (container.values() if isinstance(container, dict) else container)
            if isinstance(inner, dict | list)
        ]
    return depth


def _too_deep(text: str, max_depth: int) -> StrictJSONError:
    depth, place = 0, ""
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "open":
            depth += 1
        elif token.lastgroup == "close":
            depth -= 1
        if depth > max_depth:
            place = place_at(text, token.start())
            break
    return StrictJSONError(f"nested deeper than {max_depth} levels", place)


def _find(text: str, finds: Callable[[_Token], bool]) -> str:
    return next((place_at(text, token.start()) for token in _TOKEN.finditer(text) if finds(token)), "")


def _find_duplicate(text: str) -> str:
    names: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "open":
            names.append(set())
        elif token.lastgroup == "close":
            names.pop()
        elif token.lastgroup == "key":
            name = json.loads(token["string"])
            if name in names[-1]:
                return place_at(text, token.start())
            names[-1].add(name)
    return ""


def _has_lone_surrogate(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def _is_lone_surrogate(token: _Token) -> bool:
    return token["string"] is not None and _has_lone_surrogate(json.loads(token["string"]))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        name = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]  # add gives None: false
        raise _DuplicateNameError(f"duplicate name {name[:60]!r}")
    return members


def _constant(text: str) -> NoReturn:
    raise _RefusedError(f"{text} is no number in JSON", lambda token: token["atom"] == text)


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _RefusedError("a number beyond the range of a double", lambda token: token["atom"] == text)
    return value


def _integer(text: str) -> int:
    if len(text) > _MAX_INTEGER_DIGITS:
        raise _RefusedError(f"an integer of {len(text)} digits", lambda token: token["atom"] == text)
    return int(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_integer)
