"""From what an object says to the label that rules it (visibility.md S2, S3, S5, S6, S10, S12)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from hub.model.collections import Collection, MarkingKind, PinnedMarking
from hub.model.contributions import Label
from stix_models.markings import PAP, TLP, Level
from stix_models.outline import Outline

MAX_AHEAD_US = 24 * 60 * 60 * 1_000_000
"""How far `modified` may lie ahead of the hub's clock, µs (S12)."""

_TAKES_DEFAULT_GROUP = frozenset({Level.AMBER, Level.AMBER_STRICT})


@dataclass(frozen=True, slots=True)
class Markings:
    """What the hub knows about marking ids and identities, as it concerns one producer (S2, S5, S6, S12).

    groups: marking id to group name. pinned: further registered markings by id. statements: ids for which
    this producer has pushed a statement definition. identities: STIX id to the partner it stands for. All
    ids in lower case.
    """

    groups: Mapping[str, str] = field(default_factory=dict)
    pinned: Mapping[str, PinnedMarking] = field(default_factory=dict)
    statements: frozenset[str] = frozenset()
    identities: Mapping[str, str] = field(default_factory=dict)

    def level(self, marking: str) -> Level | None:
        """Give the TLP level the marking stands for, None if it is no TLP marking."""
        pinned = self.pinned.get(marking)
        return TLP.get(marking) or (pinned.level if pinned else None)

    def knows(self, marking: str) -> bool:
        """Whether there is a rule for the marking."""
        known = (TLP, PAP, self.groups, self.pinned, self.statements)
        return any(marking in ids for ids in known)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What rules a contribution besides its own text: where, from whom, how it came, what was decided since.

    default_level: for what names no level (S10). recipients: account names given with the push (S5).
    raised: what the secretariat raised the object to (S8). now: the wall clock, µs since 1970.
    """

    collection: Collection
    producer: str
    account: str
    default_level: Level
    recipients: frozenset[str]
    markings: Markings
    now: int
    raised: Level | None = None


def explicit_level(outlines: Iterable[Outline], markings: Markings) -> Level | None:
    """Give the most restrictive level that any of the objects names anywhere (S3, S10); None if none does."""
    levels = (markings.level(marking) for outline in outlines for marking in outline.markings)
    return max((level for level in levels if level), key=lambda level: level.rank, default=None)


def basis(outline: Outline, given: Circumstances) -> Hashable:
    """Give all of an object that `label` and `why` look at: under the same circumstances, equal ones get equal answers.

    The objects of a push mostly are alike in it, so that who has many of them asks once for each basis.
    """
    return outline.markings, outline.created_by, _is_ahead(outline, given)


def label(outline: Outline, given: Circumstances) -> Label:
    """Say who may see the contribution by itself; what no rule knows withholds it on top of the rest."""
    level = _level(outline, given)
    found = Label(
        collection=given.collection.id,
        level=level,
        producer=given.producer,
        account=given.account if level is Level.RED else "",
        groups=_groups(outline, level, given),
        recipients=_recipients(outline, level, given),
    )
    return replace(found, level=Level.WITHHELD) if holds(outline, given) else found


def holds(outline: Outline, given: Circumstances) -> tuple[str, ...]:
    """Say what withholds the object, one sentence each; () if nothing does (S6, S12)."""
    reasons = list(_held_openly(outline, given))
    owner = given.markings.identities.get((outline.created_by or "").lower(), given.producer)
    if owner != given.producer:
        reasons.append("held for the secretariat: created_by_ref is another partner's identity")
    return tuple(reasons)


def why(outline: Outline, given: Circumstances) -> tuple[str, ...]:
    """Tell the producer what the label adds to the object's own words (visibility.md, Status)."""
    level, found, held = _level(outline, given), label(outline, given), _held_openly(outline, given)
    reasons = list(held)
    if _names_another_creator(outline, given):
        reasons.append("created_by_ref is no identity of yours: it is held if it is another partner's")
    if explicit_level([outline], given.markings) is None:
        reasons.append(f"no TLP marking: taken as {given.default_level.upper()}")
    if level is given.raised:
        reasons.append(f"raised to {level.upper()} by the secretariat")
    if found.groups is None and not held:
        reasons.append(f"{level.upper()} without a group: only you and the secretariat see it")
    if level is Level.RED and not found.recipients and not held:
        reasons.append("RED without a recipient: only the account that pushed it sees it")
    return tuple(reasons)


def _held_openly(outline: Outline, given: Circumstances) -> tuple[str, ...]:
    """Say what withholds the object as far as its producer may know of it."""
    unknown = [marking for marking in outline.markings if not given.markings.knows(marking)]
    reasons = [f"withheld: marking {marking} is not known here" for marking in unknown]
    if _is_ahead(outline, given):
        reasons.append("held for the secretariat: modified is more than 24 h ahead of the hub's clock")
    return tuple(reasons)


def _names_another_creator(outline: Outline, given: Circumstances) -> bool:
    """Whether created_by_ref names anybody but the producer: the same for partners and strangers.

    Who takes part in the exchange is not for others to try out (S17).
    """
    creator = (outline.created_by or "").lower()
    return bool(creator) and given.markings.identities.get(creator) != given.producer


def _is_ahead(outline: Outline, given: Circumstances) -> bool:
    return outline.modified is not None and outline.modified > given.now + MAX_AHEAD_US


def _level(outline: Outline, given: Circumstances) -> Level:
    """Give the level it names or else arrived under, raised if the secretariat raised it (S3, S8, S10)."""
    level = explicit_level([outline], given.markings) or given.default_level
    return max(level, given.raised or level, key=lambda one: one.rank)


def _groups(outline: Outline, level: Level, given: Circumstances) -> frozenset[str] | None:
    """Give the group markings that must all be met (S5); None: producer and secretariat only."""
    named = frozenset(outline.markings).intersection(given.markings.groups)
    if named or level not in _TAKES_DEFAULT_GROUP:
        return named
    default = given.collection.default_group
    return None if default is None else frozenset({default})


def _recipients(outline: Outline, level: Level, given: Circumstances) -> frozenset[str] | None:
    """Give the accounts that all pinned lists name, at any level; else those of the push, for RED (S5)."""
    pinned = (given.markings.pinned.get(marking) for marking in outline.markings)
    lists = [one.accounts for one in pinned if one and one.kind is MarkingKind.RECIPIENTS]
    if lists:
        return frozenset.intersection(*lists)
    return given.recipients or None if level is Level.RED else None
