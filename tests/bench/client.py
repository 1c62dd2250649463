"""Two clients: a raw one that costs next to nothing, and taxii2-client, which is what analysts run."""

from __future__ import annotations

import json
import re
import socket
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Self

from taxii2client.v21 import Collection, as_pages

from tests.bench.rounds import seconds

MEDIA_TYPE = "application/taxii+json;version=2.1"
_NEXT = re.compile(rb'"next": ?"([^"]+)"')
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNK_BYTES = 1 << 20
_NEAR_THE_START = 4_096
_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Account:
    """Name and secret, as HTTP Basic carries them."""

    name: str
    secret: str

    @property
    def credentials(self) -> str:
        """Both, in the form of RFC 7617."""
        return b64encode(f"{self.name}:{self.secret}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; head is the status line and the headers."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """Give a header's value, "" if there is none."""
        found = re.search(rb"\r\n%b: *([^\r]*)" % name.encode(), self.head, re.IGNORECASE)
        return found[1].decode() if found else ""

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The objects of an envelope or manifest."""
        found: list[dict[str, Any]] = json.loads(self.body).get("objects", [])
        return found


class Line:
    """One keep-alive connection over a plain socket: the request is put together once, the answer barely read.

    account: None for nobody, who sends no credentials.
    """

    def __init__(self, port: int, account: Account | None) -> None:
        self._address = ("127.0.0.1", port)
        self._socket = self._connected()
        signed = f"Authorization: Basic {account.credentials}\r\n" if account else ""
        self._headers = f"Host: 127.0.0.1:{port}\r\n{signed}Accept: {MEDIA_TYPE}\r\n".encode()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def get(self, path: str) -> Answer:
        """GET; anything but 200 is a fault. Raises: RuntimeError."""
        return _expect(HTTPStatus.OK, "GET", path, self.ask("GET", path))

    def delete(self, path: str) -> Answer:
        """DELETE; likewise."""
        return _expect(HTTPStatus.OK, "DELETE", path, self.ask("DELETE", path))

    def post(self, path: str, body: bytes) -> Answer:
        """POST an envelope; likewise, but for 202."""
        head = b"POST %b HTTP/1.1\r\n%bContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
        filled = head % (path.encode(), self._headers, MEDIA_TYPE.encode(), len(body))
        return _expect(HTTPStatus.ACCEPTED, "POST", path, self._answered(filled + body))

    def ask(self, method: str, path: str) -> Answer:
        """Ask without a body; give the answer whatever its status."""
        return self._answered(b"%b %b HTTP/1.1\r\n%b\r\n" % (method.encode(), path.encode(), self._headers))

    def _answered(self, request: bytes) -> Answer:
        try:
            return self._exchange(request)
        except ConnectionError:  # servers hang up on a line that was quiet for some 30 s
            self._socket.close()
            self._socket = self._connected()
            return self._exchange(request)

    def _exchange(self, request: bytes) -> Answer:
        self._socket.sendall(request)
        received = bytearray()
        while (end := received.find(b"\r\n\r\n")) < 0:
            self._receive(received)
        head = bytes(received[: end + 2])
        length = _LENGTH.search(head)
        if length is None:
            raise RuntimeError(f"an answer without its length: {head!r}")
        while len(received) < end + 4 + int(length[1]):
            self._receive(received)
        return Answer(int(head[9:12]), head, bytes(received[end + 4 :]))

    def _receive(self, into: bytearray) -> None:
        piece = self._socket.recv(_CHUNK_BYTES)
        if not piece:
            raise ConnectionResetError("the server closed the connection")
        into += piece

    def _connected(self) -> socket.socket:
        made = socket.create_connection(self._address, timeout=_SECONDS)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made


def _expect(wanted: HTTPStatus, method: str, path: str, answer: Answer) -> Answer:
    if answer.status != wanted:
        raise RuntimeError(f"{method} {path} was answered by {answer.status}: {answer.body[:500]!r}")
    return answer


def objects_path(collection: str, **query: object) -> str:
    """Give the path of a collection's objects; what is empty is not asked."""
    said = "&".join(f"{name}={value}" for name, value in query.items() if value != "")
    return f"/api/collections/{collection}/objects/?{said}"


def pages(line: Line, collection: str, limit: int, most: int | None = None, **query: object) -> Iterator[Answer]:
    """Pull a collection to its end, or for so many pages, without parsing what comes."""
    path = objects_path(collection, limit=limit, **query)
    count = 0
    while True:
        answer = line.get(path)
        yield answer
        count += 1
        found = _NEXT.search(answer.body, 0, _NEAR_THE_START)
        if found is None or count == most:
            return
        path = objects_path(collection, limit=limit, **query, next=found[1].decode())


def pull_with_taxii2(port: int, account: Account, collection: str, limit: int, most: int) -> int:
    """Pull so many pages with taxii2-client, as its documentation shows; give how many objects came."""
    url = f"http://127.0.0.1:{port}/api/collections/{collection}/"
    found = Collection(url, user=account.name, password=account.secret)
    try:
        walk = as_pages(found.get_objects, per_request=limit)
        return sum(len(page.get("objects", ())) for page, _ in zip(walk, range(most), strict=False))
    finally:
        found.close()


def together(port: int, account: Account, clients: int, path: str, times: int) -> float:
    """Give the answers a second that so many clients get together, each asking so many times on a new line.

    New ones each time: the system deals connections out to workers by chance, at times unevenly.
    """
    with ExitStack() as stack:
        lines = [stack.enter_context(Line(port, account)) for _ in range(clients)]
        pool = stack.enter_context(ThreadPoolExecutor(clients))

        def ask(line: Line) -> None:
            for _ in range(times):
                line.get(path)

        return clients * times / seconds(lambda: list(pool.map(ask, lines)))
