"""What goes wrong below the store: full disks, damaged files, files it may not write."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from hub.errors import ConflictError, StoreError
from hub.store.sqlite import SqliteStore
from tests.hub.services.world import LOOSE, World, domain, make_world

ROOT = Path(__file__).parents[4]
PAGE_BYTES = 8192
PATIENCE_SECONDS = 20


def test_a_full_disk_costs_nothing_that_was_acknowledged(tmp_path):
    """The push that finds no room is refused in words, all before it are there, and the hub goes on with room."""
    world = make_world(tmp_path)
    world.close()
    command = [sys.executable, "-m", "tests.hub.store.sqlite.filler", str(world.path), "2000000"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    *acknowledged, told, after = done.stdout.splitlines()
    assert "full or failing" in json.loads(told)["error"]
    assert len(acknowledged) > 3
    with closing(SqliteStore.open(world.path)) as store:
        view = store.view(store.reader("x-pull"))
        found = {name for name in (*acknowledged, after) if view.sees(str(domain(name)["id"]))}
        assert found == {*acknowledged, "after.test"}
        assert list(store.verify()) == []


def test_a_damaged_file_is_named_and_never_served(tmp_path):
    """Bytes that changed on disk are a StoreError that says what to do; `verify` names the object."""
    world = make_world(tmp_path)
    world.push("a-push", LOOSE, domain("one.test", "clear"))
    with closing(sqlite3.connect(world.path)) as file:
        file.execute("UPDATE contribution SET body = CAST(replace(body, 'one', 'two') AS BLOB)")
        file.commit()
    with pytest.raises(StoreError, match="have changed on disk"):
        world.feed("x-pull", LOOSE)
    assert [finding.place for finding in world.store.verify()] == [domain("one.test")["id"]]
    world.close()


def test_a_file_that_is_no_hub_is_refused(tmp_path):
    """Some other file in its place is named as such; nothing is written to it."""
    path = tmp_path / "hub.sqlite3"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match="damaged or no hub's file"):
        SqliteStore.open(path)
    assert path.read_bytes() == b"no database at all" * 100


def test_a_truncated_file_is_found_out(tmp_path):
    """Half a file does not open, or is found damaged by a check."""
    world = make_world(tmp_path)
    world.push("a-push", LOOSE, *(domain(f"{number}.test", "clear") for number in range(200)))
    world.close()
    whole = world.path.read_bytes()
    world.path.write_bytes(whole[: len(whole) // 2])
    assert faults(world.path)


def test_a_file_damaged_while_the_hub_runs_leaves_nobody_waiting(tmp_path):
    """Every push is refused in words, the first that meets the damage and those after it; none waits for ever."""
    world = make_world(tmp_path)
    world.push("a-push", LOOSE, *(domain(f"{number}.test", "clear") for number in range(200)))
    world.close()
    world = World(SqliteStore.open(world.path), world.path)
    size = world.path.stat().st_size
    with world.path.open("r+b") as file:
        file.seek(PAGE_BYTES)
        file.write(b"\xff" * (size - PAGE_BYTES))
    told: list[str] = []

    def push_twice() -> None:
        for _ in range(2):
            with pytest.raises(StoreError) as caught:
                world.store.commit(lambda tx: tx.contributions([str(domain("7.test")["id"])]))
            told.append(str(caught.value))

    pushing = threading.Thread(target=push_twice, daemon=True)
    pushing.start()
    pushing.join(PATIENCE_SECONDS)
    assert len(told) == 2
    assert all("damaged" in text for text in told)
    world.close()


def faults(path: Path) -> list[object]:
    """Open a store and check it; give what is wrong, whether it opens or not."""
    try:
        with closing(SqliteStore.open(path)) as store:
            return [*store.verify()]
    except StoreError as error:
        return [error]


def test_a_missing_hub_says_how_to_make_one(tmp_path):
    """No file: the text names the command; a second `create` in the same place is refused."""
    with pytest.raises(StoreError, match="hub init"):
        SqliteStore.open(tmp_path / "hub.sqlite3")
    make_world(tmp_path).close()
    with pytest.raises(ConflictError):
        SqliteStore.create(tmp_path / "hub.sqlite3")
