"""The twin hub: the same acts without what one reader may never see, at the same times (S17)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hub.model.collections import Right
from tests.hub.store.stage import (
    CAST,
    DAWN,
    MAIN,
    SECOND,
    SIDE,
    Act,
    Clock,
    Delete,
    Hold,
    Pin,
    Push,
    Relabel,
    Rights,
    Stage,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.hub.store.oracle import Held, History, Member

Family = tuple[str, str]
"""A producer and the id of one of its objects: what S14 keeps together."""


def compare(acts: Sequence[Act], history: History, member: Member, raise_stage: Callable[[], Stage]) -> None:
    """Play the acts a second apart with and without what the reader never saw, and compare every page.

    history: what came of the acts when they were played before; who sees what doesn't hang on the clock.
    """
    full, bare = raise_stage(), raise_stage()
    full.settle()
    bare.settle()
    shown = seen_families(history, member)
    for number, act in enumerate(acts, 1):
        full.wall.now = bare.wall.now = DAWN + number * SECOND
        if isinstance(act, Clock):
            continue
        full.play(act)
        rest = without(act, shown, member)
        if rest is not None:
            bare.play(rest)
        limit = 1 + number % 7
        for collection in (MAIN, SIDE):
            assert full.feed(member.account, collection, limit) == bare.feed(member.account, collection, limit), (
                f"{member.account} can tell the twins apart in {collection} after act {number}, {act}"
            )


def seen_families(history: History, member: Member) -> frozenset[Family]:
    """Give the families of which the reader saw a contribution at any time."""
    return frozenset(
        (it.producer, it.outline.id)
        for step, state in enumerate(history.states)
        for it in state.standing
        if it.place in history.seen(step, member)
    )


def without(act: Act, shown: frozenset[Family], member: Member) -> Act | None:
    """Give what is left of an act when what the reader never sees is taken out; None if nothing is."""
    match act:
        case Push():
            producer = CAST[act.account].partner
            kept = tuple(it for it in act.offered if (producer, it.outline.id) in shown)
            return replace(act, offered=kept) if kept else None
        case Relabel():
            labels = tuple(it for it in act.labels if (it[0].producer, it[0].object_id) in shown)
            return Relabel(labels) if labels else None
        case Delete():
            keys = tuple(it for it in act.keys if (it.producer, it.object_id) in shown)
            return Delete(keys) if keys else None
        case Rights():
            opened = tuple(it for it in act.opened if concerns(it, member))
            ended = tuple(it for it in act.ended if concerns(it, member))
            return Rights(opened, ended) if opened or ended else None
        case Hold() | Pin() | Clock():
            return act


def concerns(held: Held, member: Member) -> bool:
    """Whether a right is the reader's own or one he may come to by a group."""
    if held.right is Right.READ:
        return not held.subject.startswith("partner:") or held.subject == f"partner:{member.partner}"
    return held.subject in (f"partner:{member.partner}", f"account:{member.account}")
