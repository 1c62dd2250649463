"""The oracle itself on worked examples of the definition, and the policy against its table (S4)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.collections import Right
from hub.model.contributions import Label
from hub.model.members import SECRETARIAT, AccountKind, PartnerKind
from hub.policy.rules import Reader, spans
from hub.policy.spans import Spans
from stix_models.markings import Level
from tests.hub.store.oracle import Held, History, Member, Standing, State, permits
from tests.hub.store.stage import CAST, GROUPS, MAIN, ONE, TWO, identify, outline_of

ADA, BOB, EVE = CAST["a-ada"], CAST["b-bob"], CAST["o-eve"]
CLEAR = Label(MAIN, Level.CLEAR, "bank-a")
INTO_ONE = Label(MAIN, Level.AMBER, "bank-a", groups=frozenset({ONE}))
EVERYBODY_READS = Held(Right.READ, "*", MAIN)
OUT, IN = frozenset[str](), frozenset({ONE})
BOB_IN_ONE = Held(Right.MEMBER, "partner:bank-b", ONE)


def released(place: int, label: Label = CLEAR, object_id: str = "", **outline: object) -> Standing:
    """Give a contribution of bank-a (or the label's producer) at a place."""
    described = replace(outline_of(object_id or identify("note", place), 1), **outline)  # type: ignore[arg-type] # any field of it, by name
    return Standing(place, MAIN, label.producer, "a-ada", described, label, b"%d" % place)


def labelled(level: Level) -> Label:
    """Give bank-a's label of a level with a group; RED is for its submitter alone."""
    if level is Level.RED:
        return Label(MAIN, level, "bank-a", "a-ada", IN, OUT)
    return Label(MAIN, level, "bank-a", groups=IN)


def history(*states: State) -> History:
    """Give a history in which everybody may read, unless a state says otherwise."""
    found = History()
    for state in states:
        found.then(replace(state, rights=state.rights or frozenset({EVERYBODY_READS})))
    return found


def dates(found: History, member: Member) -> list[tuple[int, int]]:
    """Give the reader's feed as (date_added, place)."""
    return [(it.date_added, it.standing.place) for it in found.feed(member, MAIN)]


def test_date_added_counts_only_what_the_reader_sees() -> None:
    """Of one commit's rows the hidden one in the middle takes none of the reader's stamps."""
    commit = State(100, (released(0), released(1, INTO_ONE), released(2)))
    assert dates(history(commit), BOB) == [(100, 0), (101, 2)]
    assert dates(history(commit), ADA) == [(100, 0), (101, 1), (102, 2)]


def test_an_opening_gives_the_old_ones_in_place_order() -> None:
    """Who is let in late gets what was there as one block at the opening's stamp."""
    there = (released(0, INTO_ONE), released(1), released(2, INTO_ONE))
    opened = State(300, there, frozenset({EVERYBODY_READS, BOB_IN_ONE}))
    found = history(State(100, there[:2]), State(200, there), opened)
    assert dates(found, BOB) == [(101 - 1, 1), (300, 0), (301, 2)]


def test_a_date_stays_while_the_view_is_unbroken() -> None:
    """Neither a narrowing that leaves him in nor a deletion before it in its block moves a date."""
    raised = released(1, replace(CLEAR, level=Level.GREEN))
    found = history(State(100, (released(0), released(1))), State(200, (released(0), raised)))
    assert dates(found, BOB) == [(100, 0), (101, 1)]
    found.then(replace(found.now, stamp=300, standing=(raised,)))
    assert dates(found, BOB) == [(101, 1)]
    assert dates(found, EVE) == []


def test_a_broken_view_begins_anew() -> None:
    """What was lost and comes back has the date of its return."""
    lost = State(200, (released(0),), frozenset({BOB_IN_ONE}))
    found = history(State(100, (released(0),)), lost, State(300, (released(0),)))
    assert dates(found, BOB) == [(300, 0)]


def test_a_right_that_moves_in_one_commit_breaks_nothing() -> None:
    """Reading by another way from the same stamp on is the same view."""
    other_way = frozenset({Held(Right.READ, "partner:bank-b", MAIN)})
    found = history(State(100, (released(0),)), State(200, (released(0),), other_way))
    assert dates(found, BOB) == [(100, 0)]


def test_references_open_and_cycles_hold_each_other_up() -> None:
    """A dangling reference hides, what resolves it opens; two that refer to each other are seen (S11)."""
    first, second, third = (identify("note", number) for number in range(3))
    one = released(0, object_id=first, references=(second,))
    two = released(1, object_id=second, references=(first,))
    lone = released(2, object_id=third, references=(identify("note", 9),))
    found = history(State(100, (one, lone)), State(200, (one, lone, two)))
    assert dates(found, BOB) == [(200, 0), (201, 1)]
    assert dates(found, ADA) == [(100, 0), (101, 2), (200, 1)]


def test_a_raised_latest_version_recalls_older_ones() -> None:
    """A version needs its own markings and those of the producer's latest version that stands (S14)."""
    old, new = (
        released(0, object_id=identify("note", 0)),
        released(1, INTO_ONE, identify("note", 0), version_key="9"),
    )
    found = history(State(100, (old,)), State(200, (old, new)), State(300, (old,)))
    assert dates(found, BOB) == [(300, 0)]
    assert dates(found, ADA) == [(100, 0)]


def test_of_several_producers_of_an_observable_one_is_given() -> None:
    """The most restrictive visible one, then the earliest; one's own before all (S12)."""
    id_ = identify("domain-name", 0)
    clear = released(0, CLEAR, id_)
    green = released(1, Label(MAIN, Level.GREEN, "bank-b"), id_)
    found = history(State(100, (clear,)), State(200, (clear, green)))
    assert dates(found, CAST["r-rik"]) == [(200, 1)]
    assert dates(found, BOB) == [(200, 1)]
    assert dates(found, ADA) == [(100, 0)]
    assert dates(found, EVE) == [(100, 0)]


# S4's columns: who they are, and whether each level reaches them (a dash: not, y: yes), CLEAR to withheld.
COLUMNS = [
    ("observer", "o-eve", IN, "y-----"),
    ("member outside the group", "b-bob", OUT, "------"),
    ("relay outside the group", "r-rik", OUT, "------"),
    ("relay in the group", "r-rik", IN, "yyy---"),
    ("client of a member in the group", "a-own", IN, "yyy---"),
    ("member's person in the group", "b-bob", IN, "yyyy--"),
    ("member's service in the group", "b-red", IN, "yyyy--"),
    ("producer's person, submitter", "a-ada", OUT, "yyyyyy"),
    ("producer's service", "a-bot", OUT, "yyyy-y"),
    ("secretariat person", "s-ann", OUT, "yyyy--"),
    ("secretariat service", "s-bot", OUT, "------"),
]


@pytest.mark.parametrize(("who", "account", "groups", "row"), COLUMNS, ids=[it[0] for it in COLUMNS])
def test_the_table_of_levels_for_a_group_marking(who: str, account: str, groups: frozenset[str], row: str) -> None:
    """With a group marking each level reaches exactly its audience inside the group (S4, S5)."""
    member = CAST[account]
    rights = {Held(Right.MEMBER, f"partner:{member.partner}", group) for group in groups}
    state = State(1, rights=frozenset({EVERYBODY_READS, Held(Right.SECRETARIAT, "account:s-ann"), *rights}))
    found = [permits(state, member, labelled(level)) for level in Level]
    assert "".join("y" if it else "-" for it in found) == row


RED = Label(MAIN, Level.RED, "bank-a", "a-ada", IN, frozenset(CAST) - {"a-ada"})
NAMED = [
    ("a member's person in the group", "b-bob", IN, True),
    ("a member's person outside the group", "b-bob", OUT, False),
    ("a service registered as RED-capable", "b-red", IN, True),
    ("another service", "s-bot", IN, False),
    ("a client", "a-own", IN, False),
    ("a relay", "r-rik", IN, False),
    ("an observer", "o-eve", IN, False),
    ("the submitter", "a-ada", OUT, True),
    ("another of the producer's", "a-bot", OUT, True),
    ("a secretariat person outside the group", "s-ann", OUT, True),
]


@pytest.mark.parametrize(("who", "account", "groups", "reached"), NAMED, ids=[it[0] for it in NAMED])
def test_whom_red_reaches_of_those_it_names(who: str, account: str, groups: frozenset[str], reached: bool) -> None:
    """RED is for named persons and RED-capable services of members, in the group it is marked with (S4)."""
    member = CAST[account]
    held = {Held(Right.MEMBER, f"partner:{member.partner}", group) for group in groups}
    roles = {Held(Right.SECRETARIAT, "account:s-ann"), Held(Right.RED_CAPABLE, "account:b-red")}
    state = State(1, rights=frozenset({EVERYBODY_READS, *held, *roles}))
    assert permits(state, member, RED) is reached
    assert permits(state, member, replace(RED, recipients=OUT)) is (account == "a-ada")


INSTANTS = range(8)
intervals = st.lists(st.sampled_from(INSTANTS), max_size=4, unique=True).map(sorted)
histories: st.SearchStrategy[Spans] = intervals.map(lambda ends: tuple(zip(ends[::2], ends[1::2], strict=False)))
readers = st.builds(
    Reader,
    account=st.sampled_from(["x", "y"]),
    partner=st.sampled_from(["p", "q", SECRETARIAT]),
    partner_kind=st.sampled_from(PartnerKind),
    account_kind=st.sampled_from(AccountKind),
    reads=st.dictionaries(st.just(MAIN), histories),
    groups=st.dictionaries(st.sampled_from([ONE, TWO]), histories),
    secretariat=st.just(()),
    red_capable=histories,
)
labels = st.builds(
    Label,
    collection=st.sampled_from([MAIN, MAIN, None]),
    level=st.sampled_from(Level),
    producer=st.sampled_from(["p", "q"]),
    groups=st.none() | st.sets(st.sampled_from([ONE, TWO])).map(frozenset),
    recipients=st.none() | st.sets(st.sampled_from(["x", "y"])).map(frozenset),
).map(lambda label: replace(label, account="x") if label.level in (Level.RED, Level.WITHHELD) else label)


def as_of(reader: Reader, instant: int) -> State:
    """Give the rights the reader's history has at an instant."""
    held = [
        (reader.reads.get(MAIN, ()), Held(Right.READ, f"partner:{reader.partner}", MAIN)),
        (reader.secretariat, Held(Right.SECRETARIAT, f"account:{reader.account}")),
        (reader.red_capable, Held(Right.RED_CAPABLE, f"account:{reader.account}")),
    ]
    held += [
        (reader.groups.get(group, ()), Held(Right.MEMBER, f"partner:{reader.partner}", group))
        for group in GROUPS.values()
    ]
    return State(instant, rights=frozenset(it for when, it in held if contains(when, instant)))


def contains(when: Spans, instant: int) -> bool:
    """Whether an instant lies in one of the spans."""
    return any(since <= instant < until for since, until in when)


@settings(max_examples=600, deadline=None)
@given(reader=readers, label=labels, secretariat=histories)
def test_spans_are_the_table_at_every_instant(reader: Reader, label: Label, secretariat: Spans) -> None:
    """The policy's spans contain an instant exactly if the table, by the rights of then, says yes."""
    if reader.partner == SECRETARIAT and reader.account_kind is AccountKind.PERSON:
        reader = replace(reader, partner_kind=PartnerKind.MEMBER, secretariat=secretariat)
    member = Member(reader.account, reader.partner, reader.partner_kind, reader.account_kind)
    found = [contains(spans(reader, label), instant) for instant in INSTANTS]
    assert found == [permits(as_of(reader, instant), member, label) for instant in INSTANTS]
