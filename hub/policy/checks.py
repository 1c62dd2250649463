"""Whether what must hold does: asked of `spans`, as everything about reading is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hub.model.checks import MustHold
from hub.model.contributions import Label
from hub.policy.rules import Reader, spans
from hub.policy.spans import FOREVER, contains
from stix_models.markings import Level

_LEVELS = tuple(Level)
NOBODY = ""
"""The producer of what is asked about: nobody's own, so that it is no way to it (S8)."""


def would_read(reader: Reader, check: MustHold, groups: Iterable[str]) -> bool:
    """Whether the reader could now get anything of what the check keeps from it.

    groups: the marking ids of all groups there are. By S4 each level's readers are among those of the level below, so
    the lowest level that the check forbids is asked about: without a group if it needs none, else in every single
    group, and RED as if it named the reader (what a producer names somebody for below that is its own decision).
    """
    return any(contains(spans(reader, label), FOREVER - 1) for label in _forbidden(reader, check, groups))


def _forbidden(reader: Reader, check: MustHold, groups: Iterable[str]) -> Iterator[Label]:
    level = _LEVELS[_LEVELS.index(check.above) + 1] if check.above else Level.CLEAR
    if level in (Level.AMBER, Level.AMBER_STRICT):
        yield from (Label(check.collection, level, NOBODY, groups=frozenset({group})) for group in groups)
    else:
        named = frozenset({reader.account}) if level is Level.RED else None
        yield Label(check.collection, level, NOBODY, recipients=named)
