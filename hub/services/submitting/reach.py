"""What would become of a push, and who would get it, told before it is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.model.collections import Collection
from hub.model.contributions import Label
from hub.model.drafts import Share
from hub.model.submissions import Item, ItemState, Offer, Submission
from hub.policy.labels import Markings, basis, why
from hub.services.shelves.intake import default_level
from hub.services.shelves.labelling import Labelled, known_markings, label_items
from hub.store.base import Store, Transaction
from stix_models.markings import Level

MOST_SHARES = 50
"""How many kinds of objects are told apart with their reasons; where there are more, by their labels alone."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a rehearsed push gave: each object as it would be recorded, and who would get the new ones."""

    items: tuple[Item, ...]
    shares: tuple[Share, ...]


def rehearse(
    store: Store, submission: Submission, collection: Collection, offers: Sequence[Offer], floor: Level
) -> Reach:
    """Push without pushing: nothing of it is kept, and nobody but the asker learns of it.

    floor: as for `Intake.submit`.
    """

    def work(tx: Transaction) -> Reach:
        known = known_markings(tx.registry)
        outlines = [offer.outline for offer in offers if offer.outline]
        level = default_level(collection, known, outlines, floor)
        items = tx.receive(submission, offers, level)
        fresh = [
            (item, offer.outline)
            for item, offer in zip(items, offers, strict=True)
            if item.state is ItemState.REVIEW and offer.outline
        ]
        labelled = label_items(tx, submission, known, level, fresh)
        own = {group.marking for group in tx.registry.groups() if submission.partner in group.members}
        return Reach(items, _shares([each for _, each in labelled], known, own))

    return store.rehearse(work)


def _shares(labelled: Iterable[Labelled], known: Markings, own: set[str]) -> tuple[Share, ...]:
    """Count objects by who would get them, most restrictive first. own: markings of groups that may be named (S5)."""
    alike: Counter[Hashable] = Counter()
    told: dict[Hashable, Share] = {}
    for each in labelled:
        kind = (id(each.given), basis(each.outline, each.given))
        alike[kind] += 1
        if kind not in told:
            told[kind] = replace(_share(each.label, known.groups, own), reasons=why(each.outline, each.given))
    stories = _summed((told[kind], count) for kind, count in alike.items())
    if len(stories) > MOST_SHARES:
        stories = _summed((replace(share, reasons=()), count) for share, count in stories.items())
    ordered = sorted(stories.items(), key=lambda each: (-each[0].level.rank, -each[1], each[0].reasons))
    return tuple(replace(share, objects=count) for share, count in ordered)


def _summed(counts: Iterable[tuple[Share, int]]) -> Counter[Share]:
    found: Counter[Share] = Counter()
    for share, count in counts:
        found[share] += count
    return found


def _share(label: Label, names: Mapping[str, str], own: set[str]) -> Share:
    groups = label.groups or frozenset()
    return Share(
        objects=0,
        level=label.level,
        groups=tuple(sorted(names[group.lower()] for group in groups & own)),
        others=len(groups - own),
        alone=label.groups is None,
        recipients=None if label.recipients is None else tuple(sorted(label.recipients)),
    )
