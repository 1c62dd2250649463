"""From shelves to labels: what registry, statements and secretariat make of each object, and when."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hub.errors import StoreError
from hub.model.collections import Collection
from hub.model.contributions import Contribution, Label
from hub.model.submissions import Item, Submission
from hub.policy.labels import Circumstances, Markings, basis, label
from hub.store.base import Registry, Release, Snapshot, Transaction
from stix_models.markings import Level
from stix_models.outline import Outline, outline
from stix_models.strict import loads


@dataclass(frozen=True, slots=True)
class Labelled:
    """An item that waits, or a contribution, with its label as policy gives it now and what that is made of.

    lingers: the contribution is still withheld, though by now nothing would withhold it: only an act labels anew.
    """

    outline: Outline
    given: Circumstances
    label: Label
    lingers: bool = False


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
    return label_items(snapshot, submission, known_markings(snapshot.registry), level, outlined)


def label_items(
    snapshot: Snapshot,
    submission: Submission,
    known: Markings,
    default_level: Level,
    outlined: Sequence[tuple[Item, Outline]],
) -> list[tuple[Item, Labelled]]:
    """Give each item of one submission what its label is made of; statements among them count for all (S6).

    known: of `known_markings`. default_level: the one it arrived under, for what names none (S10).
    """
    outlines = [each for _, each in outlined]
    raised = snapshot.raised(submission.partner, {each.id for each in outlines})
    given = Circumstances(
        collection=_collection(snapshot, submission.collection),
        producer=submission.partner,
        account=submission.account,
        default_level=default_level,
        recipients=submission.recipients,
        markings=_with_statements(snapshot, known, submission.partner, outlines),
        now=snapshot.now(),
    )
    labels: dict[Hashable, Label] = {}
    return [(item, _labelled(each, given, raised, labels)) for item, each in outlined]


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
        raised=snapshot.raised(contribution.producer, [contribution.object_id]).get(contribution.object_id),
    )
    found = label(read, given)
    withheld = contribution.label.level is Level.WITHHELD
    return Labelled(read, given, found, lingers=withheld and found.level is not Level.WITHHELD)


def release(
    tx: Transaction, submission: Submission, known: Markings, labelled: Sequence[tuple[Item, Labelled]]
) -> None:
    """Move items to the released shelf, and open what waited for a statement definition among them (S6).

    Their labels are made anew: a statement that was at hand and isn't among them doesn't count.
    """
    if not labelled:
        return
    level = labelled[0][1].given.default_level
    outlined = [(item, found.outline) for item, found in labelled]
    final = label_items(tx, submission, known, level, outlined)
    tx.release([Release(item, found.outline, found.label) for item, found in final])
    statements = [found.outline.id for _, found in final if found.outline.statement]
    waited = (each for id_ in statements for each in tx.marked(id_.lower()))
    relabel(tx, [each for each in waited if each.producer == submission.partner and each.label.level is Level.WITHHELD])


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


def _labelled(
    read: Outline, given: Circumstances, raised: Mapping[str, Level], labels: dict[Hashable, Label]
) -> Labelled:
    """Label one of many. labels: what those before it got, by basis; added to."""
    if read.id in raised:
        given = replace(given, raised=raised[read.id])
        return Labelled(read, given, label(read, given))
    key = basis(read, given)
    if key not in labels:
        labels[key] = label(read, given)
    return Labelled(read, given, labels[key])


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
