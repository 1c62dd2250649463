"""Who may see what, as the table of S4 has it."""

from __future__ import annotations

import pytest

from hub.model.contributions import Label
from hub.model.members import AccountKind, PartnerKind
from hub.policy.rules import Reader, spans
from hub.policy.spans import ALWAYS, FOREVER, NEVER
from stix_models.markings import Level

PERSON, SERVICE, CLIENT = AccountKind.PERSON, AccountKind.SERVICE, AccountKind.CLIENT
MEMBER, RELAY, OBSERVER = PartnerKind.MEMBER, PartnerKind.RELAY, PartnerKind.OBSERVER
GROUP = "marking-definition--765f506c-236a-4c6f-acac-6ae253eb0eca"


def reader(kind=MEMBER, account=PERSON, *, grouped=False, name="x", partner="p", **rights):
    """Give a reader with the reading right on the collection."""
    groups = {GROUP: ALWAYS} if grouped else {}
    return Reader(name, partner, kind, account, reads={"c": ALWAYS}, groups=groups, **rights)


OUTSIDE = {
    "observer": reader(OBSERVER),
    "member outside": reader(),
    "relay outside": reader(RELAY),
    "client outside": reader(account=CLIENT),
}
INSIDE = {
    "observer inside": reader(OBSERVER, grouped=True),
    "relay inside": reader(RELAY, grouped=True),
    "client inside": reader(account=CLIENT, grouped=True),
    "person inside": reader(grouped=True),
    "service inside": reader(account=SERVICE, grouped=True),
}
SECRETARIAT = {"secretariat": reader(secretariat=ALWAYS, partner="secretariat")}
EVERYONE = OUTSIDE | INSIDE | SECRETARIAT

TABLE = {
    Level.CLEAR: set(EVERYONE),
    Level.GREEN: set(EVERYONE) - {"observer", "observer inside"},
    Level.AMBER: {"relay inside", "client inside", "person inside", "service inside", "secretariat"},
    Level.AMBER_STRICT: {"person inside", "service inside", "secretariat"},
    Level.RED: set(),
    Level.WITHHELD: set(),
}


def label(level, **more):
    """Give a label of another producer; AMBER and above with the group."""
    groups = frozenset({GROUP}) if level in (Level.AMBER, Level.AMBER_STRICT) else frozenset()
    return Label("c", level, "producer", **{"groups": groups, **more})


@pytest.mark.parametrize("level", list(Level))
def test_the_audience_of_each_level_is_the_row_of_the_table(level):
    """Each level is seen by exactly those whom S4 names for it."""
    assert {name for name, each in EVERYONE.items() if spans(each, label(level))} == TABLE[level]


@pytest.mark.parametrize("level", [Level.CLEAR, Level.GREEN, Level.AMBER])
def test_a_group_marking_narrows_every_level_to_the_group_and_the_secretariat(level):
    """TLP is the ceiling and the group the list: both must hold, at CLEAR too (S5)."""
    seen = {name for name, each in EVERYONE.items() if spans(each, label(level, groups=frozenset({GROUP})))}
    assert seen == TABLE[level] & (set(INSIDE) | set(SECRETARIAT))


def test_two_groups_must_both_be_met():
    """Several group markings intersect (S5)."""
    both = label(Level.GREEN, groups=frozenset({GROUP, "other"}))
    assert spans(reader(grouped=True), both) == NEVER


def test_amber_without_any_group_is_for_producer_and_secretariat():
    """AMBER that names no group in a collection without a default one stays home (S5)."""
    assert {name for name, each in EVERYONE.items() if spans(each, label(Level.AMBER, groups=None))} == {"secretariat"}


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (reader(), True),
        (reader(account=SERVICE), False),
        (reader(account=SERVICE, red_capable=ALWAYS), True),
        (reader(account=CLIENT), False),
        (reader(RELAY), False),
        (reader(OBSERVER), False),
        (reader(name="other"), False),
        (reader(secretariat=ALWAYS), True),
    ],
)
def test_red_is_for_named_persons_and_red_capable_services_of_members(who, may):
    """RED opens for a named account of a member that one individual answers for (S4, note 1)."""
    assert bool(spans(who, label(Level.RED, account="submitter", recipients=frozenset({"x"})))) is may


def test_red_that_names_nobody_is_for_its_submitter_alone():
    """RED without recipients is seen by the submitting account, not by its colleagues (S8)."""
    red = label(Level.RED, account="submitter")
    assert spans(reader(name="submitter", partner="producer"), red) == ALWAYS
    assert spans(reader(name="colleague", partner="producer"), red) == NEVER


@pytest.mark.parametrize("level", [level for level in Level if level is not Level.RED])
def test_a_producer_gets_its_own_whatever_the_level(level):
    """Persons and services of the producer see their own, withheld too, without a right; clients don't (S8)."""
    own = Reader("a", "producer", OBSERVER, SERVICE)
    assert spans(own, label(level)) == ALWAYS
    assert spans(Reader("a", "producer", MEMBER, CLIENT), label(level)) == NEVER


def test_without_a_reading_right_nothing_is_seen():
    """The reading right on the collection is needed by all but the secretariat (S1)."""
    assert spans(Reader("x", "p", MEMBER, PERSON), label(Level.CLEAR)) == NEVER


def test_who_has_not_signed_in_sees_clear_for_everybody_only():
    """Without authentication: CLEAR without a group from a public collection (S4)."""
    nobody = Reader("", "", OBSERVER, CLIENT, reads={"c": ALWAYS}, groups={GROUP: ALWAYS})
    assert spans(nobody, label(Level.CLEAR)) == ALWAYS
    assert spans(nobody, label(Level.CLEAR, groups=frozenset({GROUP}))) == NEVER
    assert spans(nobody, label(Level.GREEN)) == NEVER


def test_rights_are_counted_in_time():
    """What is seen, and since when, is the time in which every right was held (S13)."""
    late = Reader("x", "p", MEMBER, PERSON, reads={"c": ((10, FOREVER),)}, groups={GROUP: ((5, 20), (30, FOREVER))})
    assert spans(late, label(Level.AMBER)) == ((10, 20), (30, FOREVER))
