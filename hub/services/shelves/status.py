"""What a producer is told of each object: where it stands and what holds it (visibility.md, Status)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from functools import cache

from hub.model.submissions import Item, ItemState, Submission
from hub.policy.labels import basis, why
from hub.services.shelves.labelling import Labelled, known_markings, label_contribution, waiting_items
from hub.store.base import Snapshot, View

MOST_IDS = 10
"""How many missing ids a sentence names; it always says how many there are."""


def told(
    snapshot: Snapshot, view: View, submission: Submission, labelled: Mapping[int, Labelled] | None = None
) -> Submission:
    """Give the submission with a sentence for each object that has a story.

    view: the producer's own, so that it learns nothing of what it can't see. labelled: by item number, what
    the caller has at hand already; read from the shelves if it is None.
    """
    known = labelled_items(snapshot, submission, submission.items) if labelled is None else labelled
    released = {item.object_id for item in submission.items if _is_released(item) and item.number in known}
    sees = cache(lambda id_: id_ in released or view.sees(id_))
    story = Story()
    items = (_with(item, _sentence(item, known.get(item.number), story, sees)) for item in submission.items)
    return replace(submission, items=tuple(items))


class Story:
    """Tells why, once for all objects that are alike in what the answer depends on."""

    def __init__(self) -> None:
        self._told: dict[Hashable, tuple[str, ...]] = {}

    def why(self, found: Labelled) -> tuple[str, ...]:
        """Give the sentences of `policy.labels.why`. Circumstances are the same if they are one value."""
        key = (id(found.given), basis(found.outline, found.given))
        if key not in self._told:
            self._told[key] = why(found.outline, found.given)
        return self._told[key]


def _with(item: Item, message: str) -> Item:
    return item if item.message == message else replace(item, message=message)


def _sentence(item: Item, found: Labelled | None, story: Story, sees: Callable[[str], bool]) -> str:
    if found is None:
        return "deleted since" if _is_released(item) else _ended(item)
    parts = ["in review"] if item.state is ItemState.REVIEW else []
    parts += ["held for the secretariat since it came"] if found.lingers else []
    parts += story.why(found)
    if _is_released(item):
        parts += _missing([id_ for id_ in found.outline.references if not sees(id_)])
    return "; ".join(parts)


def _ended(item: Item) -> str:
    if item.state is ItemState.RETURNED:
        return f"returned: {item.message}; mend it and send it again"
    return item.message


def _missing(ids: list[str]) -> Iterable[str]:
    """Say which references hold the object back for others (S11)."""
    if ids:
        more = ", …" if len(ids) > MOST_IDS else ""
        yield f"refers to {len(ids)} id{'s' * (len(ids) > 1)} not here: {', '.join(ids[:MOST_IDS])}{more}"


def labelled_items(snapshot: Snapshot, submission: Submission, shown: Iterable[Item]) -> dict[int, Labelled]:
    """Read from both shelves what the labels of some of a submission's items are made of, by item number.

    All that waits counts for the statements at hand, shown or not (S6).
    """
    some = {item.number: item for item in shown}
    waiting = [item for item in submission.items if item.state is ItemState.REVIEW]
    found = {item.number: each for item, each in waiting_items(snapshot, submission, waiting) if item.number in some}
    released = {item.place: item for item in some.values() if _is_released(item)}
    known = known_markings(snapshot.registry)
    for contribution in snapshot.contributions({item.object_id for item in released.values()}):
        if item := released.get(contribution.place):
            found[item.number] = label_contribution(snapshot, contribution, known)
    return found


def _is_released(item: Item) -> bool:
    return item.state is ItemState.RELEASED
