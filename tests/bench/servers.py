"""Servers as processes of their own, on loopback, ended with the block that started them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

_START_SECONDS = 120
_STOP_SECONDS = 30
_ROOT = Path(__file__).parents[2]

COMMAND = Path(sys.executable).with_name("hub")
"""The command as it is installed."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers. start_seconds: from its start to its first answer."""

    port: int
    process: subprocess.Popen[bytes]
    start_seconds: float

    def memory_mb(self, field: str = "VmRSS") -> float:
        """Give the most that any worker holds: VmRSS now, VmHWM ever (proc(5))."""
        return max(_status_mb(pid, field) for pid in _children(self.process.pid))


@contextmanager
def hub_server(data: Path, workers: int) -> Iterator[Server]:
    """Run `hub serve` on a data folder."""
    port = _free_port()
    command = [str(COMMAND), "--data", str(data), "serve", "--workers", str(workers), "--port", str(port)]
    with _running(command, port) as server:
        yield server


@contextmanager
def other_server(kind: str, material: Path, workers: int) -> Iterator[Server]:
    """Run the floor or the peer under the same server (tests.bench.others)."""
    port = _free_port()
    command = [sys.executable, "-m", "tests.bench.others", kind, str(material), str(workers), str(port)]
    with _running(command, port) as server:
        yield server


@contextmanager
def opentaxii_server(program: list[str], config: Path, workers: int) -> Iterator[Server]:
    """Run OpenTAXII by an interpreter of its own (tests.bench.peers.opentaxii_app)."""
    port = _free_port()
    with _running([*program, "serve", str(config), str(workers), str(port)], port) as server:
        yield server


@contextmanager
def _running(command: list[str], port: int) -> Iterator[Server]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    with TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=said, stderr=said)
        try:
            if not _answers(port, process):
                said.seek(0)
                raise RuntimeError(f"{command} does not answer: {said.read()!r}")
            yield Server(port, process, time.perf_counter() - begun)
        finally:
            _stop(process)


def _answers(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Ask until anything is answered at all; a refused connection is no answer."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=_START_SECONDS) as probe:
                probe.sendall(b"GET /taxii2/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                if probe.recv(16).startswith(b"HTTP/1.1"):
                    return True
        except OSError:
            time.sleep(0.01)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        for pid in (*_children(process.pid), process.pid):
            os.kill(pid, 9)
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def _status_mb(pid: int, field: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1_024 for line in lines if line.startswith(f"{field}:")), 0.0)
