"""Whether the hub is ready: it can write, has room, and its clock was not set back."""

from __future__ import annotations

from contextlib import closing

import pytest

from hub.services.operation import health
from hub.services.operation.health import Health
from hub.store.sqlite import SqliteStore
from tests.hub.store.pushing import push_one
from tests.hub.store.sqlite.home import passing
from tests.hub.store.stage import SECOND, Wall, bring_in


@pytest.fixture
def clock() -> Wall:
    """Give a clock that stands."""
    return Wall()


@pytest.fixture
def store(tmp_path, clock):
    """Make a hub that has something in it."""
    with closing(SqliteStore.create(tmp_path / "hub.sqlite3", clock=clock, pause=passing(clock))) as made:
        made.commit(bring_in)
        push_one(made, 1)
        yield made


def places(store: SqliteStore, min_free_bytes: int = 0) -> list[str]:
    """Say where the faults are."""
    return [fault.place for fault in Health(store, min_free_bytes).faults()]


def test_a_sound_hub_is_ready(store):
    """It writes at each look, and has nothing against it."""
    assert places(store) == []


def test_a_disk_without_room_is_a_fault(store):
    """Before it is full, so that somebody can do something."""
    assert places(store, 2**60) == ["disk"]


def test_a_clock_that_was_set_back_is_a_fault(store, clock):
    """Dates go on rising, but rights with dates and tokens are judged by a wrong clock."""
    clock.now -= 30 * SECOND
    assert places(store) == []
    clock.now -= 60 * SECOND
    assert places(store) == ["clock"]


def test_a_store_that_cannot_write_is_a_fault(store):
    """Readable is not enough: nothing could be pushed, granted or recorded."""
    store._writing.execute("PRAGMA query_only=ON")
    assert places(store) == ["store"]


def test_a_worker_looks_no_more_than_every_two_seconds(store, monkeypatch):
    """Whoever asks however often costs one write to the disk."""
    looked = []
    monkeypatch.setattr(store, "probe", lambda: looked.append(1) or (0, 0))
    asked = Health(store, 0)
    for _ in range(5):
        asked.faults()
    assert len(looked) == 1
    monkeypatch.setattr(health, "_REMEMBERED_SECONDS", 0)
    asked.faults()
    assert len(looked) == 2
