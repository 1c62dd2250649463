"""hub serve: one server for a hub, on a free port, that outlives a worker and ends when asked or orphaned."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from hub.application import create_hub
from hub.settings import Settings
from tests.processes import HUB, free_port, run

PROC = Path("/proc/net/tcp")
pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(not PROC.exists(), reason="processes and their sockets are looked up in /proc"),
]

PATIENCE_SECONDS = 30
WORKERS = 2


@pytest.fixture
def data(tmp_path):
    """Make an empty hub."""
    create_hub(Settings(data=tmp_path / "hub")).close()
    return tmp_path / "hub"


@pytest.fixture
def port():
    """Find a free port."""
    return free_port()


@contextmanager
def served(data: Path, port: int):
    """Run `hub serve` as a group of processes of its own until the block ends."""
    command = [HUB, "--data", str(data), "serve", "--port", str(port), "--workers", str(WORKERS)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as server:
        try:
            assert until(lambda: listeners(port) == WORKERS), "the workers do not listen"
            yield server
        finally:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGKILL)


def until(holds) -> bool:
    """Wait for something that is to become true."""
    ending = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ending:
        if holds():
            return True
        threading.Event().wait(0.05)
    return False


def answers(port: int) -> bool:
    """Whether something speaks HTTP on the port."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as connection:
        try:
            connection.request("GET", "/taxii2/")
            return connection.getresponse().status == 401
        except OSError:
            return False


def listeners(port: int) -> int:
    """Count the sockets that listen on the port; each worker has one."""
    here = f"0100007F:{port:04X}"
    lines = [line.split() for line in PROC.read_text().splitlines()]
    return sum(words[1] == here and words[3] == "0A" for words in lines)


def workers(server: subprocess.Popen[str]) -> list[int]:
    """List the processes the server has started."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
    return [int(each) for each in children.split()]


def test_one_server_for_a_hub(data, port):
    """A second server on the same data is refused, and told who serves it and what to do."""
    with served(data, port) as server:
        second = run(data, "serve", "--port", str(port))
    assert second.returncode == 1
    assert f"process {server.pid} at http://127.0.0.1:{port}" in second.stderr
    assert "--data" in second.stderr


def test_a_used_port_is_said(data, port):
    """A port in use by another program is named, with what to do."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        refused = run(data, "serve", "--port", str(port))
    assert refused.returncode == 1
    assert f"port {port}" in refused.stderr
    assert "--port" in refused.stderr


def test_there_must_be_a_hub(tmp_path, port):
    """Without a hub nothing is served, and the command that makes one is named."""
    refused = run(tmp_path / "none", "serve", "--port", str(port))
    assert refused.returncode == 1
    assert "init" in refused.stderr


def test_a_dead_worker_is_replaced(data, port):
    """When a worker is killed the other one answers on, and a new one comes."""
    with served(data, port) as server:
        before = workers(server)
        os.kill(before[0], signal.SIGKILL)
        assert until(lambda: answers(port))
        assert until(lambda: len(set(workers(server)) - {before[0]}) == len(before))


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_peace_when_asked(data, port, asked):
    """SIGTERM, or Ctrl-C to all its processes, ends it with exit code 0, and another can start."""
    with served(data, port) as server:
        os.killpg(server.pid, asked)
        assert server.wait(PATIENCE_SECONDS) == 0
    with served(data, port):
        pass


def test_workers_end_with_their_supervisor(data, port):
    """When the supervisor is killed its workers stop by themselves, so that another server can start."""
    with served(data, port) as server:
        server.kill()
        server.wait(PATIENCE_SECONDS)
        assert until(lambda: listeners(port) == 0)
    with served(data, port):
        pass
