"""What became of a producer's pushes, for its persons (visibility.md S8; the TAXII status is its poster's alone)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hub.errors import NotFoundError
from hub.model.contributions import Label
from hub.model.members import Actor
from hub.model.submissions import Item, ItemState, Mark, Submission, Tally, state_of
from hub.policy.actions import Action, Resource, decide, require
from hub.policy.rules import Reader, spans
from hub.services.reading import holds_now, reader_of
from hub.services.shelves.labelling import waiting_items
from hub.services.shelves.status import labelled_items, told
from hub.store.base import Snapshot, Store
from stix_models.markings import Level


@dataclass(frozen=True, slots=True)
class Sent:
    """One push; with none, or some, of its objects. counts: how many of those the actor may know of stand where."""

    submission: Submission
    counts: Mapping[ItemState, int]


@dataclass(frozen=True, slots=True)
class SentPage:
    """Pushes, newest first. next: where to go on; None on the last page."""

    entries: tuple[Sent, ...]
    next: Mark | None


class Contributions:
    """Tells persons of a producer what became of all its pushes; of RED its submitter and the named ones alone."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(self, actor: Actor, before: Mark | None = None, limit: int = 50) -> SentPage:
        """Give the pushes of the actor's partner, newest first. before: where a page ended. limit: 1 or more.

        Raises: ForbiddenError: the actor is no person.
        """
        reader = _asking(self._store, actor)
        found: list[Sent] = []
        with self._store.snapshot() as snapshot:
            while len(found) <= limit:
                batch = snapshot.pushes.of(reader.partner, before, limit + 1)
                found += _counted(snapshot, actor, reader, batch)
                if len(batch) <= limit:
                    break
                before = _mark(batch[-1])
        return SentPage(tuple(found[:limit]), _mark(found[limit - 1].submission) if len(found) > limit else None)

    def show(self, actor: Actor, submission_id: str, start: int = 0, limit: int = 100) -> Sent:
        """Give one push with the stories of some of its objects. start: 0 is the first; limit: 1 or more.

        Raises: NotFoundError: no push of the actor's partner of which he may know. ForbiddenError: he is no person.
        """
        reader = _asking(self._store, actor)
        with self._store.snapshot() as snapshot:
            submission = snapshot.submission(submission_id)
            known = _known_items(snapshot, actor, reader, submission) if submission else []
            if submission is None or not (known or _is_bare(actor, submission)):
                raise NotFoundError(f"no contribution {submission_id}")
            some = replace(submission, items=tuple(known[start : start + limit]))
            labelled = labelled_items(snapshot, submission, some.items)
            shown = told(snapshot, self._store.view(reader), some, labelled)
        counts = Counter(item.state for item in known)
        return Sent(replace(shown, state=state_of(counts)), counts)


def _asking(store: Store, actor: Actor) -> Reader:
    reader = reader_of(store, actor)
    require(actor, Action.SUBMISSION_READ_OWN, Resource(producer=reader.partner, visible=True))
    return reader


def _counted(snapshot: Snapshot, actor: Actor, reader: Reader, batch: Iterable[Submission]) -> Iterable[Sent]:
    """Give those the actor may know of, with the numbers he may know."""
    sent = {submission.id: submission for submission in batch}
    for id_, tallies in snapshot.pushes.tallies(sent).items():
        counts = _counts(snapshot, actor, reader, sent[id_], tallies)
        if counts or _is_bare(actor, sent[id_], tallies):
            yield Sent(replace(sent[id_], state=state_of(counts)), counts)


def _counts(
    snapshot: Snapshot, actor: Actor, reader: Reader, head: Submission, tallies: Iterable[Tally]
) -> Counter[ItemState]:
    """Count from the tallies where they tell enough, else object by object."""
    counts: Counter[ItemState] = Counter()
    for tally in tallies:
        waits = tally.state is ItemState.REVIEW and head.account != actor.name
        if not waits and _may_know(actor, reader, head, _label(head, tally.label, tally.level)):
            counts[tally.state] += tally.count
        elif waits:  # what its markings mean may have changed since it came (S6); its bytes are here to say
            submission = snapshot.submission(head.id)
            return Counter(item.state for item in _known_items(snapshot, actor, reader, submission or head))
    return counts


def _known_items(snapshot: Snapshot, actor: Actor, reader: Reader, submission: Submission) -> list[Item]:
    """Give the items the actor may know of."""
    if not submission.items:
        return []
    level, _ = snapshot.label_inputs(submission.items[0])
    raised = snapshot.raised(submission.partner, {item.object_id for item in submission.items})
    labels = _labels(snapshot, actor, submission)
    known = []
    for item in submission.items:
        lowest = max(level, raised.get(item.object_id, level), key=lambda each: each.rank)
        if _may_know(actor, reader, submission, _label(submission, labels.get(item.number), lowest)):
            known.append(item)
    return known


def _labels(snapshot: Snapshot, actor: Actor, submission: Submission) -> dict[int, Label]:
    """Give the labels of what stands and, to others than its sender, of what waits as it is now; by item number."""
    places = {item.place: item.number for item in submission.items if item.place is not None}
    ids = {item.object_id for item in submission.items if item.place is not None}
    standing = [each for each in snapshot.contributions(ids) if each.place in places]
    labels = {places[each.place]: each.label for each in standing}
    if submission.account != actor.name:
        waiting = [item for item in submission.items if item.state is ItemState.REVIEW]
        labels |= {item.number: found.label for item, found in waiting_items(snapshot, submission, waiting)}
    return labels


def _label(submission: Submission, own: Label | None, level: Level) -> Label:
    """Give an object's own label where it is known, else one as restrictive as its envelope (S10)."""
    if own is not None:
        return own
    if level is not Level.RED:
        return Label(submission.collection, level, submission.partner)
    return Label(
        submission.collection,
        level,
        submission.partner,
        account=submission.account,
        recipients=submission.recipients or None,
    )


def _may_know(actor: Actor, reader: Reader, submission: Submission, label: Label) -> bool:
    resource = Resource(
        collection=submission.collection,
        producer=submission.partner,
        author=submission.account,
        visible=holds_now(spans(reader, label)),
    )
    return decide(actor, Action.SUBMISSION_READ_OWN, resource).allowed


def _is_bare(actor: Actor, submission: Submission, tallies: Iterable[Tally] = ()) -> bool:
    """Whether it is the actor's own push without any object: nothing of it tells what it is, so nobody else sees it."""
    return actor.name == submission.account and not submission.items and not tallies


def _mark(submission: Submission) -> Mark:
    return Mark(round(submission.received.timestamp() * 1e6), submission.id)
