"""MISP tags: TLP and PAP are markings, every other tag is a label."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from converters.values import tlp
from stix_models.markings import Level

_PAP = {
    "white": "marking-definition--a3bea94c-b469-41dc-9cfe-d6e7daba7730",
    "clear": "marking-definition--ad15a0cd-55b6-4588-a14c-a66105329b92",
    "green": "marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9",
    "amber": "marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab",
    "red": "marking-definition--740d36e5-7714-4c30-961a-3ae632ceee0e",
}
_MARKING = re.compile(r"(tlp|pap)\s*:\s*(.*)", re.IGNORECASE)
_PAP_ORDER = tuple(_PAP.values())


@dataclass(frozen=True, slots=True)
class Handling:
    """How something may be handled, by its tags and by what holds it.

    level: the strictest TLP level. pap: the strictest PAP marking, as a list of none or one.
    unknown: tags that speak of TLP in words that nobody defined, so that the level is red; labels too.
    """

    level: Level
    pap: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def within(self, tags: Any) -> Handling:
        """Give the handling of a part that has tags of its own: never laxer than the whole's, labels of its own."""
        names = list(tag_names(tags))
        return Handling(self.level, self.pap).tagged(names) if names else Handling(self.level, self.pap)

    def joined(self, other: Handling) -> Handling:
        """Give the stricter of both, with the labels of both."""
        level = max(self.level, other.level, key=lambda each: each.rank)
        strictest = sorted({*self.pap, *other.pap}, key=_PAP_ORDER.index)[-1:]
        return Handling(level, tuple(strictest), tuple(dict.fromkeys([*self.labels, *other.labels])))

    def tagged(self, names: Iterable[str]) -> Handling:
        """Give this with the tags of these names applied."""
        level, pap, labels, unknown = self.level, list(self.pap), list(self.labels), list(self.unknown)
        for name in names:
            found = _MARKING.fullmatch(name.strip())
            if found is None:
                labels.append(name)
            elif found[1].lower() == "pap":
                marking = _PAP.get(found[2].strip().lower())
                (pap if marking else labels).append(marking or name)
            else:
                try:
                    said = tlp.level(found[2])
                except ValueError:
                    said = Level.RED
                    unknown.append(name)
                    labels.append(name)
                level = max(level, said, key=lambda each: each.rank)
        strictest = [max(pap, key=_PAP_ORDER.index)] if pap else []
        return Handling(level, tuple(strictest), tuple(dict.fromkeys(labels)), tuple(unknown))


def tag_names(tags: Any) -> Iterable[str]:
    """Give the names of the tags of an event, an attribute or an object, in order."""
    for tag in tags if isinstance(tags, list) else ():
        name = tag.get("name") if isinstance(tag, dict) else tag
        if isinstance(name, str) and name.strip():
            yield name.strip()
