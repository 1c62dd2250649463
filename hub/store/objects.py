"""What a store promises of objects looked at one by one and of the search; part of `View` (hub.store.base)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from hub.store.query import Found, Hit, Link, Shown, Sought


class Objects(Protocol):
    """What one reader may see of objects, over all collections (S1). Hidden and absent are the same."""

    def everywhere(self, object_id: str, limit: int) -> tuple[Shown, ...]:
        """Give the visible versions of an object in all collections, latest version first, with their dates.

        limit: 1 or more. Of an id that is nobody's contribution, the reference object.
        """

    def latest(self, object_ids: Iterable[str]) -> Mapping[str, Shown]:
        """Give each object's latest visible version in any collection, or the reference object; absent if neither.

        Of several producers' the most restrictive (S12).
        """

    def linked(self, object_ids: Iterable[str]) -> tuple[Link, ...]:
        """Give what refers to any of the objects: of the latest MOST_FOUND visible contributions, latest first.

        Reference objects come last. Raises as `find`.
        """

    def size(self) -> int:
        """Count the visible contributions, of all collections."""

    def find(self, sought: Sought) -> Found:
        """Search all collections and the reference objects by what objects are called and known by.

        Neither what is found nor its order depends on anything that is not visible. Raises: StoreBusyError: the
        search is still being made ready.
        """

    def match(self, texts: Iterable[str]) -> Mapping[str, tuple[Hit, ...]]:
        """Give for each text the visible objects that have it as a whole name, value or id; raises as `find`."""

    def names_from(self, beginning: str, limit: int) -> tuple[str, ...]:
        """Give the first names and values that begin so, of visible objects, in lower case; raises as `find`."""
