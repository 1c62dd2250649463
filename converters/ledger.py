"""What has left a run already, so that each object leaves once (STIX 2.1 section 3.6: one version, one content)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from converters.building import timestamp
from converters.remembering import Remembered
from stix_models.markings import TLP, Level

if TYPE_CHECKING:
    from converters.building import StixObject


class Ledger:
    """Each id that left with a number beside it, and the few objects that go by a name."""

    def __init__(self) -> None:
        self._left = Remembered()
        self._named: dict[str, StixObject] = {}

    def is_new(self, made: StixObject, remembered: int = 0) -> bool:
        """Whether no object of this id left; from now on one has."""
        return self._left.add(made["id"], remembered)

    def is_new_indicator(self, made: StixObject) -> bool:
        """As is_new, remembering the content."""
        return self.is_new(made, _digest(made))

    def is_same(self, made: StixObject) -> bool:
        """Whether the indicator that left under this id had this content."""
        return self._left.number(made["id"]) == _digest(made)

    def stayed_stricter(self, made: StixObject, level: Level) -> bool:
        """Whether the observable left at a stricter level than this; said once for each level."""
        before = self._left.number(made["id"])
        if before > level.rank:
            self._left.renumber(made["id"], level.rank)
        return before > level.rank

    def version(self, made: StixObject, level: Level) -> StixObject | None:
        """Give what has to leave of a named thing: its first mention, or a new version where it is less restricted."""
        before = self._named.get(made["id"])
        if before is not None:
            if level.rank >= TLP[before["object_marking_refs"][0]].rank:
                return None
            later = datetime.fromisoformat(before["modified"]) + timedelta(milliseconds=1)
            made = {**before, "modified": timestamp(later), "object_marking_refs": made["object_marking_refs"]}
        self._named[made["id"]] = made
        return made


def _digest(made: StixObject) -> int:
    return hash(msgspec.json.encode(made))  # of this process alone, and compared in it alone
