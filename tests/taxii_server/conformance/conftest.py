"""One server of two workers for all conformance tests, started as an operator starts it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from hub.application import create_hub
from hub.model.members import SECRETARIAT, Account, AccountKind, Partner, PartnerKind, Role
from hub.settings import Settings
from tests.taxii_server.conformance.door import SETTER_UP, Door, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hub.application import Hub

READY_SECONDS = 30
MAX_CONTENT_BYTES = 2_000_000
DEFAULT_PAGE = 20
MAX_PAGE = 50
ROLES = frozenset({Role.READER, Role.CONTRIBUTOR})
RUN = "from hub.cli.serve import run_server; from hub.settings import load; run_server(load())"


@pytest.fixture(scope="session")
def door(tmp_path_factory) -> Iterator[Door]:
    """Serve a hub with four partners by two workers on a free port of the loopback."""
    folder = tmp_path_factory.mktemp("served")
    hub = create_hub(Settings(data=folder / "hub"))
    members = hub.membership.members
    members.add_partner(SETTER_UP, Partner(SECRETARIAT, PartnerKind.MEMBER))
    secretary = Account("secretary", SECRETARIAT, AccountKind.PERSON, frozenset({Role.SECRETARIAT}))
    members.add_account(SETTER_UP, secretary)
    tokens = {name: _enrol(hub, name) for name in ("maker", "reader", "dropper", "stranger")}
    port = _free_port()
    with closing(hub), _served(folder, port):
        yield Door(port, hub, tokens)


@pytest.fixture
def place(door: Door) -> Place:
    """Open a collection: maker reads and writes, reader reads, dropper writes; what is unmarked is CLEAR."""
    return door.open_collection()


def _enrol(hub: Hub, name: str) -> str:
    """Add a partner with one service of the same name, and give that one's token."""
    hub.membership.members.add_partner(SETTER_UP, Partner(name, PartnerKind.MEMBER))
    hub.membership.members.add_account(SETTER_UP, Account(name, name, AccountKind.SERVICE, ROLES))
    return hub.membership.tokens.issue(SETTER_UP, name).secret


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _served(folder: Path, port: int) -> Iterator[None]:
    """Run the server until the block ends; it must end in peace when it is asked to."""
    limits = {
        "HUB_DATA": str(folder / "hub"),
        "HUB_PORT": str(port),
        "HUB_MAX_CONTENT_BYTES": str(MAX_CONTENT_BYTES),
        "HUB_DEFAULT_PAGE": str(DEFAULT_PAGE),
        "HUB_MAX_PAGE": str(MAX_PAGE),
    }
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(  # the list is fixed
            [sys.executable, "-c", RUN], env=os.environ | limits, stdout=log, stderr=log
        )
        try:
            _await(server, port, folder / "log")
            yield
        finally:
            server.terminate()
            code = server.wait(READY_SECONDS)
    assert code == 0, (folder / "log").read_text()


def _await(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once something answers on the port."""
    ending = time.monotonic() + READY_SECONDS
    while server.poll() is None and time.monotonic() < ending:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        threading.Event().wait(0.05)
    raise AssertionError(f"the server did not start: {log.read_text()}")
