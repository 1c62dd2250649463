"""From shelves to labels: what registry, statements and secretariat make of each object, and when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hub.errors import StoreError
from hub.model.collections import Collection
from hub.model.contributions import Contribution, Label
from hub.model.submissions import Item, Submission
from hub.policy.labels import Circumstances, Markings, label
from hub.store.base import Registry, Release, Snapshot, Transaction
from stix_models.markings import Level
from stix_models.outline import Outline, outline
from stix_models.strict import loads


@dataclass(frozen=True, slots=True)
class Labelled:
    """An item that waits, or a contribution, with what its label is made of."""

    outline: Outline
    given: Circumstances

    @property
    def label(self) -> Label:
        """The label as policy gives it now."""
        return label(self.outline, self.given)


def outline_of(body: bytes) -> Outline:
    """Read the outline of an object that was checked when it came in."""
    return outline(loads(body))


def known_markings(registry: Registry) -> Markings:
    """Give what the registry says about marking ids and identities; statements are each producer's own."""
    return Markings(
        groups={group.marking.lower(): group.name for group in registry.groups()},
        pinned={marking.id.lower(): marking for marking in registry.markings()},
        identities={id_.lower(): partner.name for partner in registry.partners() for id_ in partner.identities},
    )


def waiting_items(snapshot: Snapshot, submission: Submission, items: Iterable[Item]) -> list[tuple[Item, Labelled]]:
    """Read items of one submission from the waiting shelf and give each what its label would be made of."""
    outlined = [(item, outline_of(snapshot.body(item))) for item in items]
    level = snapshot.label_inputs(outlined[0][0])[0] if outlined else Level.WITHHELD  # one push: the same for all
    return label_items(snapshot, submission, level, outlined)


def label_items(
    snapshot: Snapshot, submission: Submission, default_level: Level, outlined: Sequence[tuple[Item, Outline]]
) -> list[tuple[Item, Labelled]]:
    """Give each item of one submission what its label is made of; statements among them count for all (S6).

    default_level: the one it arrived under, for what names none (S10).
    """
    outlines = [each for _, each in outlined]
    known = _with_statements(snapshot, known_markings(snapshot.registry), submission.partner, outlines)
    raised = snapshot.raised({each.id for each in outlines})
    given = Circumstances(
        collection=_collection(snapshot, submission.collection),
        producer=submission.partner,
        account=submission.account,
        default_level=default_level,
        recipients=submission.recipients,
        markings=known,
        now=snapshot.now(),
    )
    return [(item, Labelled(each, replace(given, raised=raised.get(each.id)))) for item, each in outlined]


def label_contribution(snapshot: Snapshot, contribution: Contribution, known: Markings) -> Labelled:
    """Give what the label of a standing contribution is made of now. known: of `known_markings`."""
    read = outline_of(snapshot.contribution_body(contribution))
    level, recipients = snapshot.contribution_inputs(contribution)
    given = Circumstances(
        collection=_as_agreed(_collection(snapshot, contribution.collection), contribution.label, read, known),
        producer=contribution.producer,
        account=contribution.account,
        default_level=level,
        recipients=recipients,
        markings=_with_statements(snapshot, known, contribution.producer, [read]),
        now=snapshot.now(),
        raised=snapshot.raised([contribution.object_id]).get(contribution.object_id),
    )
    return Labelled(read, given)


def release(tx: Transaction, submission: Submission, labelled: Sequence[tuple[Item, Labelled]]) -> None:
    """Move items to the released shelf, and open what waited for a statement definition among them (S6)."""
    tx.release([Release(item, found.outline, found.label) for item, found in labelled])
    statements = [found.outline.id for _, found in labelled if found.outline.statement]
    waited = (contribution for id_ in statements for contribution in tx.marked(id_.lower()))
    relabel(
        tx,
        [each for each in waited if each.producer == submission.partner and each.label.level is Level.WITHHELD],
    )


def relabel(tx: Transaction, contributions: Iterable[Contribution]) -> int:
    """Give contributions the labels that policy gives them now; give how many changed."""
    known = known_markings(tx.registry)
    once = {contribution.place: contribution for contribution in contributions}
    fresh = {place: label_contribution(tx, each, known).label for place, each in once.items()}
    changed = {place: found for place, found in fresh.items() if found != once[place].label}
    if changed:
        tx.relabel(changed)
    return len(changed)


def relabel_marked(tx: Transaction, marking_ids: Iterable[str]) -> int:
    """Relabel what carries the markings, after one was registered or what it stands for changed (S6)."""
    return relabel(tx, [each for id_ in marking_ids for each in tx.marked(id_.lower())])


def relabel_object(tx: Transaction, object_id: str) -> int:
    """Relabel all standing contributions of an id, after the secretariat raised it (S8)."""
    return relabel(tx, tx.contributions([object_id]))


def _with_statements(snapshot: Snapshot, known: Markings, producer: str, outlines: Sequence[Outline]) -> Markings:
    """Add the producer's statements for what is else unknown: released ones and those at hand."""
    at_hand = {each.id.lower() for each in outlines if each.statement}
    open_ids = {id_ for each in outlines for id_ in each.markings if not known.knows(id_)} - at_hand
    released = snapshot.statements(producer, open_ids) if open_ids else frozenset()
    return replace(known, statements=released | at_hand)


def _collection(snapshot: Snapshot, id_: str) -> Collection:
    collection = snapshot.registry.collection(id_)
    if collection is None:
        raise StoreError(f"collection {id_} is not registered, though something was pushed to it")
    return collection


def _as_agreed(collection: Collection, before: Label, read: Outline, known: Markings) -> Collection:
    """Give the collection with the default group that was applied when the contribution was released (S5)."""
    applied = not known.groups.keys() & set(read.markings) and before.groups != frozenset()
    if not applied:
        return collection
    return replace(collection, default_group=min(before.groups) if before.groups else None)
