"""What was acknowledged, and what follows from it for each reader by the oracle of the store's tests.

Kept apart story by story: stories don't refer to each other, so who sees what of one depends on no other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from hub.model.contributions import Label
from stix_models.markings import Level
from stix_models.outline import outline
from tests.hub.store.oracle import Held, Key, Member, Standing, State, sees
from tests.soak.cast import DEFAULT_GROUPS, GROUPS, PRODUCERS, STANDING_RIGHTS
from tests.soak.stories import Delete, Push, Raise, Told

Version = tuple[str, str]
"""Id and `modified`, "" for an observable."""

_SHOWN, _SHOWN_CHARS = 3, 160
_TAKES_DEFAULT_GROUP = (Level.AMBER, Level.AMBER_STRICT)


@dataclass(frozen=True, slots=True)
class Kept:
    """One told object that stands. raised: to what the secretariat raised it, if it did."""

    producer: str
    collection: str
    told: Told

    @property
    def object_id(self) -> str:
        """Its id."""
        id_: str = self.told.value["id"]
        return id_


@dataclass(slots=True)
class _Page:
    """What stands of one story, in order, and what was raised, by producer and id."""

    kept: list[Kept] = field(default_factory=list)
    raised: dict[tuple[str, str], Level] = field(default_factory=dict)


class Ledger:
    """Written by tellers and by who changes rights, each after the hub's answer; read when all have stopped."""

    def __init__(self) -> None:
        self._pages: dict[int, _Page] = {}
        self._rights = set(STANDING_RIGHTS)
        self._lock = Lock()

    def acknowledge(self, story: int, step: Push | Raise | Delete) -> None:
        """Write down a step that the hub has confirmed."""
        with self._lock:
            page = self._pages.setdefault(story, _Page())
            match step:
                case Push():
                    page.kept += [Kept(step.producer, step.collection, told) for told in step.objects]
                case Raise():
                    for each in page.kept:
                        if each.object_id == step.object_id:
                            page.raised[each.producer, step.object_id] = step.level
                case Delete():
                    page.kept = [each for each in page.kept if not _is_meant(step, each)]

    def turn(self, held: Held, *, on: bool) -> None:
        """Write down that a right began or ended."""
        with self._lock:
            (self._rights.add if on else self._rights.discard)(held)

    def holds(self, held: Held) -> bool:
        """Whether somebody has a right now."""
        return held in self._rights

    def standing(self) -> frozenset[Key]:
        """Give what tells apart all that is acknowledged and not deleted."""
        with self._lock:
            return frozenset(it.key for story in self._pages for it in self._standing(story))

    def expected(self, member: Member) -> dict[str, dict[Version, str]]:
        """Give what a reader may see now by the oracle: collection to version to the object in a canonical form."""
        found: dict[str, dict[Version, str]] = {}
        for story in self._pages:
            standing = tuple(self._standing(story))
            state = State(0, standing, frozenset(self._rights), groups=tuple(GROUPS.items()))
            seen = sees(state, member)
            for it in standing:
                if it.place in seen:
                    value = json.loads(it.body)
                    found.setdefault(it.collection, {})[version_of(value)] = canonical(value)
        return found

    def __len__(self) -> int:
        """Count all that stands."""
        return sum(len(page.kept) for page in self._pages.values())

    def _standing(self, story: int) -> Iterator[Standing]:
        page = self._pages[story]
        for place, each in enumerate(page.kept):
            label, account = _label(each, page.raised), PRODUCERS[each.producer]
            read = outline(each.told.value)
            yield Standing(place, each.collection, each.producer, account, read, label, each.told.raw)


def _is_meant(step: Delete, kept: Kept) -> bool:
    same = (step.producer, step.collection, step.object_id)
    return (kept.producer, kept.collection, kept.object_id) == same


def _label(kept: Kept, raised: Mapping[tuple[str, str], Level]) -> Label:
    """Work out the label from the text of S3, S5, S8 and S10."""
    told = kept.told
    level = max(told.level, raised.get((kept.producer, kept.object_id), told.level), key=lambda each: each.rank)
    group = told.group or (DEFAULT_GROUPS[kept.collection] if level in _TAKES_DEFAULT_GROUP else None)
    nobody = level in _TAKES_DEFAULT_GROUP and group is None
    groups = None if nobody else frozenset({GROUPS[group]} if group else ())
    account = PRODUCERS[kept.producer] if level is Level.RED else ""
    return Label(kept.collection, level, kept.producer, account, groups)


def version_of(value: Mapping[str, Any]) -> Version:
    """Give what tells versions of objects apart in a feed."""
    return value["id"], value.get("modified", "")


def canonical(value: Mapping[str, Any]) -> str:
    """Write an object so that equal ones are equal texts."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def differences(name: str, wanted: Iterable[object], found: Iterable[object]) -> Iterator[str]:
    """Say what is missing and what is too much, a few of each."""
    wanted, found = set(wanted), set(found)
    for word, which in (("missing", wanted - found), ("too much", found - wanted)):
        if which:
            shown = [each[:_SHOWN_CHARS] for each in sorted(map(str, which))[:_SHOWN]]
            yield f"{name}: {len(which)} {word}, such as {shown}"
