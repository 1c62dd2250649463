"""A served hub as its clients meet it: every request on a connection of its own, so that any worker may answer."""

from __future__ import annotations

import base64
import json
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from hub.model.collections import Right
from hub.policy.actions import operator
from stix_models.markings import Level

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hub.application import Hub
    from hub.model.members import Actor
    from tests.taxii_server.conformance.samples import Stix

TAXII = "application/taxii+json;version=2.1"
TIMEOUT_SECONDS = 30
SETTER_UP = operator("tests")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def objects(self) -> list[Any]:
        """The objects or records of an envelope or manifest; none where there is none."""
        found: list[Any] = self.json.get("objects", [])
        return found

    @property
    def names(self) -> list[str]:
        """The ids of these, in order."""
        return [each["id"] for each in self.objects]

    @property
    def span(self) -> tuple[str | None, str | None]:
        """X-TAXII-Date-Added-First and -Last."""
        return self.headers["X-TAXII-Date-Added-First"], self.headers["X-TAXII-Date-Added-Last"]


@dataclass(frozen=True)
class Caller:
    """One account at the door; without a token it has not signed in."""

    port: int
    account: str = ""
    token: str = field(default="", repr=False)

    @property
    def authorization(self) -> str:
        """The Basic header."""
        return "Basic " + base64.b64encode(f"{self.account}:{self.token}".encode()).decode()

    def send(
        self, method: str, path: str, body: bytes | Iterable[bytes] | None = None, **headers: str | None
    ) -> Answer:
        """Send one request. headers: with _ for -; None leaves one out that is usually there."""
        usual: dict[str, str | None] = {"Accept": TAXII}
        if self.token:
            usual["Authorization"] = self.authorization
        if method == "POST":
            usual["Content-Type"] = TAXII
        usual |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in usual.items() if value is not None}
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)) as connection:
            connection.request(method, path, body, sent, encode_chunked=not isinstance(body, bytes | None))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())

    def get(self, path: str, query: Mapping[str, object] | None = None, **headers: str | None) -> Answer:
        """GET a path with a query string."""
        return self.send("GET", f"{path}?{urlencode(query)}" if query else path, **headers)

    def post(self, path: str, objects: list[Stix], **headers: str | None) -> Answer:
        """POST objects as an envelope."""
        return self.send("POST", path, json.dumps({"objects": objects}).encode(), **headers)

    def delete(self, path: str, query: Mapping[str, object] | None = None) -> Answer:
        """DELETE a path with a query string."""
        return self.send("DELETE", f"{path}?{urlencode(query)}" if query else path)

    def walk(self, path: str, query: Mapping[str, object] | None = None) -> Iterator[Answer]:
        """GET a path and what `next` leads to, with the same query."""
        asked = dict(query or {})
        for _ in range(1_000):
            answer = self.get(path, asked)
            assert answer.status == 200, answer.body
            yield answer
            if not answer.json.get("more"):
                return
            asked["next"] = answer.json["next"]
        raise AssertionError("the walk has no end")


@dataclass(frozen=True)
class Place:
    """A collection of a test's own, and its URLs."""

    id: str
    alias: str

    @property
    def path(self) -> str:
        """The collection."""
        return f"/api/collections/{self.id}/"

    @property
    def objects(self) -> str:
        """Its objects."""
        return f"{self.path}objects/"

    @property
    def manifest(self) -> str:
        """Its manifest."""
        return f"{self.path}manifest/"

    def object(self, stix: Stix) -> str:
        """One of its objects."""
        return f"{self.objects}{stix['id']}/"

    def versions(self, stix: Stix) -> str:
        """List the versions of one of its objects."""
        return f"{self.object(stix)}versions/"


@dataclass(frozen=True)
class Door:
    """The served hub: its port, a hub of the same store to set things up with, and who may come in.

    maker: reads and writes, trusted. reader: reads. dropper: writes, trusted. stranger: has no right.
    """

    port: int
    hub: Hub
    tokens: Mapping[str, str] = field(repr=False)

    def __getattr__(self, account: str) -> Caller:
        """Give the caller of an account by its name."""
        if account.startswith("_") or account not in self.tokens:
            raise AttributeError(account)
        return Caller(self.port, account, self.tokens[account])

    @property
    def nobody(self) -> Caller:
        """Whoever has not signed in."""
        return Caller(self.port)

    def secretary(self) -> Actor:
        """Give the secretariat person who reviews."""
        return self.hub.membership.acting("secretary")

    def open_collection(self, *, trusted: bool = True) -> Place:
        """Open a collection where what is unmarked is CLEAR; without trust, pushes wait for a reviewer."""
        agreements = self.hub.membership.agreements
        number = len(agreements.list(SETTER_UP))
        alias = f"place-{number}"
        found = agreements.add(SETTER_UP, f"Place {number}", alias=alias, default_tlp=Level.CLEAR)
        write = frozenset({Right.WRITE} | ({Right.TRUSTED} if trusted else set()))
        for partner, rights in {"maker": write | {Right.READ}, "reader": {Right.READ}, "dropper": write}.items():
            agreements.grant(SETTER_UP, found.id, partner, frozenset(rights))
        return Place(found.id, alias)
