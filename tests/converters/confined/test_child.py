"""What a confined process has given up."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = str(Path(__file__).parents[3])

ESCAPES = {
    "a socket": ("import socket", "socket.socket()", "PermissionError"),
    "a name look-up": ("import socket", "socket.getaddrinfo('localhost', 80)", "PermissionError"),
    "a process": ("import subprocess", "subprocess.run(['true'])", "PermissionError"),
    "a shell": ("import os", "os.system('true')", "PermissionError"),
    "a new file": ("", "open('/tmp/never-written', 'w')", "PermissionError"),
    "a file's end": ("import os", "os.remove('/tmp/never-there')", "PermissionError"),
    "more memory": ("", "bytearray(1 << 30)", "MemoryError"),
}


def confined(before: str, after: str) -> subprocess.CompletedProcess[str]:
    """Run one line before the confinement and one after it."""
    lines = ["from converters.confined.child import confine", "from converters.confined.wire import Limits", before]
    program = "\n".join([*lines, "confine(Limits(cpu_seconds=20, memory_bytes=1 << 29))", after])
    command = [sys.executable, "-P", "-c", program]
    return subprocess.run(command, env={"PYTHONPATH": ROOT}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("what", ESCAPES)
def test_no_way_out(what: str) -> None:
    """Neither network, process, file nor memory beyond the limit is to be had."""
    before, after, error = ESCAPES[what]
    result = confined(before, after)
    assert result.returncode == 1
    assert result.stderr.strip().splitlines()[-1].startswith(error)


def test_kernel_keeps_the_network_away_from_c_code() -> None:
    """Where the kernel lets a process have an own network, C code that asks no hook has no route either."""
    if subprocess.run(["unshare", "-Urn", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel does not let a process unshare its network")
    before = "import ctypes; libc = ctypes.CDLL(None); libc.socket, libc.connect, libc.perror"
    # An address of AF_INET, port 9, 127.0.0.1, as C has it.
    after = (
        "libc.connect(libc.socket(2, 1, 0), bytes([2, 0, 0, 9, 127, 0, 0, 1] + [0] * 8), 16); libc.perror(b'C says')"
    )
    result = confined(before, after)
    assert result.stderr == "C says: Network is unreachable\n"
