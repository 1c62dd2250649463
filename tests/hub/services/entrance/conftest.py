"""What every test of the entrance begins with."""

from __future__ import annotations

from contextlib import closing

import pytest

from hub.store.sqlite import SqliteStore
from tests.hub.services.entrance.door import make_door
from tests.hub.services.world import make_world
from tests.hub.store.stage import Wall


@pytest.fixture
def clock() -> Wall:
    """Give a clock that stands."""
    return Wall()


@pytest.fixture
def door(tmp_path, clock):
    """Open a community's entrance."""
    make_world(tmp_path, clock).close()
    with closing(SqliteStore.open(tmp_path / "hub.sqlite3", clock=clock)) as store:
        yield make_door(store, clock)
