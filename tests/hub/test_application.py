"""A hub is put together from its data folder."""

from __future__ import annotations

import stat

import pytest

from hub.application import build_hub, create_hub
from hub.errors import StoreError
from hub.settings import Settings


def test_hub_is_made_once_and_opened_again(tmp_path):
    """A new hub opens; making it twice, or opening none, is an error that says what to do."""
    settings = Settings(data=tmp_path / "deep" / "hub")
    with pytest.raises(StoreError, match="init"):
        build_hub(settings)
    create_hub(settings).close()
    hub = build_hub(settings)
    assert hub.settings is settings
    assert hub.membership.anonymous() is None
    hub.close()
    with pytest.raises(StoreError, match="already"):
        create_hub(settings)


def test_a_folder_that_is_there_keeps_its_mode(tmp_path):
    """Only what the hub makes is made private: a folder of others is not shut to them."""
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    create_hub(Settings(data=shared)).close()
    create_hub(Settings(data=shared / "new")).close()
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (shared, shared / "new", shared / "hub.sqlite3")]
    assert modes == [0o755, 0o700, 0o600]
