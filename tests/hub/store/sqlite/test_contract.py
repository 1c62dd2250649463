"""The embedded store keeps the promises of hub/store/base.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hub.store.contract import StoreContract
from tests.hub.store.sqlite.home import SqliteHome


class TestSqliteStore(StoreContract):
    """The contract, on a file."""

    @pytest.fixture
    def home(self, tmp_path: Path) -> SqliteHome:
        """Give a folder of its own to each test."""
        return SqliteHome(tmp_path / "hub.sqlite3")
