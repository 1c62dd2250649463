"""The index beside the hub: complete before every answer, made again whenever it can't be trusted."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from hub.errors import StoreBusyError
from hub.model.collections import Right
from hub.store.base import View
from hub.store.query import Hit, Match, Sought, Term
from hub.store.sqlite import SqliteStore
from hub.store.sqlite.search.index import SEARCH_NAME, SearchIndex
from tests.hub.services.world import LOOSE, OPERATOR, World, bundle, domain, domain_id, make_world


@pytest.fixture
def world(tmp_path: Path):
    """Open a community and close it again."""
    made = make_world(tmp_path)
    yield made
    made.close()


def view_of(store: SqliteStore, account: str) -> View:
    """Give an account's view."""
    reader = store.reader(account)
    assert reader is not None
    return store.view(reader)


def word(text: str) -> Sought:
    """Search for a word."""
    return Sought((Term(Match.WORDS, text),), text)


def found(store: SqliteStore, account: str, text: str) -> list[str]:
    """Give the ids that an account finds by a word."""
    return [hit.object_id for hit in view_of(store, account).find(word(text)).hits]


def test_what_is_released_is_found_at_once(world: World):
    """A search sees every commit before it, by whoever has the store open."""
    world.push("b-push", LOOSE, domain("one.test", "clear"))
    assert found(world.store, "x-pull", "one.test") == [domain_id("one.test")]
    other = SqliteStore.open(world.path)
    world.push("b-push", LOOSE, domain("two.test", "clear"))
    assert found(other, "x-pull", "two") == [domain_id("two.test")]
    other.close()


def test_nobody_finds_what_he_does_not_see(world: World):
    """Neither by a word, nor as a whole, nor by the beginning of its name."""
    world.push("b-push", LOOSE, domain("hidden.test", "amber+strict"), domain("open.test", "clear"))
    for account, seen in (("b-push", True), ("x-pull", False)):
        view = view_of(world.store, account)
        assert bool(view.find(word("hidden")).hits) is seen
        assert bool(view.match(["hidden.test"])["hidden.test"]) is seen
        assert bool(view.names_from("hid", 10)) is seen
        assert view.names_from("open", 10) == ("open.test",)


def test_what_is_deleted_or_no_longer_granted_is_not_found(world: World):
    """What is found follows the rights of the moment, not those under which it was indexed."""
    world.push("b-push", LOOSE, domain("one.test", "green"), domain("two.test", "green"))
    assert len(found(world.store, "x-pull", "test")) == 2
    world.sharing.delete(world.actor("b-push"), LOOSE.id, domain_id("one.test"))
    assert found(world.store, "x-pull", "test") == [domain_id("two.test")]
    world.store.commit(lambda tx: tx.registry.end_right(Right.READ, "*", LOOSE.id))
    assert found(world.store, "x-pull", "test") == []


def test_reference_objects_are_found_in_their_newest_version(world: World):
    """Everybody finds them, by what they are called now; and what of them refers to what."""
    tool = {"type": "tool", "spec_version": "2.1", "id": "tool--00000000-0000-4000-8000-000000000001"}
    dates = {"created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z"}
    relation = {
        "type": "relationship",
        "spec_version": "2.1",
        "id": "relationship--00000000-0000-4000-8000-000000000002",
        "relationship_type": "targets",
        "source_ref": tool["id"],
        "target_ref": "identity--00000000-0000-4000-8000-000000000003",
    }
    world.reference.load(OPERATOR, bundle(tool | dates | {"name": "Old Name"}, relation | dates))
    assert found(world.store, "o-eve", "old") == [tool["id"]]
    world.reference.load(OPERATOR, bundle(tool | dates | {"modified": "2026-02-01T00:00:00.000Z", "name": "New Name"}))
    view = view_of(world.store, "o-eve")
    assert view.find(word("old")).hits == ()
    assert view.find(word("name")).hits == (Hit(tool["id"], "tool"),)
    assert view.match(["NEW  name"]) == {"NEW  name": (Hit(tool["id"], "tool"),)}
    assert [link.object_id for link in view.linked([tool["id"]])] == [relation["id"]]


def _remove(path: Path, _: World) -> None:
    path.unlink()


def _damage(path: Path, _: World) -> None:
    path.write_bytes(b"no database at all" * 1_000)


def _of_another_hub(path: Path, _: World) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("UPDATE made SET hub = 'another', place = 1000")


def _ahead(path: Path, _: World) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("UPDATE made SET place = 1000")


@pytest.mark.parametrize("spoil", [_remove, _damage, _of_another_hub, _ahead])
def test_an_index_that_is_of_no_use_is_made_again(world: World, spoil: Callable[[Path, World], None]):
    """Missing, damaged, of another hub or of another past: the next search makes it from what the hub holds."""
    world.push("b-push", LOOSE, domain("one.test", "clear"))
    assert found(world.store, "x-pull", "one") == [domain_id("one.test")]
    world.close()
    path = world.path.with_name(SEARCH_NAME)
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    spoil(path, world)
    again = SqliteStore.open(world.path)
    assert found(again, "x-pull", "one") == [domain_id("one.test")]
    again.close()


def test_damage_that_shows_while_searching_heals_too(world: World):
    """Who meets it is told to come again; the next search finds everything."""
    world.push("b-push", LOOSE, *(domain(f"n{number}.test", "clear") for number in range(300)))
    assert len(found(world.store, "x-pull", "test")) == 300
    world.close()
    path = world.path.with_name(SEARCH_NAME)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode=DELETE")
    content = path.read_bytes()
    path.write_bytes(content[:8192] + b"\xff" * (len(content) - 8192))
    again = SqliteStore.open(world.path)
    with suppress(StoreBusyError):
        found(again, "x-pull", "test")
    assert len(found(again, "x-pull", "test")) == 300
    again.close()


class _Beaten(SearchIndex):
    """An index that another process finds damaged and throws away the moment it is complete, once."""

    def _step(self, batch: int) -> bool:
        more = super()._step(batch)
        if not more and not hasattr(self, "beaten"):
            self.beaten = True
            self._throw_away()
        return more


def test_an_index_thrown_away_before_it_is_opened_is_made_again(world: World):
    """Who searches at that moment waits for it and finds everything."""
    world.push("b-push", LOOSE, domain("one.test", "clear"))
    index = _Beaten(world.path, 1, b"key")
    with index.beside_hub() as connection:
        assert connection.execute("SELECT place FROM search.made").fetchall() == [(1,)]
    index.close()


def test_it_is_for_its_owner_alone(world: World):
    """The index holds content, so it is kept as the hub is."""
    world.push("b-push", LOOSE, domain("one.test", "clear"))
    found(world.store, "x-pull", "one")
    assert world.path.with_name(SEARCH_NAME).stat().st_mode & 0o777 == 0o600


def test_it_can_be_kept_up_in_the_background(world: World):
    """Once asked to, the store indexes by itself what comes in; closing ends that."""
    world.store.keep_searchable()
    world.store.keep_searchable()
    world.push("b-push", LOOSE, domain("one.test", "clear"))
    path, deadline, places = world.path.with_name(SEARCH_NAME), time.monotonic() + 10, 0
    while places == 0 and time.monotonic() < deadline:
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            if file.execute("SELECT 1 FROM sqlite_schema WHERE name = 'made'").fetchone():
                (places,) = file.execute("SELECT place FROM made").fetchone()
    assert places == 1
