"""A served hub and the questions the bench asks it, each as a measure that can be taken again and again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from tests.bench.client import Account, Line, objects_path, pages, together
from tests.bench.community import COLLECTION
from tests.bench.corpus import Corpus, envelope
from tests.bench.loading import Loaded
from tests.bench.rounds import Measure, p50_ms, seconds
from tests.bench.servers import Server, hub_server

NEW = 50
"""Objects that are new to the poller who finds something."""
CLIENTS = 8
_PUSH_SEED = 7
_CALLS = 200
_SLOW_CALLS = 20
POLLS_EACH = 50
_OBJECTS = f"/api/collections/{COLLECTION}/objects/"
_LAST = "X-TAXII-Date-Added-Last"


@dataclass(frozen=True, slots=True)
class Feed:
    """What a reader knows after his first pull. last: the date_added to poll with; before: of NEW objects earlier."""

    visible: int
    last: str
    before: str
    some_id: str


class Hub:
    """One served hub, its reader and its producers, each on a connection of his own."""

    def __init__(self, loaded: Loaded, server: Server, lines: ExitStack) -> None:
        self.loaded = loaded
        self.server = server
        self._lines = lines
        self.reader = self._line(loaded.reader)
        self._pushers = {name: self._line(account) for name, account in loaded.pushers.items()}
        for line in self._pushers.values():  # each worker builds its validator at its first push
            line.post(_OBJECTS, b'{"objects":[{}]}')
        self._fresh = Corpus(_PUSH_SEED)
        self.feed = self._read()

    def nothing_new(self) -> Measure:
        """Poll: p50 in ms when there is nothing new."""
        return self._asking(_CALLS, added_after=self.feed.last, limit=1_000)

    def some_new(self) -> Measure:
        """Poll: p50 in ms when NEW objects are new."""
        return self._asking(_CALLS, added_after=self.feed.before, limit=1_000)

    def page(self, limit: int) -> Measure:
        """Give the p50 in ms of the first page."""
        return self._asking(_SLOW_CALLS, limit=limit)

    def one_object(self) -> Measure:
        """Give the p50 in ms of an object by its id."""
        return p50_ms(lambda: self.reader.get(f"{_OBJECTS}{self.feed.some_id}/"), _CALLS)

    def manifest(self) -> Measure:
        """Give the p50 in ms of the manifest's first 1,000."""
        path = objects_path(COLLECTION, limit=1_000).replace("/objects/", "/manifest/")
        return p50_ms(lambda: self.reader.get(path), _SLOW_CALLS)

    def pull(self, limit: int) -> Measure:
        """Pull everything; objects a second."""

        def measure() -> float:
            return self.feed.visible / seconds(lambda: [None for _ in pages(self.reader, COLLECTION, limit)])

        return measure

    def polled_by_many(self) -> Measure:
        """Poll for NEW objects by CLIENTS at once; answers a second."""
        path = objects_path(COLLECTION, added_after=self.feed.before, limit=1_000)
        return partial(together, self.server.port, self.loaded.reader, CLIENTS, path, POLLS_EACH)

    def push(self, size: int, envelopes: int) -> Measure:
        """Push new objects that are released at once; objects a second."""

        def measure() -> float:
            batches = [self._fresh.batch(size) for _ in range(envelopes)]
            bodies = [(batch[0].producer, envelope(batch)) for batch in batches]
            return size * envelopes / seconds(lambda: self._push(bodies))

        return measure

    def _push(self, bodies: list[tuple[str, bytes]]) -> None:
        for producer, body in bodies:
            answer = self._pushers[producer].post(_OBJECTS, body)
            if b'"failure_count":0,' not in answer.body:
                raise RuntimeError(f"a push failed: {answer.body[:500]!r}")

    def _asking(self, times: int, **query: object) -> Measure:
        path = objects_path(COLLECTION, **query)
        return p50_ms(lambda: self.reader.get(path), times)

    def _line(self, account: Account) -> Line:
        return self._lines.enter_context(Line(self.server.port, account))

    def _read(self) -> Feed:
        """Pull once: warms the caches, counts, and finds the dates to poll with."""
        visible, last = 0, ""
        recent: list[str] = []
        for page in pages(self.reader, COLLECTION, 1_000):
            objects = page.objects
            visible, last = visible + len(objects), page.header(_LAST)
            recent = [*recent[-NEW:], *(found["id"] for found in objects)]
        return Feed(visible, last, self._date_before(visible), recent[0])

    def _date_before(self, visible: int) -> str:
        """Find the date_added after which there are NEW objects: that of the first page of so many less."""
        after = ""
        left = visible - NEW
        path = objects_path(COLLECTION, limit=min(left, 1_000)).replace("/objects/", "/manifest/")
        while left > 0:
            answer = self.reader.get(path)
            left -= len(answer.objects)
            after = answer.header(_LAST)
            path = objects_path(COLLECTION, limit=max(1, min(left, 1_000)), added_after=after)
            path = path.replace("/objects/", "/manifest/")
        return after


@contextmanager
def served(loaded: Loaded, workers: int) -> Iterator[Hub]:
    """Serve a loaded hub and connect to it."""
    with hub_server(loaded.data, workers) as server, ExitStack() as lines:
        yield Hub(loaded, server, lines)
