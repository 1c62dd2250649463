"""Asking the trail in one line: `actor:x-pull action:object:add object:ID from:2026-11-01 to:2026-11-30`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from hub.errors import Finding, InvalidInputError
from hub.model.audit import Wanted

MAX_ASKED = 1_000
"""Characters."""

WORDS = ("actor", "action", "object", "from", "to")
"""What may stand before a colon."""

_WORD = re.compile(r'(?P<name>[a-z]+):(?P<value>"[^"]*"|\S+)|(?P<stray>\S+)')
_FORMS = (
    ("%Y-%m-%d", timedelta(days=1)),
    ("%Y-%m-%dT%H:%M", timedelta(minutes=1)),
    ("%Y-%m-%dT%H:%M:%S", timedelta(seconds=1)),
)
"""How a time may be written, and how much of time each names."""

_MAX_SHOWN = 60


def read(text: str) -> Wanted:
    """Read what is asked for; a value with blanks stands in double quotes, and times are UTC.

    `to:` includes the day, minute or second it names.
    Raises: InvalidInputError: a finding for every word that can't be read, with an example.
    """
    if len(text) > MAX_ASKED:
        raise InvalidInputError("too long", (Finding("q", f"at most {MAX_ASKED} characters"),))
    findings: list[Finding] = []
    said: dict[str, str] = {}
    for word in _WORD.finditer(text):
        name, value = word["name"], (word["value"] or "").strip('"')
        if name not in WORDS or not value:
            findings.append(_finding(word[0], f"write one of {', '.join(f'{each}:' for each in WORDS)}"))
        elif name in said:
            findings.append(_finding(word[0], f"{name}: stands twice"))
        else:
            said[name] = value
    since, until = _moment(said, "from", findings), _moment(said, "to", findings)
    if findings:
        raise InvalidInputError("the filter can't be read", tuple(findings))
    return Wanted(said.get("actor"), said.get("action"), said.get("object"), since and since[0], until and until[1])


def _moment(said: dict[str, str], name: str, findings: list[Finding]) -> tuple[int, int] | None:
    """Give the first µs of what a time names, and the first after it; None where there is none."""
    text = said.get(name)
    if text is None:
        return None
    for form, length in _FORMS:
        try:
            start = datetime.strptime(text.removesuffix("Z"), form).replace(tzinfo=UTC)
            return _us(start), _us(start + length)
        except (ValueError, OverflowError):
            continue
    findings.append(_finding(f"{name}:{text}", f"write a day or a time, such as {name}:2026-11-01T08:30"))
    return None


def _us(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def _finding(word: str, message: str) -> Finding:
    return Finding("q", message, word[:_MAX_SHOWN])
