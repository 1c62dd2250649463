"""A hub full of the corpus, loaded through its services: checked, labelled, released, audited, durable."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hub.application import create_hub
from hub.model.submissions import Item, ItemState
from hub.settings import Settings
from tests.bench.client import Account
from tests.bench.community import COLLECTION, LATE, PRODUCERS, READER, found, pusher, token
from tests.bench.corpus import Piece, envelope
from tests.bench.rounds import seconds

BATCH = 1_000
"""Objects an envelope while loading."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A hub on disk, nobody serving it. objects: how many stand in it; seconds: what loading took."""

    data: Path
    objects: int
    seconds: float
    reader: Account
    late: Account
    pushers: dict[str, Account]


def load(data: Path, batches: Iterable[list[Piece]]) -> Loaded:
    """Make a hub and push the batches into it, each as the envelope of its producer.

    Raises: RuntimeError: an object was not released, so the figures would be of something else.
    """
    hub = create_hub(Settings(data=data))
    try:
        found(hub)
        actors = {producer: hub.membership.acting(pusher(producer)) for producer in PRODUCERS}
        objects, took = 0, 0.0
        for batch in batches:
            body = envelope(batch)

            def push(body: bytes = body, producer: str = batch[0].producer) -> None:
                _check(hub.intake.submit(actors[producer], COLLECTION, body).items)

            took += seconds(push)
            objects += len(batch)
            _progress(f"\rloading {data.name}: {objects:,}")
        _progress("\n")
        accounts = {name: Account(name, token(hub, name)) for name in (READER, LATE)}
        pushers = {each: Account(pusher(each), token(hub, pusher(each))) for each in PRODUCERS}
        return Loaded(data, objects, took, accounts[READER], accounts[LATE], pushers)
    finally:
        hub.close()


def _progress(text: str) -> None:
    """Tell how far it is, to somebody who looks on."""
    if sys.stderr.isatty():
        print(text, end="", file=sys.stderr, flush=True)


def _check(items: Iterable[Item]) -> None:
    odd = next((item for item in items if item.state is not ItemState.RELEASED), None)
    if odd is not None:
        raise RuntimeError(f"{odd.object_id} is {odd.state}: {odd.message}")
