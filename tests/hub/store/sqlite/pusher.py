"""A process that pushes in two threads and says so after each acknowledged push; it is there to be killed."""

from __future__ import annotations

import sys
import threading
from itertools import count
from pathlib import Path

from hub.model.audit import Event
from hub.model.contributions import Label
from hub.model.submissions import Offer
from hub.store.base import Release, Transaction
from hub.store.sqlite import SqliteStore
from stix_models.markings import Level
from stix_models.outline import Outline
from tests.hub.store.pushing import submission
from tests.hub.store.stage import MAIN, identify, outline_of

OBJECTS_A_PUSH = 5
THREADS = 2


def push_forever(store: SqliteStore, first: int) -> None:
    """Push submission after submission, each THREADS after the last, and print each number once it is safe."""
    for number in count(first, THREADS):
        store.commit(lambda tx, number=number: push(tx, number))  # type: ignore[misc]  # bound at once
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


def push(tx: Transaction, number: int) -> None:
    """Receive and release the objects of a submission, each referring to the one before it."""
    label = Label(MAIN, Level.CLEAR, "bank-a")
    outlines = [outline(number, position) for position in range(OBJECTS_A_PUSH)]
    offers = [Offer(position, it.id, body(number, position), it) for position, it in enumerate(outlines)]
    items = tx.receive(submission(number), offers, Level.AMBER)
    tx.release([Release(item, it, label) for item, it in zip(items, outlines, strict=True)])
    tx.record(Event("a-ada", "object:add", submission(number).id))


def outline(number: int, position: int) -> Outline:
    """Describe one object of a submission."""
    before = (object_of(number, position - 1),) if position else ()
    return outline_of(object_of(number, position), 1, before)


def object_of(number: int, position: int) -> str:
    """Give the id of one object of a submission."""
    return identify("note", number * OBJECTS_A_PUSH + position)


def body(number: int, position: int) -> bytes:
    """Give its bytes, long enough to fill pages of the file."""
    return b'{"number": %d, "position": %d, "text": "%s"}' % (number, position, b"x" * 700)


if __name__ == "__main__":
    opened = SqliteStore.open(Path(sys.argv[1]))
    for thread in range(THREADS):
        threading.Thread(target=push_forever, args=(opened, int(sys.argv[2]) + thread)).start()
