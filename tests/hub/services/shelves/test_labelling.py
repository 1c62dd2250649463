"""Labelling: when what stands gets another label (visibility.md S6, S8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.model.collections import MarkingKind, PinnedMarking
from hub.services.shelves.labelling import relabel_marked
from stix_models.markings import Level
from tests.hub.services.world import FRAUD, LOOSE, UNKNOWN, World, domain, statement


def test_a_statement_of_the_same_producer_opens_what_waited_for_it(world: World):
    """S6: before, after or in the same envelope; another producer's definition opens nothing."""
    world.push("a-push", LOOSE, domain("one.test", "clear", UNKNOWN))
    world.push("b-push", LOOSE, statement(UNKNOWN))
    assert not world.sees("x-pull", "one.test")
    world.push("a-push", LOOSE, statement(UNKNOWN), domain("two.test", "clear", UNKNOWN))
    world.push("a-push", LOOSE, domain("three.test", "clear", UNKNOWN))
    assert all(world.sees("x-pull", name) for name in ("one.test", "two.test", "three.test"))


@pytest.mark.parametrize("text", ["TLP:RED", "Share as TLP AMBER", "Traffic Light Protocol: green"])
def test_a_statement_that_speaks_of_tlp_opens_nothing(world: World, text: str):
    """S2, S6: a definition that claims to be TLP is unknown, so what carries it stays withheld."""
    world.push("a-push", LOOSE, statement(UNKNOWN, text), domain("one.test", "clear", UNKNOWN))
    assert not world.sees("x-pull", "one.test")


@pytest.mark.parametrize(
    ("marking", "seers"),
    [
        (PinnedMarking(UNKNOWN, MarkingKind.INFO), ["x-xan", "x-pull", "o-eve"]),
        (PinnedMarking(UNKNOWN, MarkingKind.TLP, level=Level.GREEN), ["x-xan", "x-pull"]),
        (PinnedMarking(UNKNOWN, MarkingKind.RECIPIENTS, frozenset({"x-xan"})), ["x-xan"]),
    ],
)
def test_a_registered_marking_opens_what_it_withheld_as_far_as_it_means(world: World, marking, seers):
    """S6: the secretariat registers an id as info, a level or recipients, and what carries it gets its audience."""
    world.push("a-push", LOOSE, domain("one.test", "clear", UNKNOWN))

    def register(tx) -> int:
        tx.registry.put_marking(marking)
        return relabel_marked(tx, [UNKNOWN])

    assert world.store.commit(register) == 1
    assert [name for name in ("x-xan", "x-pull", "o-eve") if world.sees(name, "one.test")] == seers


def test_the_default_group_stays_as_it_was_at_the_release(world: World):
    """S5: a collection's default is applied once; a relabelling later doesn't take the new one."""
    waits = world.push("a-push", FRAUD, domain("one.test", "amber", UNKNOWN))
    world.review.release(world.actor("s-sue"), waits.id)

    def change(tx) -> int:
        tx.registry.put_collection(replace(FRAUD, default_group=None))
        tx.registry.put_marking(PinnedMarking(UNKNOWN, MarkingKind.INFO))
        return relabel_marked(tx, [UNKNOWN])

    assert world.store.commit(change) == 1
    assert world.sees("x-pull", "one.test")
