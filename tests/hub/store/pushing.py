"""A few notes of bank-a on their way in, in the forms in which the contract needs them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hub.model.audit import Event
from hub.model.contributions import Label
from hub.model.submissions import Item, Offer, Submission, SubmissionState
from hub.store.base import Release, Store, Transaction
from hub.store.query import ALL, Query
from stix_models.markings import Level
from tests.hub.store.home import Home
from tests.hub.store.stage import (
    DAWN,
    MAIN,
    ONE,
    SECOND,
    TWO,
    Offered,
    Push,
    Stage,
    Wall,
    identify,
    outline_of,
)

CLEAR = Label(MAIN, Level.CLEAR, "bank-a")
INTO_ONE = Label(MAIN, Level.AMBER, "bank-a", groups=frozenset({ONE}))
INTO_TWO = replace(INTO_ONE, groups=frozenset({TWO}))
NOTE, OTHER = identify("note", 0), identify("note", 1)
EVERYTHING = Query(versions=frozenset({ALL}))


def offered(object_id: str, version: int = 1, references: tuple[str, ...] = (), label: Label = CLEAR) -> Offered:
    """Give an object whose bytes are its id and version."""
    outline = outline_of(object_id, version, references)
    return Offered(outline, b'{"id": "%s", "n": %d}' % (object_id.encode(), version), label)


def revoked(it: Offered) -> Offered:
    """Give the same, revoked."""
    return replace(it, outline=replace(it.outline, revoked=True))


def push(*objects: Offered) -> Push:
    """Let bank-a's person push into the main collection."""
    return Push("a-ada", MAIN, objects)


def submission(number: int) -> Submission:
    """Give a submission of bank-a's person to the main collection."""
    return Submission(
        id=f"00000000-0000-4000-8000-{number:012d}",
        collection=MAIN,
        account="a-ada",
        partner="bank-a",
        received=datetime.fromtimestamp(DAWN // SECOND, UTC),
        state=SubmissionState.REVIEW,
    )


def offers(*objects: Offered) -> list[Offer]:
    """Give objects as offers, in order."""
    return [Offer(number, it.outline.id, it.body, it.outline) for number, it in enumerate(objects)]


def receive(stage: Stage, sent: Submission, *objects: Offered) -> tuple[Item, ...]:
    """Put objects on the waiting shelf."""
    return stage.store.commit(lambda tx: tx.receive(sent, offers(*objects), Level.AMBER))


def released(item: Item, object_id: str) -> Release:
    """Let an item go to the released shelf as CLEAR."""
    return Release(item, outline_of(object_id, 1), CLEAR)


def release_all(stage: Stage, items: tuple[Item, ...]) -> None:
    """Let the items of a submission go to the released shelf as CLEAR."""
    stage.store.commit(lambda tx: tx.release([released(item, item.object_id) for item in items]))


def body_of(number: int) -> bytes:
    """Give the bytes of the n-th object pushed by `push_one`."""
    return b'{"number": %d}' % number


def push_work(tx: Transaction, number: int) -> None:
    """Receive and release the n-th note of bank-a."""
    outline = outline_of(identify("note", number), 1)
    it = Offered(outline, body_of(number), CLEAR)
    (item,) = tx.receive(submission(1000 + number), offers(it), Level.AMBER)
    tx.release([Release(item, outline, CLEAR)])
    tx.record(Event("a-ada", "object:add", outline.id, {"number": number}))


def push_one(store: Store, number: int) -> None:
    """Push the n-th note of bank-a in a commit of its own."""
    store.commit(lambda tx: push_work(tx, number))


def fail_after_push(tx: Transaction, number: int) -> None:
    """Push, and fail at the last moment."""
    push_work(tx, number)
    message = "the act fails at the last moment"
    raise LookupError(message)


def push_from_elsewhere(home: Home, numbers: range) -> None:
    """Open the data in this process and push."""
    store = home.open(Wall())
    for number in numbers:
        push_one(store, number)
    store.close()
