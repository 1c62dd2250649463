"""What the soak expects follows from what was acknowledged, so that it would notice what the hub forgot."""

from __future__ import annotations

import pytest

from hub.model.collections import Right
from stix_models.markings import TLP_MARKING, Level
from tests.hub.store.oracle import Held
from tests.soak.cast import GROUPS, MAIN, SEATS
from tests.soak.ledger import Ledger, differences
from tests.soak.stories import Delete, Push, Raise, Told

MEMBERS = {seat.member.account: seat.member for seat in SEATS}
TOOL = {
    "type": "tool",
    "spec_version": "2.1",
    "id": "tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
    "created": "2026-11-01T00:00:00.000Z",
    "modified": "2026-11-01T00:00:00.000Z",
    "name": "a tool",
    "object_marking_refs": [TLP_MARKING[Level.GREEN]],
}
VERSION = (TOOL["id"], TOOL["modified"])


@pytest.fixture
def ledger():
    """Begin with one GREEN object that everybody but the observer may have."""
    made = Ledger()
    made.acknowledge(1, Push("bank-b", MAIN, (Told(TOOL, Level.GREEN, None),)))
    return made


def who(ledger):
    """Give the accounts that are to have the object."""
    return {name for name, member in MEMBERS.items() if VERSION in ledger.expected(member).get(MAIN, {})}


def test_what_was_pushed_is_expected_of_those_who_may_read(ledger):
    """Of partners with the reading right, by level; of the secretariat's person in any case."""
    assert who(ledger) == {"x-pull", "a-read", "s-sue"}


def test_a_right_that_began_or_ended_moves_the_expectation(ledger):
    """A grant lets the relay expect what is GREEN; the end of one takes it from the member."""
    ledger.turn(Held(Right.READ, "partner:relay-r", MAIN), on=True)
    ledger.turn(Held(Right.READ, "partner:police-x", MAIN), on=False)
    assert who(ledger) == {"r-pull", "a-read", "s-sue"}


def test_what_was_raised_is_expected_of_fewer(ledger):
    """Raised to AMBER+STRICT it takes the group of its collection: who leaves that is out."""
    ledger.acknowledge(1, Raise(TOOL["id"], Level.AMBER_STRICT))
    ledger.turn(Held(Right.MEMBER, "partner:bank-a", GROUPS["g-fraud"]), on=False)
    assert who(ledger) == {"x-pull", "s-sue"}


def test_what_was_deleted_is_expected_of_nobody(ledger):
    """A delete by the producer takes it from all."""
    ledger.acknowledge(1, Delete("bank-b", MAIN, TOOL["id"]))
    assert who(ledger) == set()
    assert not ledger.standing()


def test_a_difference_is_told_both_ways():
    """What is missing and what is too much are told apart."""
    assert list(differences("x", {1, 2}, {2, 3})) == ["x: 1 missing, such as ['1']", "x: 1 too much, such as ['3']"]
