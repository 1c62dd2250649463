"""A process killed at any point of a push loses nothing it acknowledged and leaves nothing torn."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

from hub.store.query import ALL, Query
from hub.store.sqlite import SqliteStore
from tests.hub.store.pushing import submission
from tests.hub.store.sqlite.pusher import OBJECTS_A_PUSH, THREADS, body, object_of
from tests.hub.store.stage import MAIN, bring_in

KILLS = int(os.environ.get("HUB_KILLS", "25"))
ROOT = Path(__file__).parents[4]


def test_a_killed_process_loses_and_tears_nothing(tmp_path: Path) -> None:
    """After every kill each acknowledged push is there whole, and of the others all or nothing."""
    path = tmp_path / "hub.sqlite3"
    store = SqliteStore.create(path)
    store.commit(bring_in)
    store.close()
    chance = random.Random(20261124)  # noqa: S311 - moments, not secrets
    acknowledged: set[int] = set()
    first = 0
    for _ in range(KILLS):
        acknowledged |= push_and_kill(path, first, chance)
        first = check(path, acknowledged)
    assert len(acknowledged) > KILLS
    store = SqliteStore.open(path)
    assert list(store.verify()) == []
    store.close()


def push_and_kill(path: Path, first: int, chance: random.Random) -> set[int]:
    """Let a process push until a random moment; give the numbers it acknowledged."""
    command = [sys.executable, "-m", "tests.hub.store.sqlite.pusher", str(path), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(chance.randrange(16))]
        threading.Event().wait(chance.uniform(0, 0.004))  # so that the kill falls anywhere in a commit
        process.kill()
        lines += process.stdout.readlines()
    return {int(line) for line in lines if line.endswith("\n")}


def check(path: Path, acknowledged: set[int]) -> int:
    """Assert that what was acknowledged is there and nothing is torn; give the first number never used."""
    store = SqliteStore.open(path)
    reader = store.reader("o-eve")
    assert reader is not None
    page = store.view(reader).page(MAIN, Query(versions=frozenset({ALL})), None, 1_000_000)
    found = {entry.object_id: entry.body for entry in page.entries}
    dates = [entry.date_added for entry in page.entries]
    assert dates == sorted(set(dates))
    with store.snapshot() as snapshot:
        used = max(acknowledged, default=0) + 2 * THREADS
        for number in range(used):
            parts = [found.get(object_of(number, position)) for position in range(OBJECTS_A_PUSH)]
            whole = parts == [body(number, position) for position in range(OBJECTS_A_PUSH)]
            assert whole or (number not in acknowledged and not any(parts)), f"push {number} is torn"
            assert (snapshot.submission(submission(number).id) is not None) == whole
    store.close()
    assert len(found) % OBJECTS_A_PUSH == 0
    return used
