"""Closure, versions and several producers, against a naive evaluation reader by reader."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.contributions import Label
from hub.policy.audience import Audiences
from hub.policy.closure import Standing, audiences, components
from hub.policy.rules import spans
from hub.policy.spans import contains
from stix_models.markings import Level
from tests.hub.policy.people import labels, readers

IDS = ("i1", "i2", "i3", "i4")
NOW = 15


@st.composite
def worlds(draw):
    """Give contributions of a few ids that refer to each other, also in cycles and into the void."""
    number = draw(st.integers(1, 7))
    world = []
    for place in range(1, number + 1):
        label = draw(labels().filter(lambda each: each.collection is not None))
        world.append(
            Standing(
                place,
                draw(st.sampled_from(IDS)),
                label.collection or "",
                label.producer,
                draw(st.sampled_from(["1", "2", "3"])),
                observable=False,
                label=label,
                references=tuple(sorted(draw(st.sets(st.sampled_from((*IDS, "void")), max_size=2)))),
            )
        )
    kinds = {each.object_id: draw(st.booleans()) for each in world}
    return [
        Standing(
            e.place, e.object_id, e.collection, e.producer, e.version_key, kinds[e.object_id], e.label, e.references
        )
        for e in world
    ]


def own(reader, label):
    """S8, by the label that only its owner sees."""
    only = Label(None, Level.WITHHELD, label.producer, label.account, recipients=label.recipients)
    return contains(spans(reader, only), NOW)


def allowed(reader, world, each):
    """Check the markings of the contribution and of its producer's latest version (S14)."""
    mine = [other for other in world if (other.object_id, other.producer) == (each.object_id, each.producer)]
    newest = max(other.version_key for other in mine)
    last = [other for other in mine if other.version_key == newest]
    last = [other for other in last if other.collection == each.collection] or last
    if newest == each.version_key:
        last = []
    marks = [Label(None, o.label.level, o.producer, o.label.account, o.label.groups, o.label.recipients) for o in last]
    return all(contains(spans(reader, label), NOW) for label in [each.label, *marks])


def closed(reader, world):
    """S11: the greatest set in which everything referred to is in the set too; own ones are exempt."""
    inside = {each.place for each in world}
    while True:
        ids = {each.object_id for each in world if each.place in inside}
        kept = {
            each.place
            for each in world
            if each.place in inside
            and (own(reader, each.label) or (allowed(reader, world, each) and ids.issuperset(each.references)))
        }
        if kept == inside:
            return inside
        inside = kept


def shown(reader, world, inside):
    """S12: one producer's contributions of an id in a collection; his own, else the first in rank."""
    result = set()
    for each in world:
        if each.place not in inside:
            continue
        group = [o for o in world if (o.object_id, o.collection) == (each.object_id, each.collection)]

        def rank(producer, group=group):
            theirs = [other for other in group if other.producer == producer]
            level = max(other.label.level.rank for other in theirs) if theirs[0].observable else 0
            return (-level, min(other.place for other in theirs))

        rivals = [o for o in group if o.producer != each.producer and o.place in inside]
        beaten = any(own(reader, o.label) or rank(o.producer) < rank(each.producer) for o in rivals)
        if own(reader, each.label) or not beaten:
            result.add(each.place)
    return result


@settings(max_examples=400, deadline=None)
@given(worlds(), readers)
def test_the_audience_of_each_contribution_is_the_greatest_fixed_point(world, reader):
    """Closure, versions and precedence give each reader exactly what a naive evaluation gives (S11, S12, S14)."""
    graph = Audiences()
    there = {each.object_id for each in world}
    outside = {target: graph.either(()) for each in world for target in each.references if target not in there}
    found = audiences(graph, world, outside)
    inside = closed(reader, world)
    known = {}
    assert {p for p, a in found.items() if contains(graph.spans(reader, a.closure, known), NOW)} == inside
    assert {p for p, a in found.items() if contains(graph.spans(reader, a.shown, known), NOW)} == shown(
        reader, world, inside
    )


@given(st.dictionaries(st.integers(0, 7), st.sets(st.integers(0, 7))))
def test_components_come_after_what_they_point_to(edges):
    """Two nodes share a component if each leads to the other; a component stands after all it leads to."""
    graph = {str(node): [str(target) for target in targets] for node, targets in edges.items()}

    def reach(node, seen):
        for target in graph.get(node, ()):
            if target in graph and target not in seen:
                seen.add(target)
                reach(target, seen)
        return seen

    order = {node: index for index, component in enumerate(components(graph)) for node in component}
    assert order.keys() == graph.keys()
    for node in graph:
        for target in reach(node, set()):
            assert order[target] <= order[node]
            assert (order[target] == order[node]) == (target == node or node in reach(target, set()))
