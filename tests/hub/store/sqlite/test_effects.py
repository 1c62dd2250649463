"""What a commit is said to change is what changes, over random acts of every kind."""

from __future__ import annotations

from hypothesis import settings

from tests.hub.store.machine import SETTINGS
from tests.hub.store.sqlite.test_machine import SqliteMachine
from tests.hub.store.stage import Act, Clock, Stage
from tests.hub.store.watching import Watching


class WatchedMachine(SqliteMachine):
    """The machine with a store that compares effects and pulls at every commit; it reads little else."""

    def raise_stage(self) -> Stage:
        """Give a stage whose store is watched."""
        stage = super().raise_stage()
        stage.store = Watching(stage.store)  # type: ignore[assignment]  # it passes on what it does not say itself
        return stage

    def act(self, act: Act, move: int) -> None:
        """Move the clock and perform the act before the store that is watched."""
        self.stage.play(Clock(move))
        store = self.stage.store
        self.stage.store = store if isinstance(store, Watching) else Watching(store)  # type: ignore[assignment]  # as above
        self.stage.play(act)

    def feeds_agree(self) -> None:
        """Leave the feeds to the other machine: one worker acts here after the other."""
        self.stage.store = next(self.workers)

    def teardown(self) -> None:
        """Take the stage down."""
        for store in self._opened:
            store.close()


TestEffects = WatchedMachine.TestCase
TestEffects.settings = settings(SETTINGS, max_examples=15, stateful_step_count=30)
