"""Audiences as a graph: whatever is simplified, the meaning stays."""

from __future__ import annotations

from functools import reduce

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hub.model.contributions import Label
from hub.model.members import AccountKind, PartnerKind
from hub.policy.audience import Audiences, label_within
from hub.policy.rules import Reader, spans
from hub.policy.spans import ALWAYS, NEVER, intersect, subtract, unite
from stix_models.markings import Level
from tests.hub.policy.people import labels, readers

trees = st.recursive(
    labels(),
    lambda inner: st.one_of(
        st.tuples(st.just("both"), st.lists(inner, max_size=4)),
        st.tuples(st.just("either"), st.lists(inner, max_size=4)),
        st.tuples(st.just("less"), st.tuples(inner, inner)),
    ),
    max_leaves=8,
)


def build(graph, tree):
    """Make the node of a tree."""
    if not isinstance(tree, tuple):
        return graph.atom(tree)
    name, parts = tree
    numbers = [build(graph, part) for part in parts]
    return graph.less(*numbers) if name == "less" else getattr(graph, name)(numbers)


def meaning(reader, tree):
    """Evaluate a tree as it stands."""
    if not isinstance(tree, tuple):
        return spans(reader, tree)
    name, parts = tree
    each = [meaning(reader, part) for part in parts]
    if name == "less":
        return subtract(*each)
    return reduce(intersect, each, ALWAYS) if name == "both" else reduce(unite, each, NEVER)


@settings(max_examples=300, deadline=None)
@given(trees, readers)
def test_a_simplified_audience_means_what_was_written(tree, reader):
    """For every reader an interned node has the spans of the expression it was made of."""
    graph = Audiences()
    assert graph.spans(reader, build(graph, tree), {}) == meaning(reader, tree)


AMBER_ALONE = Label("c2", Level.AMBER, "a")
OF_A_GROUP = Label("c2", Level.AMBER, "a", groups=frozenset({"g1"}))
MEMBER = Reader(
    "x", "b", PartnerKind.MEMBER, AccountKind.PERSON, reads={"c2": ALWAYS}, groups={"g1": ALWAYS, "g2": ALWAYS}
)


@settings(max_examples=1_000, deadline=None)
@example(OF_A_GROUP, AMBER_ALONE, MEMBER)
@given(labels(), labels(), readers)
def test_a_label_within_another_never_has_a_reader_the_other_lacks(inner, outer, reader):
    """`label_within` may say no too often, and yes only when it is true."""
    if label_within(inner, outer):
        assert subtract(spans(reader, inner), spans(reader, outer)) == NEVER


@settings(max_examples=100, deadline=None)
@given(trees)
def test_a_graph_played_back_gives_the_same_numbers(tree):
    """What a store keeps of the graph is enough to build it again."""
    graph, again = Audiences(), Audiences()
    build(graph, tree)
    for number in range(len(graph)):
        assert again.learn(graph.text(number)) == number


def test_a_long_chain_is_evaluated_without_recursion():
    """An audience as deep as a chain of ten thousand references is no danger to the hub."""
    graph = Audiences()
    number = graph.atom(Label("c1", Level.GREEN, "a"))
    for step in range(10_000):
        number = graph.both((number, graph.either((number, graph.atom(Label("c1", Level.RED, "a", str(step)))))))
        number = graph.less(number, graph.atom(Label("c2", Level.RED, "b", str(step))))
    reader = Reader("x", "a", PartnerKind.MEMBER, AccountKind.PERSON)
    assert graph.spans(reader, number, {}) == ALWAYS
