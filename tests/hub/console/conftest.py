"""What every test of the console begins with: a small community, and browsers that are signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hub.application import assemble
from hub.settings import Settings
from tests.hub.console.browsing import Site
from tests.hub.services.world import World, make_world


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Open a community's console and close it again."""
    with closing(make_world(tmp_path)) as world:
        yield site_of(world, tmp_path)


def site_of(world: World, folder: Path) -> Site:
    """Give the console of a community."""
    return Site(world, assemble(Settings(data=folder), world.store))
