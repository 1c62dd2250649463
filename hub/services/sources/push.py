"""Objects to another server: packed into envelopes it takes, each acknowledged once, each judged object by object."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hub.errors import NotFoundError
from hub.services.sources.receipts import Receipt, Receipts
from hub.services.sources.remote import Remote

_BEFORE, _BETWEEN, _AFTER = b'{"objects":[', b",", b"]}"
_FRAME_BYTES = len(_BEFORE) + len(_AFTER)


@dataclass(frozen=True, slots=True)
class Packing:
    """How much goes into one envelope. bytes: with its frame. The same packing gives the same envelopes."""

    bytes: int
    objects: int = 1_000


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of one envelope. was_known: a push before had brought it there already."""

    receipt: Receipt
    was_known: bool


def push(
    remote: Remote, objects: Iterable[bytes], packing: Packing, receipts: Receipts, too_large: Callable[[bytes], None]
) -> Iterator[Pushed]:
    """Push objects, an envelope after the other; each is complete on the server before the next goes.

    too_large: gets each object that no envelope of the server's can hold.
    Raises: as Remote; what was acknowledged until then is in the receipts.
    """
    for body in envelopes(objects, packing, too_large):
        digest = hashlib.sha256(body).hexdigest()
        known = receipts.of(digest)
        receipt = known or receipts.keep(remote.add(body, digest))
        if not receipt.is_final:
            receipt = receipts.keep(_settled(remote, receipt, body))
        yield Pushed(receipt, known is not None)


def envelopes(objects: Iterable[bytes], packing: Packing, too_large: Callable[[bytes], None]) -> Iterator[bytes]:
    """Pack objects in their order into TAXII envelopes (section 3.7), each as full as it may be."""
    waiting: list[bytes] = []
    size = _FRAME_BYTES
    for content in objects:
        if _FRAME_BYTES + len(content) > packing.bytes:
            too_large(content)
            continue
        if waiting and (len(waiting) == packing.objects or size + len(_BETWEEN) + len(content) > packing.bytes):
            yield _BEFORE + _BETWEEN.join(waiting) + _AFTER
            waiting, size = [], _FRAME_BYTES
        size += len(content) + (len(_BETWEEN) if waiting else 0)
        waiting.append(content)
    if waiting:
        yield _BEFORE + _BETWEEN.join(waiting) + _AFTER


def _settled(remote: Remote, receipt: Receipt, body: bytes) -> Receipt:
    """Wait for the server's judgement; a status that it has forgotten is asked for by pushing again."""
    try:
        return remote.settle(receipt)
    except NotFoundError:
        again = remote.add(body, receipt.envelope)
        return again if again.is_final else remote.settle(again)
