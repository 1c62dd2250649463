"""The files beside the hub's own: what is wrong with one is said of that one, in words."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from hub.errors import StoreBusyError, StoreError
from hub.store.query import Query
from hub.store.sqlite import SqliteStore
from hub.store.sqlite.files import connection
from tests.hub.services.world import LOOSE, World, domain, make_world


@pytest.mark.parametrize("name", ["reads.sqlite3", "counters.sqlite3", "drafts.sqlite3", "console.sqlite3"])
def test_a_damaged_side_file_is_named(tmp_path, name):
    """A hub does not open beside it, and says which file it is; the hub itself is whole once that is put right."""
    world = make_world(tmp_path)
    world.push("a-push", LOOSE, domain("kept.test", "clear"))
    world.close()
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match=rf"{name} is damaged"):
        SqliteStore.open(world.path)
    (tmp_path / name).write_bytes(whole)
    with closing(SqliteStore.open(world.path)) as store:
        assert [entry.object_id for entry in World(store, world.path).feed("x-pull", LOOSE)] == [
            domain("kept.test")["id"]
        ]


@pytest.mark.parametrize("query", [Query(), Query(added_after=5)])
def test_nothing_is_served_that_can_not_be_recorded(tmp_path, query):
    """A log of reads that fails meanwhile refuses the page, whether it was to be read or to be written."""
    world = make_world(tmp_path)
    world.push("a-push", LOOSE, domain("kept.test", "clear"))
    with closing(sqlite3.connect(tmp_path / "reads.sqlite3")) as file:
        file.execute("DROP TABLE read")
    with pytest.raises(StoreError, match=r"reads\.sqlite3"):
        world.sharing.page(world.actor("x-pull"), LOOSE.id, query, None, 10, "objects")
    with pytest.raises(StoreError, match=r"reads\.sqlite3"):
        list(world.store.verify())
    world.close()


def test_a_hub_held_by_another_process_says_so_and_goes_on_afterwards(tmp_path, monkeypatch):
    """The push is refused as busy, and taken as new once the other one has let go."""
    monkeypatch.setattr(connection, "BUSY_MS", 50)
    world = make_world(tmp_path)
    with closing(sqlite3.connect(world.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match="held by another process"):
            world.push("a-push", LOOSE, domain("late.test", "clear"))
    world.push("a-push", LOOSE, domain("late.test", "clear"))
    assert world.sees("x-pull", "late.test")
    world.close()
