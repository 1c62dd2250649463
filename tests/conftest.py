"""What holds for every test: settings come from the test alone, and no connection leaves this machine."""

from __future__ import annotations

import os

import pytest
from pytest_socket import socket_allow_hosts


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    """Take away what the caller's shell says about hubs and proxies."""
    for name in list(os.environ):
        if name.startswith("HUB_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


def pytest_runtest_setup():
    """Let tests talk to servers they started themselves and to nobody else."""
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)
