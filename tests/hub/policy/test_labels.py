"""Labels: a table of what an object says and what rules it then."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from hub.model.collections import Collection, MarkingKind, PinnedMarking
from hub.model.contributions import Label
from hub.policy.labels import MAX_AHEAD_US, Circumstances, Markings, explicit_level, label, why
from stix_models.markings import PAP, TLP, TLP_MARKING, Level
from stix_models.outline import Outline

GROUP = "marking-definition--765f506c-236a-4c6f-acac-6ae253eb0eca"
SECOND = "marking-definition--865f506c-236a-4c6f-acac-6ae253eb0eca"
XAN = "marking-definition--c08ebd11-f0cb-46ad-a121-69af4afb19b1"
YAN = "marking-definition--d08ebd11-f0cb-46ad-a121-69af4afb19b1"
OURS_RED = "marking-definition--e08ebd11-f0cb-46ad-a121-69af4afb19b1"
UNKNOWN = "marking-definition--ffffffff-0000-4000-8000-000000000000"
IDENTITY = "identity--46ca697f-0545-458e-9397-67eb067842fa"

COLLECTION = Collection(id="91a7b528-80eb-42ed-a74d-c6fbd5a26116", title="Fraud", default_group=GROUP)
MARKINGS = Markings(
    groups={GROUP: "g-fraud", SECOND: "g-two"},
    pinned={
        XAN: PinnedMarking(XAN, MarkingKind.RECIPIENTS, frozenset({"x-xan", "x-may"})),
        YAN: PinnedMarking(YAN, MarkingKind.RECIPIENTS, frozenset({"x-xan"})),
        OURS_RED: PinnedMarking(OURS_RED, MarkingKind.TLP, level=Level.RED),
    },
    identities={IDENTITY: "police-x"},
)
GIVEN = Circumstances(
    collection=COLLECTION,
    producer="bank-a",
    account="a-push",
    default_level=Level.AMBER,
    recipients=frozenset(),
    markings=MARKINGS,
    now=1_000,
)


def outline(*markings: str, created_by: str | None = None, modified: int | None = None) -> Outline:
    """Outline a domain name that carries these markings."""
    return Outline(
        id="domain-name--3c10e93f-798e-5a26-a0c1-08156efab7f5",
        type="domain-name",
        version="",
        version_key="",
        spec_version="2.1",
        created_by=created_by,
        markings=markings,
        references=(),
        revoked=False,
        statement=False,
        modified=modified,
        observable=True,
    )


def of(level: Level, **fields: object) -> Label:
    """Label of bank-a's in the collection."""
    found = Label(collection=COLLECTION.id, level=level, producer="bank-a")
    return replace(found, **fields)  # type: ignore[arg-type]  # the test names the fields it means


CLEAR, GREEN, AMBER, STRICT, RED = (TLP_MARKING[level] for level in list(Level)[:5])
IN_GROUP = frozenset({GROUP})


