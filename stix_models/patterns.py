"""The syntax of STIX patterns (STIX 2.1 section 9, grammar STIXPattern.g4), scanned once from left to right.

No recursion and no going back: parentheses are counted, since what may follow one never depends on what is around
it. A pattern takes time by its length, whether it is right or wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

MAX_PATTERN_CHARS = 262_144
"""The longest pattern that is looked at; a thousand addresses joined by OR take some 40,000."""

_STRING = r"'[^'\\]*+(?:\\['\\][^'\\]*+)*+'"
_TIMESTAMP = (
    r"'[0-9]{4}-(?:0[1-9]|1[012])-(?:0[1-9]|[12][0-9]|3[01])"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]++)?Z'"
)
_UNSIGNED = r"(?:[0-9]*+\.[0-9]++|(?:0|[1-9][0-9]*+))(?![0-9.])"
_NUMBER = rf"[-+]?{_UNSIGNED}"
_ORDERABLE = rf"(?:{_STRING}|{_NUMBER}|h'(?:[0-9a-fA-F]{{2}})*+'|b'[0-9a-zA-Z+/]*+={{0,2}}'|t{_TIMESTAMP})"
_PRIMITIVE = rf"(?:{_ORDERABLE}|(?:true|false)\b)"
_SPACE = r"(?:\s|/\*(?:[^*]|\*(?!/))*+\*/|//[^\r\n]*+)*+"
_NAME = r"[a-zA-Z_][a-zA-Z0-9_]*+(?!-)"
_KEY = rf"(?:{_NAME}|{_STRING})"
_INDEX = r"(?:-?(?:0|[1-9][0-9]*+)|\*)"
_PATH = rf"[a-zA-Z_][a-zA-Z0-9_-]*+ : {_KEY} (?: \. {_KEY} | \[ {_INDEX} \])*+"


def _form(*parts: str) -> re.Pattern[str]:
    """Compile parts and the space behind them; a blank between parts stands for any space, or none."""
    return re.compile(" ".join([*parts, ""]).replace(" ", _SPACE))


_BLANK = re.compile(_SPACE)
_OPEN, _CLOSE = _form(r"\("), _form(r"\)")
_OBSERVE, _OBSERVED = _form(r"\["), _form(r"\]")
_BOOLEAN = _form(r"(?:AND|OR)\b")
_JOIN = _form(r"(?:AND|OR|FOLLOWEDBY)\b")
_EXISTS = _form(r"(?:NOT\b )?EXISTS\b", _PATH)
_SUBJECT = _form(_PATH)
_PREDICATE = _form(
    r"(?:NOT\b )?(?:",
    rf"(?:==?|!=|<>) {_PRIMITIVE}|[<>]=? {_ORDERABLE}",
    rf"|IN\b \( (?:{_PRIMITIVE} (?:, {_PRIMITIVE} )*+)?\)",
    rf"|(?:LIKE|MATCHES|ISSUBSET|ISSUPERSET)\b {_STRING}",
    r")",
)
_QUALIFIER = _form(
    rf"(?:(START)\b t?{_TIMESTAMP} STOP\b t?{_TIMESTAMP}",
    rf"|(WITHIN)\b \+?{_UNSIGNED} SECONDS\b",
    r"|(REPEATS)\b \+?(?:0|[1-9][0-9]*+) TIMES\b",
    r")",
)


class PatternError(ValueError):
    """This is no STIX pattern; the text says what was expected at which character, from 1."""


@dataclass(slots=True)
class _Reader:
    """A pattern and how far it has been read."""

    pattern: str
    at: int = 0

    def take(self, form: re.Pattern[str]) -> re.Match[str] | None:
        """Read the form if it comes next."""
        found = form.match(self.pattern, self.at)
        if found is not None:
            self.at = found.end()
        return found

    def need(self, form: re.Pattern[str], expected: str) -> None:
        """Read the form, which must come next."""
        if self.take(form) is None:
            self.fail(expected)

    def fail(self, expected: str) -> NoReturn:
        """Say what was expected here instead."""
        rest = self.pattern[self.at : self.at + 20]
        found = f"not {rest!r}" if rest else "where the pattern ends"
        raise PatternError(f"{expected} expected at character {self.at + 1}, {found}")


def check_pattern(pattern: str, *, max_chars: int = MAX_PATTERN_CHARS) -> None:
    """Check the syntax of a pattern, in time by its length.

    Raises:
        PatternError: it is none, or longer than max_chars.

    """
    if len(pattern) > max_chars:
        raise PatternError(f"{len(pattern)} characters, more than the {max_chars} that are read")
    reader = _Reader(pattern)
    reader.take(_BLANK)
    groups = 0
    while True:
        while reader.take(_OPEN):
            groups += 1
        _read_observation(reader)
        _read_qualifiers(reader)
        while groups and reader.take(_CLOSE):
            groups -= 1
            _read_qualifiers(reader)
        if not reader.take(_JOIN):
            break
    if groups:
        reader.fail("`)`")
    if reader.at < len(pattern):
        reader.fail("AND, OR, FOLLOWEDBY, a qualifier or the end")


def _read_observation(reader: _Reader) -> None:
    """Read `[ comparisonExpression ]`."""
    reader.need(_OBSERVE, "`[`")
    groups = 0
    while True:
        while reader.take(_OPEN):
            groups += 1
        if not reader.take(_EXISTS):
            reader.need(_SUBJECT, "an object path")
            reader.need(_PREDICATE, "an operator and its value")
        while groups and reader.take(_CLOSE):
            groups -= 1
        if not reader.take(_BOOLEAN):
            break
    if groups:
        reader.fail("AND, OR or `)`")
    reader.need(_OBSERVED, "AND, OR or `]`")


def _read_qualifiers(reader: _Reader) -> None:
    """Read the qualifiers of one observation expression, each kind once at most."""
    seen: set[str | None] = set()
    while found := reader.take(_QUALIFIER):
        if found.group(found.lastindex or 0) in seen:
            raise PatternError(f"a second {found.group(found.lastindex or 0)} at character {found.start() + 1}")
        seen.add(found.group(found.lastindex or 0))
