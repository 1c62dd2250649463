"""The hub as real processes: one command run to its end, or a server that lives as long as a test needs it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HUB = str(Path(sys.executable).with_name("hub"))
"""The command as it is installed."""

_RUN_SECONDS = 60
_READY_SECONDS = 30
_END_SECONDS = 20
_PAUSE_SECONDS = 0.05


def run(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, as somebody at a terminal."""
    return subprocess.run(
        [HUB, "--data", str(data), *words], capture_output=True, text=True, check=False, timeout=_RUN_SECONDS
    )


def hub(data: Path, *words: str, code: int = 0) -> list[Any]:
    """Run one command with --json; give what it printed, a value a line. code: the exit code it must have."""
    done = run(data, "--json", *words)
    assert done.returncode == code, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@contextmanager
def serving(data: Path, port: int, *words: str) -> Iterator[Path]:
    """Run a server command until it answers; end it with all its workers. Gives the file that has its output."""
    log = data.parent / f"server-{port}.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [HUB, "--data", str(data), *words, "--port", str(port)],
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _await(server, port, log)
        yield log
    finally:
        _end(server)


def free_port() -> int:
    """Give a TCP port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until the port answers; the pause between two tries is a look at whether the server has ended."""
    for _ in range(int(_READY_SECONDS / _PAUSE_SECONDS)):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            pass  # not yet
        else:
            return
        try:
            server.wait(_PAUSE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
        break
    raise AssertionError(f"no server at port {port}: {log.read_text()}")


def _end(server: subprocess.Popen[bytes]) -> None:
    """Ask the server to end; its workers end with it, whichever way it goes."""
    server.terminate()
    try:
        server.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