@pytest.mark.parametrize(
    ("says", "changed", "expected"),
    [
        ((CLEAR,), {}, of(Level.CLEAR)),
        ((CLEAR, GREEN), {}, of(Level.GREEN)),
        ((), {}, of(Level.AMBER, groups=IN_GROUP)),
        ((), {"default_level": Level.GREEN}, of(Level.GREEN)),
        ((AMBER,), {}, of(Level.AMBER, groups=IN_GROUP)),
        (
            (STRICT,),
            {"collection": replace(COLLECTION, default_group=None)},
            of(Level.AMBER_STRICT, groups=None),
        ),
        ((STRICT, SECOND), {}, of(Level.AMBER_STRICT, groups=frozenset({SECOND}))),
        ((CLEAR, GROUP, SECOND), {}, of(Level.CLEAR, groups=frozenset({GROUP, SECOND}))),
        ((RED,), {}, of(Level.RED, account="a-push")),
        ((OURS_RED,), {}, of(Level.RED, account="a-push")),
        (
            (RED,),
            {"recipients": frozenset({"x-pull"})},
            of(Level.RED, account="a-push", recipients=frozenset({"x-pull"})),
        ),
        (
            (RED, XAN, YAN),
            {"recipients": frozenset({"x-pull"})},
            of(Level.RED, account="a-push", recipients=frozenset({"x-xan"})),
        ),
        ((GREEN,), {"recipients": frozenset({"x-pull"})}, of(Level.GREEN)),
        ((GREEN, YAN), {}, of(Level.GREEN, recipients=frozenset({"x-xan"}))),
        ((CLEAR, min(PAP)), {}, of(Level.CLEAR)),
        ((CLEAR, UNKNOWN), {}, of(Level.WITHHELD)),
        ((RED, UNKNOWN), {}, of(Level.WITHHELD, account="a-push")),
        ((CLEAR, UNKNOWN), {"markings": replace(MARKINGS, statements=frozenset({UNKNOWN}))}, of(Level.CLEAR)),
        ((CLEAR,), {"raised": Level.AMBER}, of(Level.AMBER, groups=IN_GROUP)),
        ((RED,), {"raised": Level.GREEN}, of(Level.RED, account="a-push")),
    ],
)
def test_a_label_says_what_the_markings_and_the_circumstances_say(says, changed, expected):
    """S2-S6, S8, S10: the most restrictive level, every group, the named; what is unknown withholds."""
    assert label(outline(*says), replace(GIVEN, **changed)) == expected


def test_another_partners_identity_as_the_creator_holds_the_object():
    """S12: created_by_ref naming another partner's identity is held; one's own or nobody's is not."""
    theirs = outline(CLEAR, created_by=IDENTITY.upper())
    assert label(theirs, GIVEN).level is Level.WITHHELD
    assert label(theirs, replace(GIVEN, producer="police-x")).level is Level.CLEAR
    assert (
        label(outline(CLEAR, created_by="identity--00000000-0000-4000-8000-000000000000"), GIVEN).level is Level.CLEAR
    )


def test_a_version_from_the_future_is_held():
    """S12: `modified` more than 24 h ahead of the wall clock is held, exactly 24 h is not."""
    assert label(outline(CLEAR, modified=GIVEN.now + MAX_AHEAD_US), GIVEN).level is Level.CLEAR
    assert label(outline(CLEAR, modified=GIVEN.now + MAX_AHEAD_US + 1), GIVEN).level is Level.WITHHELD


@examples(
    st.lists(st.sampled_from([*TLP, OURS_RED])),
    st.sampled_from([*TLP, UNKNOWN, GROUP]),
    st.sampled_from([None, *Level]),
)
@settings(max_examples=100, deadline=None)
def test_one_more_marking_never_lowers(markings, more, raised):
    """S3: all markings must be met, so one more, or a raise, never gives a lower level."""
    before = label(outline(*markings, CLEAR), GIVEN)
    after = label(outline(*markings, CLEAR, more), replace(GIVEN, raised=raised))
    assert after.level.rank >= before.level.rank


def test_the_level_of_an_envelope_is_its_most_restrictive_one():
    """S10: the default that unmarked objects of an envelope get is looked up over all its objects."""
    assert explicit_level([outline(GREEN), outline(), outline(STRICT, CLEAR)], MARKINGS) is Level.AMBER_STRICT
    assert explicit_level([outline(), outline(UNKNOWN)], MARKINGS) is None


@pytest.mark.parametrize(
    ("says", "changed", "expected"),
    [
        ((CLEAR,), {}, ()),
        ((), {}, ("no TLP marking: taken as AMBER",)),
        (
            (AMBER,),
            {"collection": replace(COLLECTION, default_group=None)},
            ("AMBER without a group: only you and the secretariat see it",),
        ),
        ((CLEAR, UNKNOWN), {}, (f"withheld: marking {UNKNOWN} is not known here",)),
        ((GREEN,), {"raised": Level.AMBER}, ("raised to AMBER by the secretariat",)),
        ((RED,), {}, ("RED without a recipient: only the account that pushed it sees it",)),
    ],
)
def test_the_producer_is_told_what_his_object_does_not_say_itself(says, changed, expected):
    """visibility.md, Status: a sentence for whatever holds, narrows or supplies."""
    assert why(outline(*says), replace(GIVEN, **changed)) == expected
