"""What is found and in which order: by what is visible alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.store.query import Hit, Match, Sought, Term
from stix_models.markings import TLP_MARKING, Level
from stix_models.timestamps import parse_micros
from tests.hub.services.world import LOOSE, World, domain, make_world
from tests.hub.store.sqlite.search.test_index import view_of

AUTHOR = "identity--00000000-0000-4000-8000-000000000009"
DATES = {"created": "2026-01-01T00:00:00.000Z", "modified": "2026-02-01T00:00:00.000Z"}


def malware(number: int, name: str, level: Level = Level.CLEAR, **more: object) -> dict[str, object]:
    """Write a malware object."""
    return {
        "type": "malware",
        "spec_version": "2.1",
        "id": f"malware--00000000-0000-4000-8000-{number:012d}",
        "name": name,
        "is_family": True,
        "object_marking_refs": [TLP_MARKING[level]],
        **DATES,
        **more,
    }


@pytest.fixture
def world(tmp_path: Path):
    """Open a community with some malware in it."""
    made = make_world(tmp_path)
    made.push(
        "b-push",
        LOOSE,
        malware(1, "LockBit", aliases=["ABCD ransomware"], first_seen="2025-06-01T00:00:00Z"),
        malware(2, "Lock", Level.GREEN),
        malware(3, "LockBit Black", created_by_ref=AUTHOR),
        malware(4, "The LockBit builder", Level.AMBER_STRICT),
        malware(5, "Défense Ünit"),
        domain("lockbit.test", "clear"),
        domain("evil.lock.test", "green"),
    )
    yield made
    made.close()


def numbers(world: World, sought: Sought, account: str = "x-pull") -> list[int | str]:
    """Give what an account finds: the numbers of malware, the types of the rest."""
    hits = view_of(world.store, account).find(sought).hits
    return [int(hit.object_id[-12:]) if hit.type == "malware" else hit.type for hit in hits]


def words(*texts: str, match: Match = Match.WORDS, **more: object) -> Sought:
    """Search for words."""
    return Sought(tuple(Term(match, text) for text in texts), " ".join(texts), **more)  # type: ignore[arg-type]  # fields by name


def test_whole_names_come_first_then_beginnings_then_the_rest(world: World):
    """The shortest of those that begin so, among equals what came last; the time alone where that is asked for."""
    assert numbers(world, words("lockbit")) == [1, "domain-name", 3]
    assert numbers(world, words("lockbit", by_time=True)) == ["domain-name", 3, 1]
    assert numbers(world, words("lock")) == [2, 1, "domain-name", 3, "domain-name"]
    assert numbers(world, words("abcd ransomware")) == [1]


def test_all_words_must_be_there_and_a_phrase_in_its_order(world: World):
    """Words may go on, phrases may not; case and accents don't matter."""
    assert numbers(world, words("black", "lock")) == [3]
    assert numbers(world, words("lockbit black", match=Match.PHRASE)) == [3]
    assert numbers(world, words("black lockbit", match=Match.PHRASE)) == []
    assert numbers(world, words("lockb", match=Match.PHRASE)) == []
    assert numbers(world, words("DEFENSE unit")) == [5]
    assert numbers(world, words("lock.test", match=Match.PHRASE)) == ["domain-name"]


def test_each_filter_narrows(world: World):
    """Type, level, source and time, each by itself and together with words."""
    assert numbers(world, Sought(types=frozenset({"domain-name"}))) == ["domain-name"] * 2
    assert numbers(world, Sought(levels=frozenset({Level.GREEN}))) == ["domain-name", 2]
    assert numbers(world, Sought(sources=frozenset({AUTHOR}))) == [3]
    assert len(numbers(world, Sought(sources=frozenset({LOOSE.id})))) == 6
    assert numbers(world, words("lock", levels=frozenset({Level.CLEAR}), types=frozenset({"malware"}))) == [1, 3]
    year = (parse_micros("2025-01-01T00:00:00Z"), parse_micros("2026-01-01T00:00:00Z"))
    assert numbers(world, Sought(seen=(year,))) == [1]
    assert numbers(world, Sought((Term(Match.ID, str(malware(2, "")["id"])),))) == [2]


def test_what_is_hidden_changes_nothing(world: World):
    """The order, the counts and the beginnings are the same with and without it (S17)."""
    before = [numbers(world, words(text)) for text in ("lock", "lockbit", "the", "zz")]
    world.push("b-push", LOOSE, *(malware(number, "LockBit zz", Level.AMBER_STRICT) for number in range(10, 60)))
    assert [numbers(world, words(text)) for text in ("lock", "lockbit", "the", "zz")] == before
    assert len(numbers(world, words("zz"), "b-push")) == 50


def test_strange_words_are_only_words(world: World):
    """Nothing that is searched for is read as the index's own language."""
    for text in ('"', "NEAR(", "a OR b", "text:lock", "*", "^", "-", "\0", "lock\0bit", "' --", "{x}"):
        assert numbers(world, words(text, match=Match.PHRASE)) == []
        numbers(world, words(text))


def test_a_list_is_matched_text_by_text(world: World):
    """Each text gets what has it as a whole, whatever its case."""
    found = view_of(world.store, "x-pull").match(["LOCKBIT.test", "lock", "none", "", "the lockbit builder"])
    assert {text: [hit.type for hit in hits] for text, hits in found.items()} == {
        "LOCKBIT.test": ["domain-name"],
        "lock": ["malware"],
        "none": [],
        "": [],
        "the lockbit builder": [],
    }
    assert isinstance(found["lock"][0], Hit)
