"""A TAXII server on loopback that answers whatever a test has it answer, also what no server should."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
STATUS = "2d086da7-4bdc-4f91-900e-d77486753710"
TAXII = "application/taxii+json;version=2.1"


@dataclass(frozen=True)
class Asked:
    """One request as it came. query: the first value of each name."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """One answer. cut: bytes of the body that are kept back while its length is told in full."""

    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0


def page(objects: list[dict[str, Any]], *, last: str | None = None, **envelope: Any) -> Answer:
    """Make a page of objects. last: what its header says of the last date."""
    headers = {"X-TAXII-Date-Added-Last": last} if last else {}
    return Answer(json.dumps({"objects": objects, **envelope}).encode(), headers=headers)


class Peer:
    """The server. objects: answers GET and POST on the collection's objects; others: by path, before anything else."""

    def __init__(self, port: int) -> None:
        self.root = f"http://127.0.0.1:{port}/api/"
        self.url = f"{self.root}collections/{COLLECTION}/"
        self.requests: list[Asked] = []
        self.objects: Callable[[Asked], Answer] = lambda _: page([])
        self.others: dict[str, Callable[[Asked], Answer]] = {}
        self.about = {"id": COLLECTION, "title": "Peer", "can_read": True, "can_write": True}
        self.largest = 10_000

    def answer(self, asked: Asked) -> Answer:
        """Give the answer to a request."""
        self.requests.append(asked)
        if asked.path in self.others:
            return self.others[asked.path](asked)
        if asked.path == f"/api/collections/{COLLECTION}/":
            return Answer(json.dumps(self.about).encode())
        if asked.path == "/api/":
            root = {"title": "Peer", "versions": [TAXII], "max_content_length": self.largest}
            return Answer(json.dumps(root).encode())
        if asked.path == f"/api/collections/{COLLECTION}/objects/":
            return self.objects(asked)
        return Answer(json.dumps({"title": "no such thing", "http_status": "404"}).encode(), 404)


@contextmanager
def peer() -> Iterator[Peer]:
    """Serve until the block ends."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._do(b"")

        def do_POST(self) -> None:
            self._do(self.rfile.read(int(self.headers["Content-Length"])))

        def _do(self, body: bytes) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            answer = served.answer(Asked(self.command, parts.path, query, dict(self.headers), body))
            self.send_response(answer.status)
            headers = {"Content-Type": TAXII, "Content-Length": str(len(answer.body)), **answer.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body[: len(answer.body) - answer.cut])
            self.close_connection = bool(answer.cut)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing of a client that has gone: some are killed."""

    with Server(("127.0.0.1", 0), Door) as server:
        served = Peer(server.server_port)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()
