"""Who may see a contribution when everything around it counts: expressions over labels, kept as a graph.

A node is an atom (a label), the AND or OR of nodes, or one node less another. Nodes are interned by canonical
form, so equal audiences are one number, and a number means the same for ever. The empty AND is everybody,
the empty OR nobody.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hub.model.contributions import Label
from hub.policy.rules import Reader, spans
from hub.policy.spans import Spans, intersect, subtract, unite
from stix_models.markings import Level

MOST_KEPT = 100_000
"""How many combinations are remembered before all are forgotten: bounds memory, never meaning."""

PAIRWISE = 64
"""Above so many members an AND or OR is not searched for members that others contain: only cost, never meaning."""


class Kind(StrEnum):
    """What a node is, and the first character of its text."""

    ATOM = "L"
    AND = "&"
    OR = "|"
    LESS = "-"


@dataclass(frozen=True, slots=True)
class Node:
    """One node; `parts` are numbers of nodes (sorted, but for LESS), `label` is set for an atom."""

    kind: Kind
    parts: tuple[int, ...] = ()
    label: Label | None = None


class Audiences:
    """The graph. Numbers are given in order, from 0; a store keeps the texts and plays them back with `learn`."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._numbers: dict[Node, int] = {}
        self._combined: dict[tuple[Kind, frozenset[int]], int] = {}
        self._owners: dict[Label, int] = {}

    def __len__(self) -> int:
        return len(self.nodes)

    def learn(self, text: str) -> int:
        """Add the node a text says (as `text` wrote it) as the next number."""
        return self._intern(_parse(text))

    def text(self, number: int) -> str:
        """Write a node so that `learn` understands it."""
        return _write(self.nodes[number])

    def forget(self, length: int) -> None:
        """Drop all numbers from `length` on: their commit did not come to be."""
        for node in self.nodes[length:]:
            del self._numbers[node]
        del self.nodes[length:]
        self._combined.clear()
        self._owners.clear()

    def atom(self, label: Label) -> int:
        """Give those who may see the label."""
        return self._intern(Node(Kind.ATOM, label=label))

    def own(self, label: Label) -> int:
        """Give the label's producer alone, as far as S8 goes: what is withheld from all others."""
        found = self._owners.get(label)
        if found is None:
            recipients = label.recipients if label.account else None
            only = Label(None, Level.WITHHELD, label.producer, label.account, recipients=recipients)
            found = self._owners[label] = self.atom(only)
        return found

    def without(self, number: int, part: int) -> int:
        """Give an OR less one of its parts; any other node as it is."""
        node = self.nodes[number]
        if number == part or (node.kind is Kind.OR and part in node.parts):
            return self.either(other for other in node.parts if other != part)
        return number

    def both(self, parts: Iterable[int]) -> int:
        """Give the AND of the parts, without the parts that say nothing more."""
        return self._combine(Kind.AND, parts)

    def either(self, parts: Iterable[int]) -> int:
        """Give the OR of the parts, without the parts that add nobody."""
        return self._combine(Kind.OR, parts)

    def less(self, whole: int, part: int) -> int:
        """Give those of `whole` who are not in `part`."""
        nobody = self.either(())
        if part == nobody:
            return whole
        if whole == part:
            return nobody
        return self._intern(Node(Kind.LESS, (whole, part)))

    def spans(self, reader: Reader, number: int, known: dict[int, Spans]) -> Spans:
        """Give when the reader belongs to the audience. known: results for this same reader, added to."""
        stack = [number]
        while stack:  # no recursion: a chain of references may be long
            node = self.nodes[stack[-1]]
            missing = [part for part in node.parts if part not in known]
            if missing:
                stack += missing
            else:
                known[stack.pop()] = _evaluate(reader, node, known)
        return known[number]

    def _intern(self, node: Node) -> int:
        number = self._numbers.get(node)
        if number is None:
            number = self._numbers[node] = len(self.nodes)
            self.nodes.append(node)
        return number

    def _combine(self, kind: Kind, parts: Iterable[int]) -> int:
        """Combine parts; a commit asks for the same few combinations thousands of times, so they are kept."""
        wanted = (kind, frozenset(parts))
        found = self._combined.get(wanted)
        if found is None:
            if len(self._combined) >= MOST_KEPT:
                self._combined.clear()
            found = self._combined[wanted] = self._simplified(*wanted)
        return found

    def _simplified(self, kind: Kind, parts: Iterable[int]) -> int:
        flat: set[int] = set()
        for part in parts:
            node = self.nodes[part]
            flat.update(node.parts if node.kind is kind else (part,))
        opposite = self._intern(Node(Kind.OR if kind is Kind.AND else Kind.AND))
        if opposite in flat:  # nobody in an AND, everybody in an OR
            return opposite
        if 1 < len(flat) <= PAIRWISE:
            flat = self._needed(kind, flat)
        return flat.pop() if len(flat) == 1 else self._intern(Node(kind, tuple(sorted(flat))))

    def _needed(self, kind: Kind, parts: set[int]) -> set[int]:
        """Drop from an AND what contains another part, from an OR what another part contains."""
        kept: list[int] = []
        for part in sorted(parts):
            if any(self._redundant(kind, part, other) for other in kept):
                continue
            kept = [other for other in kept if not self._redundant(kind, other, part)]
            kept.append(part)
        return set(kept)

    def _redundant(self, kind: Kind, part: int, beside: int) -> bool:
        return self._within(beside, part) if kind is Kind.AND else self._within(part, beside)

    def _within(self, inner: int, outer: int) -> bool:
        """Whether everyone of `inner` is surely in `outer`, as far as can be told at a glance."""
        if inner == outer:
            return True
        a, b = self.nodes[inner], self.nodes[outer]
        if a.label is not None and b.label is not None:
            return label_within(a.label, b.label)
        if b.kind is Kind.OR:
            return inner in b.parts or (a.label is not None and any(self._atom_within(a, part) for part in b.parts))
        return a.kind is Kind.AND and (outer in a.parts or any(self._within_atom(part, b) for part in a.parts))

    def _atom_within(self, atom: Node, outer: int) -> bool:
        label = self.nodes[outer].label
        return atom.label is not None and label is not None and label_within(atom.label, label)

    def _within_atom(self, inner: int, atom: Node) -> bool:
        label = self.nodes[inner].label
        return label is not None and atom.label is not None and label_within(label, atom.label)


