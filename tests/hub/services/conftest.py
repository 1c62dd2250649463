"""What every test of a content service begins with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub.services.world import World, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Open a community and close it again."""
    made = make_world(tmp_path)
    yield made
    made.close()
