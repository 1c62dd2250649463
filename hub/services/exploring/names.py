"""What objects in view are called: looked up together, read once; what was told of is known for the read record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from hub.store.base import View
from hub.store.query import Shown
from stix_models.naming import title

ENDS = {"relationship": ("source_ref", "target_ref"), "sighting": ("sighting_of_ref",)}
"""Properties that name what an SRO is between (STIX 2.1 section 5)."""


class Names:
    """Objects of one view by id, in their latest visible version. Each page has its own."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._found: dict[str, Shown | None] = {}
        self._values: dict[str, Mapping[str, Any]] = {}
        self._told: dict[str, None] = {}

    @property
    def shown(self) -> list[Shown]:
        """Everything in view that a title or more was given of, in that order."""
        return [found for id_ in self._told if (found := self._found.get(id_)) is not None]

    def tell(self, ids: Iterable[str]) -> None:
        """Remember that something of these is shown."""
        self._told |= dict.fromkeys(ids)

    def look_up(self, ids: Iterable[str]) -> None:
        """Fetch objects that will be asked for, and what relationships among them are between."""
        new = self._fetch(ids)
        self._fetch(end for id_ in new for end in self.ends(id_).values())

    def get(self, id_: str) -> Shown | None:
        """Give the object if it is in view."""
        if id_ not in self._found:
            self._fetch([id_])
        return self._found[id_]

    def value(self, id_: str) -> Mapping[str, Any]:
        """Give its properties; none if it is not in view."""
        found = self.get(id_)
        if found is None:
            return {}
        if id_ not in self._values:
            self._values[id_] = msgspec.json.decode(found.body)
        return self._values[id_]

    def ends(self, id_: str) -> dict[str, str]:
        """Give what a relationship or sighting is between, by property; nothing for other objects."""
        found = self.get(id_)
        names = ENDS.get(found.type, ()) if found else ()
        return {name: end for name in names if isinstance(end := self.value(id_).get(name), str)}

    def title(self, id_: str) -> str:
        """Give what it is called; a relationship by its ends; the id of what is not in view."""
        value = self.value(id_)
        if not value:
            return id_
        self.tell([id_])
        ends = [self._plain(end) for end in self.ends(id_).values()]
        if len(ends) == len(ENDS["relationship"]):
            return f"{ends[0]} {value.get('relationship_type')} {ends[1]}"
        return ends[0] if ends else title(value)

    def _plain(self, id_: str) -> str:
        """Give what an end is called; one that is itself a relationship by its type."""
        value = self.value(id_)
        self.tell([id_])
        return title(value) if value else id_

    def _fetch(self, ids: Iterable[str]) -> list[str]:
        new = sorted(set(ids) - self._found.keys())
        if new:
            found = self._view.latest(new)
            self._found |= {id_: found.get(id_) for id_ in new}
        return [id_ for id_ in new if self._found[id_] is not None]
