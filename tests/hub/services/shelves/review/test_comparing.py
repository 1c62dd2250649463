"""What a reviewer gets beside a waiting object: what it changes and where it is already."""

from __future__ import annotations

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.services.shelves.review import Change, Duplicate, Examination, Sheet
from hub.services.shelves.review.comparing import MAX_CHANGES, changes, short
from stix_models.markings import TLP_MARKING, Level
from tests.hub.services.world import FRAUD, GROUP, LOOSE, UNKNOWN, World, domain, domain_id

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


def campaign(name: str, day: int, level: Level = Level.GREEN, **more: Any) -> dict[str, object]:
    """Write a version of a campaign. day: of November 2026, on which it was modified."""
    return {
        "type": "campaign",
        "spec_version": "2.1",
        "id": f"campaign--{uuid5(NAMESPACE_URL, 'one')}",
        "created": "2026-11-01T00:00:00.000Z",
        "modified": f"2026-11-{day:02}T00:00:00.000Z",
        "name": name,
        "object_marking_refs": [TLP_MARKING[level]],
        **more,
    }


def released(world: World, *objects: dict[str, object]) -> None:
    """Push objects and let them out."""
    world.review.release(world.actor("s-sue"), world.push("a-push", FRAUD, *objects).id)


def sheet(world: World, reviewer: str, submission: str) -> Sheet:
    """Give what the reviewer gets of the one object that waits."""
    (only,) = world.review.examine(world.actor(reviewer), submission).sheets
    return only


def test_a_new_version_is_shown_field_by_field(world: World):
    """Added, removed and changed, against the version that stands now."""
    released(world, campaign("Night", 1, aliases=["N", "Dark"], description="old"))
    pushed = world.push("a-push", FRAUD, campaign("Night fall", 2, aliases=["N", "Fall"], objective="cash"))
    comparison = sheet(world, "x-xan", pushed.id).comparison
    assert comparison is not None
    assert comparison.current == "2026-11-01T00:00:00.000Z"
    assert comparison.changes == (
        Change("aliases[]", "Dark", None),
        Change("aliases[]", None, "Fall"),
        Change("description", "old", None),
        Change("modified", "2026-11-01T00:00:00.000Z", "2026-11-02T00:00:00.000Z"),
        Change("name", "Night", "Night fall"),
        Change("objective", None, "cash"),
    )


def test_what_it_is_compared_with_is_recorded_as_read(world: World):
    """Who holds an object is known of review pages too: of the version that differs, and of an equal one elsewhere."""
    released(world, campaign("Dusk", 1), campaign("Night", 2), domain("other.test", "green"))
    world.push("b-push", LOOSE, campaign("Night fall", 3))
    pushed = world.push("a-push", FRAUD, campaign("Night fall", 3), domain("new.test", "green"))
    id_, versions = str(campaign("Night", 2)["id"]), [campaign("Night", day)["modified"] for day in (2, 3)]
    world.review.show(world.actor("x-xan"), pushed.id)
    assert list(world.store.holders(id_)) == []
    world.review.examine(world.actor("x-xan"), pushed.id)
    held = [(each.account, each.endpoint, each.version, each.proven) for each in world.store.holders(id_)]
    assert held == [("x-xan", "console:intake", version, True) for version in versions]
    assert list(world.store.holders(domain_id("other.test"))) == []


def test_a_version_the_reviewer_may_not_see_is_as_absent(world: World):
    """S17: RED of before, released or waiting, leaves no trace in what he gets."""
    pushed = world.push("b-push", LOOSE, campaign("Night", 2))
    alone = world.push("a-push", FRAUD, campaign("Night", 2))
    before = sheet(world, "x-xan", alone.id)
    world.push("b-push", LOOSE, campaign("Red", 3, Level.RED))
    world.push("a-ada", FRAUD, campaign("Redder", 3, Level.RED))
    after = sheet(world, "x-xan", alone.id)
    assert pushed.id != alone.id
    assert before.comparison is not None
    assert before.comparison.duplicates == (
        Duplicate("Loose", campaign("Night", 2)["modified"], waits=False, same=True),
    )
    assert after.comparison is not None
    assert after.comparison.duplicates == ()  # S14: the latest version of its producer withdrew the other
    assert after.comparison.current is before.comparison.current is None


def test_the_same_object_waiting_elsewhere_is_named(world: World):
    """Another submission of the id, with whether its content is the same."""
    world.store.commit(lambda tx: tx.registry.open_right("write", "partner:bank-b", FRAUD.id))
    theirs = world.push("b-push", FRAUD, campaign("Day", 2))
    pushed = world.push("a-push", FRAUD, campaign("Night", 2))
    comparison = sheet(world, "s-sue", pushed.id).comparison
    assert comparison is not None
    assert comparison.duplicates == (Duplicate(theirs.id, "2026-11-02T00:00:00.000Z", waits=True, same=False),)


def test_what_is_decided_blind_is_not_compared(world: World):
    """S8: metadata and findings alone."""
    pushed = world.push("a-push", FRAUD, campaign("Night", 2, Level.RED))
    seen = sheet(world, "s-sue", pushed.id)
    assert (seen.exhibit.body, seen.comparison) == (None, None)


@pytest.mark.parametrize(
    ("markings", "words"),
    [
        (("clear",), "accounts that read Fraud"),
        (("amber+strict",), "persons and services of members that read Fraud and are in g-fraud"),
        (("green", GROUP), "accounts, except observers', that read Fraud and are in g-fraud"),
        (("red",), "only the account that pushed it"),
        ((UNKNOWN,), "only its producer, while it is withheld"),
    ],
)
def test_who_would_get_it_is_said_in_words(world: World, markings: tuple[str, ...], words: str):
    """The label it would get, for a secretariat person with the groups' names."""
    pushed = world.push("a-push", FRAUD, domain("one.test", *markings))
    assert sheet(world, "s-sue", pushed.id).audience == words


def test_a_page_holds_what_was_asked_for(world: World):
    """Of many objects some, with all of them named."""
    pushed = world.push("a-push", FRAUD, *(domain(f"{number}.test", "green") for number in range(5)))
    found: Examination = world.review.examine(world.actor("x-xan"), pushed.id, start=3, limit=10)
    assert [len(found.submission.items), len(found.sheets)] == [5, 2]


@settings(max_examples=60, deadline=None)
@given(JSON, JSON)
def test_only_equal_values_have_no_changes(one: Any, other: Any):
    """A law of the comparison: nothing is changed exactly where the JSON is the same."""
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (list(changes(one, other)) == []) == same
    assert list(changes(one, one)) == []


def test_long_and_misleading_values_are_cut_and_escaped():
    """A value is shown as it is, not as it wants to look."""
    assert short("a\u202eb\n") == "a\\u202eb\\n"
    assert len(short(["x" * 999])) <= 201
    many = {str(number): number for number in range(MAX_CHANGES * 2)}
    assert len(list(changes({}, many))) == MAX_CHANGES * 2
