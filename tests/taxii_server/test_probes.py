"""Probes answer machines that watch, without credentials and without a word."""

from __future__ import annotations

from contextlib import closing

import pytest

from hub.application import create_hub
from hub.settings import Settings
from taxii_server.app import create_app


@pytest.mark.parametrize("path", ["/healthz", "/healthz/", "/readyz"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_hub_that_is_well_says_yes(tmp_path, path, method):
    """200 and nothing else, whoever asks."""
    with closing(create_hub(Settings(data=tmp_path / "hub"))) as hub:
        answer = create_app(hub).test_client().open(path, method=method)
    assert (answer.status_code, answer.data) == (200, b"")
    assert "WWW-Authenticate" not in answer.headers


def test_a_hub_that_is_not_ready_says_no_and_logs_why(tmp_path, caplog):
    """503 to whoever asks; the reason is the operator's. It lives all the same."""
    with closing(create_hub(Settings(data=tmp_path / "hub", min_free_bytes=2**60))) as hub:
        client = create_app(hub).test_client()
        answer = client.get("/readyz")
        assert client.get("/healthz").status_code == 200
    assert (answer.status_code, answer.data) == (503, b"")
    assert "min_free_bytes" in caplog.text


def test_everything_else_asks_for_credentials(tmp_path):
    """Other methods and longer paths are the application's."""
    with closing(create_hub(Settings(data=tmp_path / "hub"))) as hub:
        client = create_app(hub).test_client()
        assert client.post("/readyz").status_code == 401
        assert client.get("/healthz/more").status_code == 401
