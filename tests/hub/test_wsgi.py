"""The hub for any WSGI server: built from the environment."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from hub.application import create_hub
from hub.errors import StoreError
from hub.settings import Settings
from hub.wsgi import create_application


def test_it_serves_the_hub_that_the_environment_names(tmp_path, monkeypatch):
    """HUB_DATA says which hub, other HUB_* how; TAXII asks for credentials, the console for a sign-in."""
    create_hub(Settings(data=tmp_path / "hub")).close()
    monkeypatch.setenv("HUB_DATA", str(tmp_path / "hub"))
    client = Client(create_application())
    assert client.get("/taxii2/").status_code == 401
    assert client.get("/console/").status_code == 302


def test_without_a_hub_there_is_no_application(tmp_path, monkeypatch):
    """A folder without a hub is said to be one, instead of a server that answers nothing."""
    monkeypatch.setenv("HUB_DATA", str(tmp_path))
    with pytest.raises(StoreError, match="init"):
        create_application()
