"""The embedded store against the definition, over random acts and reads."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hub.store.sqlite import SqliteStore
from tests.hub.store.machine import SETTINGS, StoreMachine
from tests.hub.store.sqlite.home import SqliteHome
from tests.hub.store.stage import Stage, Wall


class SqliteMachine(StoreMachine):
    """The machine on files in a folder that goes with it."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="hub-machine-"))
        self._homes: list[SqliteHome] = []
        self._opened: list[SqliteStore] = []
        super().__init__()

    def raise_stage(self) -> Stage:
        """Give a stage with an empty store."""
        home, wall = SqliteHome(self._folder / f"{len(self._homes)}.sqlite3"), Wall()
        self._homes.append(home)
        self._opened.append(home.create(wall))
        return Stage(self._opened[-1], wall, home.last_stamp)

    def another_worker(self) -> SqliteStore:
        """Open the first stage's file once more."""
        self._opened.append(self._homes[0].open(self.stage.wall))
        return self._opened[-1]

    def teardown(self) -> None:
        """Check what is checked in the end and take the stages down."""
        try:
            super().teardown()
        finally:
            for store in self._opened:
                store.close()
            shutil.rmtree(self._folder)


TestMachine = SqliteMachine.TestCase
TestMachine.settings = SETTINGS
