"""Readers who never stop: each keeps a date for every collection, and everything he was ever served.

Whatever he meets must hold at any time: dates rise over pages and polls, and no page has a version twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from random import Random
from threading import Event
from typing import Any, Protocol
from urllib.parse import quote

import requests
from taxii2client.v21 import Collection, as_pages

from tests.bench.client import Account, Answer, Line
from tests.soak.cast import MAIN, SIDE, Seat
from tests.soak.ledger import Version, canonical, version_of

COLLECTIONS = (MAIN, SIDE)
_PAUSE_SECONDS = 0.02
_LIMITS = (3, 20, 100, 500)
_NOT_FOR_HIM = (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND)
_FIRST, _LAST = "X-TAXII-Date-Added-First", "X-TAXII-Date-Added-Last"


class BrokenPromiseError(AssertionError):
    """A reader was served what no server may serve."""


@dataclass(slots=True)
class Received:
    """What one reader has of one collection. last: the date he polls with; versions: as he got each last."""

    last: str = ""
    versions: dict[Version, str] = field(default_factory=dict)
    pages: int = 0

    def take(self, objects: list[dict[str, Any]], first: str, last: str) -> None:
        """Keep a page. first, last: its dates, as the headers have them. Raises: BrokenPromiseError."""
        if not objects:
            return
        found = {version_of(value): canonical(value) for value in objects}
        if len(found) < len(objects):
            raise BrokenPromiseError(f"a page has a version twice: {sorted(map(version_of, objects))}")
        if not self.last < first <= last:
            raise BrokenPromiseError(f"dates don't rise: after {self.last} came {first} to {last}")
        self.last = last
        self.versions |= found
        self.pages += 1


class Reader(Protocol):
    """One reader, alone with his connection."""

    def poll(self, collection: str, received: Received) -> None:
        """Take what is new, page by page, until there is no more."""


class RawReader:
    """Follows `next`, or throws it away and asks with the date of the page before: both must go on where it ended."""

    def __init__(self, line: Line, random: Random) -> None:
        self._line = line
        self._random = random

    def poll(self, collection: str, received: Received) -> None:
        """Take what is new."""
        next_ = ""
        while True:
            limit = self._random.choice(_LIMITS)
            answer = self._line.ask("GET", _path(collection, limit, received.last, next_))
            if answer.status in _NOT_FOR_HIM:
                return
            page = _page(answer)
            received.take(page.get("objects", []), answer.header(_FIRST), answer.header(_LAST))
            if not page.get("more"):
                return
            next_ = page["next"] if self._random.random() < 0.7 else ""


class LibraryReader:
    """Polls with taxii2-client, as its documentation shows."""

    def __init__(self, port: int, account: Account) -> None:
        self._url = f"http://127.0.0.1:{port}/api/collections"
        self._account = account
        self._first = self._last = ""

    def poll(self, collection: str, received: Received) -> None:
        """Take what is new; each time on a new connection."""
        url = f"{self._url}/{collection}/"
        with closing(Collection(url, user=self._account.name, password=self._account.secret)) as found:
            found._conn.session.hooks["response"].append(self._note)
            filters = {"added_after": received.last} if received.last else {}
            try:
                for page in as_pages(found.get_objects, per_request=50, version="all", **filters):
                    received.take(page.get("objects", []), self._first, self._last)
            except requests.HTTPError as error:
                if error.response.status_code not in _NOT_FOR_HIM:
                    raise

    def _note(self, response: requests.Response, **_: Any) -> None:
        self._first, self._last = (response.headers.get(name, "") for name in (_FIRST, _LAST))


@dataclass(slots=True)
class Feed:
    """A reader at work: his seat, and what he has."""

    seat: Seat
    reader: Reader
    received: Mapping[str, Received] = field(default_factory=lambda: {each: Received() for each in COLLECTIONS})

    def read(self, stop: Event) -> None:
        """Poll in turn until told to stop."""
        for number in count():
            self.reader.poll(COLLECTIONS[number % len(COLLECTIONS)], self.received[COLLECTIONS[number % 2]])
            if stop.wait(_PAUSE_SECONDS):
                return

    def drain(self) -> None:
        """Take the rest, now that nothing changes any more."""
        for collection, received in self.received.items():
            self.reader.poll(collection, received)


def fresh(line: Line, collection: str) -> dict[Version, str]:
    """Pull a collection anew to its end; {} for who has no right to."""
    received = Received()
    next_ = ""
    while True:
        answer = line.ask("GET", _path(collection, max(_LIMITS), "", next_))
        if answer.status in _NOT_FOR_HIM:
            return {}
        page = _page(answer)
        before = len(received.versions) + len(page.get("objects", []))
        received.take(page.get("objects", []), answer.header(_FIRST), answer.header(_LAST))
        if len(received.versions) < before:
            raise BrokenPromiseError("a version came twice in one pull, with nothing changing beside it")
        if not page.get("more"):
            return received.versions
        next_ = page["next"]


def manifest(line: Line, collection: str) -> Iterator[tuple[str, str]]:
    """Give date_added and id of each entry of a collection's manifest."""
    next_ = ""
    while True:
        path = _path(collection, max(_LIMITS), "", next_).replace("/objects/", "/manifest/")
        answer = line.ask("GET", path)
        if answer.status in _NOT_FOR_HIM:
            return
        page = _page(answer)
        yield from ((each["date_added"], each["id"]) for each in page.get("objects", []))
        if not page.get("more"):
            return
        next_ = page["next"]


def _page(answer: Answer) -> dict[str, Any]:
    if answer.status != HTTPStatus.OK:
        raise BrokenPromiseError(f"a page was answered by {answer.status}: {answer.body[:300]!r}")
    page: dict[str, Any] = json.loads(answer.body)
    return page


def _path(collection: str, limit: int, after: str, next_: str) -> str:
    query = {"match[version]": "all", "limit": limit, "added_after": after, "next": next_}
    said = "&".join(f"{quote(name)}={quote(str(value))}" for name, value in query.items() if value)
    return f"/api/collections/{collection}/objects/?{said}"
