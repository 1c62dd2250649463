"""The promises of hub/store/base.py as tests; a store inherits them and says where its data is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hub.store.contract_commits import CommitPromises
from tests.hub.store.contract_effects import EffectPromises
from tests.hub.store.contract_entrance import EntrancePromises
from tests.hub.store.contract_objects import ObjectPromises
from tests.hub.store.contract_pushes import PushPromises
from tests.hub.store.contract_shelves import ShelfPromises
from tests.hub.store.contract_trail import TrailPromises
from tests.hub.store.contract_views import ViewPromises
from tests.hub.store.home import Home
from tests.hub.store.stage import Stage, Wall


class StoreContract(
    CommitPromises,
    EffectPromises,
    EntrancePromises,
    PushPromises,
    ShelfPromises,
    TrailPromises,
    ViewPromises,
    ObjectPromises,
):
    """What every store keeps; a subclass gives the fixture `home`."""

    @pytest.fixture
    def stage(self, home: Home) -> Iterator[Stage]:
        """Give a stage with the cast on it."""
        wall = Wall()
        stage = Stage(home.create(wall), wall, home.last_stamp)
        stage.settle()
        yield stage
        stage.store.close()
