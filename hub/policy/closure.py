"""The audience of contributions among others: closure (S11), versions (S14), several producers (S12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hub.model.contributions import Label
from hub.policy.audience import Audiences


@dataclass(frozen=True, slots=True)
class Standing:
    """One contribution as its audience depends on it. place tells first from later (S12)."""

    place: int
    object_id: str
    collection: str
    producer: str
    version_key: str
    observable: bool
    label: Label
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Audience:
    """closure: who may see the contribution. shown: less those who get another producer's of the id instead."""

    closure: int
    shown: int


def audiences(graph: Audiences, work: Iterable[Standing], outside: Mapping[str, int]) -> dict[int, Audience]:
    """Give the audience of every contribution of the ids at work, by place.

    work: all standing contributions of each id at work, and all ids of every cycle that one of them is in.
    outside: for each other id referred to, who may see it (nobody, if it is not there).
    """
    by_id: dict[str, list[Standing]] = defaultdict(list)
    for each in work:
        by_id[each.object_id].append(each)
    closures = _closures(graph, by_id, outside)
    shown: dict[int, Audience] = {}
    for group in by_id.values():
        for each in group:
            number = closures[each.place]
            rivals = [other for other in group if other.collection == each.collection]
            shown[each.place] = Audience(number, _shown(graph, each, rivals, closures))
    return shown


def components(edges: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Give the strongly connected components of a graph, each after all it points to (Tarjan, without recursion)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    on_path: set[str] = set()
    found: list[list[str]] = []
    for root in edges:
        if root in order:
            continue
        stack = [(root, iter(edges[root]))]
        order[root] = low[root] = len(order)
        path.append(root)
        on_path.add(root)
        while stack:
            node, targets = stack[-1]
            for target in targets:
                if target not in edges:
                    continue
                if target not in order:
                    order[target] = low[target] = len(order)
                    path.append(target)
                    on_path.add(target)
                    stack.append((target, iter(edges[target])))
                    break
                if target in on_path:
                    low[node] = min(low[node], order[target])
            else:
                stack.pop()
                if stack:
                    low[stack[-1][0]] = min(low[stack[-1][0]], low[node])
                if low[node] == order[node]:
                    found.append(_take(path, on_path, node))
    return found


def _take(path: list[str], on_path: set[str], node: str) -> list[str]:
    """Cut the component that begins at the node off the path."""
    component = []
    while node in on_path:
        component.append(path.pop())
        on_path.remove(component[-1])
    return component


def _closures(graph: Audiences, by_id: Mapping[str, list[Standing]], outside: Mapping[str, int]) -> dict[int, int]:
    """S11 as a greatest fixed point: in a cycle everybody is let in at first, and round by round less."""
    latest = {each.place: _latest(graph, each, group) for group in by_id.values() for each in group}
    edges = {id_: {ref for each in group for ref in each.references if ref in by_id} for id_, group in by_id.items()}
    visible = dict(outside)
    closures: dict[int, int] = {}
    for component in components(edges):
        members = [each for id_ in component for each in by_id[id_]]
        cyclic = len(component) > 1 or component[0] in edges[component[0]]
        if cyclic:
            visible.update(dict.fromkeys(component, graph.both(())))
        for _ in range(len(members) + 1 if cyclic else 1):
            before = [visible.get(id_) for id_ in component]
            for each in members:
                closures[each.place] = _closure(graph, each, latest[each.place], visible)
            for id_ in component:
                visible[id_] = graph.either(closures[each.place] for each in by_id[id_])
            if before == [visible[id_] for id_ in component]:
                break
    return closures


def _closure(graph: Audiences, each: Standing, latest: int, visible: Mapping[str, int]) -> int:
    """Own OR (its label AND its latest version's markings AND every reference), S8, S11, S14."""
    own = graph.own(each.label)
    rest = [graph.without(visible[reference], own) for reference in each.references]
    return graph.either((own, graph.both((graph.atom(each.label), latest, *rest))))


def _latest(graph: Audiences, each: Standing, group: Iterable[Standing]) -> int:
    """Give the markings of the producer's latest version, where that is another (S14)."""
    own = [other for other in group if other.producer == each.producer]
    newest = max(other.version_key for other in own)
    if newest == each.version_key:
        return graph.both(())
    last = [other for other in own if other.version_key == newest]
    here = [other for other in last if other.collection == each.collection]
    return graph.both(graph.atom(replace(other.label, collection=None)) for other in here or last)


def _shown(graph: Audiences, each: Standing, rivals: Iterable[Standing], closures: Mapping[int, int]) -> int:
    """S12: of several producers' contributions of an id a reader gets his own, else the first in rank."""
    of: dict[str, list[Standing]] = defaultdict(list)
    for rival in rivals:
        of[rival.producer].append(rival)
    if len(of) == 1:
        return closures[each.place]
    rank = {producer: _rank(group) for producer, group in of.items()}
    others = [rival for rival in rivals if rival.producer != each.producer]
    instead = graph.either(
        closures[rival.place] if rank[rival.producer] < rank[each.producer] else graph.own(rival.label)
        for rival in others
    )
    return graph.either((graph.own(each.label), graph.less(closures[each.place], instead)))


def _rank(group: list[Standing]) -> tuple[int, int]:
    """Observables: the most restrictive first, then the earliest; other types: the earliest."""
    first = min(each.place for each in group)
    return (-max(each.label.level.rank for each in group) if group[0].observable else 0, first)