def _evaluate(reader: Reader, node: Node, known: dict[int, Spans]) -> Spans:
    if node.label is not None:
        return spans(reader, node.label)
    parts = [known[part] for part in node.parts]
    if node.kind is Kind.LESS:
        return subtract(parts[0], parts[1])
    return intersect(*parts) if node.kind is Kind.AND else unite(*parts)


def label_within(inner: Label, outer: Label) -> bool:
    """Whether every reader of `inner` surely is one of `outer`; no is always a safe answer.

    By S4 each level's readers are among those of the level below, as long as producer, collection and groups
    leave as much; RED's are, since a named account is a member's.
    """
    if inner.producer != outer.producer or not _same_owners(inner, outer):
        return False
    if inner.level is Level.WITHHELD:
        return True
    return (
        outer.level.rank <= min(inner.level.rank, Level.AMBER_STRICT.rank)
        and outer.collection in (None, inner.collection)
        and _groups_within(inner, outer)
        and outer.recipients in (None, inner.recipients)
    )


def _same_owners(inner: Label, outer: Label) -> bool:
    return not outer.account or (inner.account, inner.recipients) == (outer.account, outer.recipients)


def _groups_within(inner: Label, outer: Label) -> bool:
    required = _groups(outer)
    given = _groups(inner)
    if given is None or required is None:
        return given is None
    return required <= given


def _groups(label: Label) -> frozenset[str] | None:
    """Give the groups to be met; None for nobody: AMBER that names none is that too, as in rules._groups (S5)."""
    return None if not label.groups and label.level in (Level.AMBER, Level.AMBER_STRICT) else label.groups


def _write(node: Node) -> str:
    if node.label is None:
        return node.kind + ",".join(map(str, node.parts))
    label = node.label
    fields = [
        label.collection,
        label.level,
        label.producer,
        label.account,
        None if label.groups is None else sorted(label.groups),
        None if label.recipients is None else sorted(label.recipients),
    ]
    return Kind.ATOM + json.dumps(fields, separators=(",", ":"))


def _parse(text: str) -> Node:
    kind = Kind(text[0])
    if kind is not Kind.ATOM:
        return Node(kind, tuple(map(int, text[1:].split(","))) if text[1:] else ())
    collection, level, producer, account, groups, recipients = json.loads(text[1:])
    return Node(
        kind,
        label=Label(
            collection,
            Level(level),
            producer,
            account,
            None if groups is None else frozenset(groups),
            None if recipients is None else frozenset(recipients),
        ),
    )
