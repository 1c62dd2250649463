"""The generated corpus: the same objects on every machine, in the proportions of a real feed.

44 % indicators, 18 % relationships, 14 % observables, 5 % new versions, the rest other SDOs; about 1.15 kB each.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from stix_models.ids import observable_id
from tests.bench.community import MARKS, PRODUCERS, Mark

SEED = 2026
_SIZE, _SPREAD = 1_460, 260
"""Bytes of an SDO; relationships and observables are smaller, so that the mean is 1.15 kB."""
_RELATIONSHIP_SIZE = 900
_REMEMBERED = 400
"""How many earlier objects of one producer and mark may still be referred to or get a new version."""
_START = datetime(2026, 1, 1, tzinfo=UTC)
_WORDS = re.findall(
    r"\w+",
    "account actor beacon broker campaign card certificate cluster credential domain dropper exfiltration fraud gateway"
    " host hosting infrastructure invoice kit lure mailbox merchant mule network panel payload phishing proxy ransom"
    " registrar relay reseller scam session shop skimmer sponsor stealer transfer tunnel victim wallet wave",
)
_OTHERS = ("malware", "threat-actor", "campaign", "infrastructure", "tool", "intrusion-set", "vulnerability")
_FLAGS = {"malware": {"is_family": False}}

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """One object as it is pushed. visible: whether the reader of the targets may see it."""

    producer: str
    visible: bool
    object_id: str
    raw: bytes


@dataclass(slots=True)
class _Shelf:
    """What one producer has made under one mark of late."""

    referable: deque[str] = field(default_factory=partial(deque, maxlen=_REMEMBERED))
    versioned: deque[Object] = field(default_factory=partial(deque, maxlen=_REMEMBERED))


class Corpus:
    """An endless supply, one producer's batch after the other's; equal arguments give equal bytes."""

    def __init__(self, seed: int = SEED, marks: tuple[Mark, ...] = MARKS) -> None:
        self._random = Random(seed)  # noqa: S311 - the same numbers everywhere are wanted, not secret ones
        self._marks = marks
        self._weights = [mark.share for mark in marks]
        self._shelves = {(producer, mark): _Shelf() for producer in PRODUCERS for mark in marks}
        self._now = _START
        self._turn = 0

    def batches(self, objects: int, size: int) -> Iterator[list[Piece]]:
        """Give so many objects in batches, each of one producer, in turn."""
        for start in range(0, objects, size):
            yield self.batch(min(size, objects - start))

    def batch(self, size: int) -> list[Piece]:
        """Give the next producer's next objects."""
        producer = PRODUCERS[self._turn % len(PRODUCERS)]
        self._turn += 1
        return [self._piece(producer, mark) for mark in self._random.choices(self._marks, self._weights, k=size)]

    def _piece(self, producer: str, mark: Mark) -> Piece:
        self._now += timedelta(milliseconds=self._random.randrange(1, 2_000))
        shelf = self._shelves[producer, mark]
        value = self._object(shelf, self._random.random())
        value["object_marking_refs"] = list(mark.markings)
        return Piece(producer, mark.visible, value["id"], _compact(value))

    def _object(self, shelf: _Shelf, draw: float) -> Object:
        if draw < 0.18 and len(shelf.referable) > 1:
            return self._relationship(shelf)
        if draw < 0.23 and shelf.versioned:
            return self._new_version(shelf)
        if 0.23 <= draw < 0.37:
            value = self._observable()
        else:
            value = self._other() if draw < 0.56 else self._indicator()
            shelf.versioned.append(value)
        shelf.referable.append(value["id"])
        return value

    def _indicator(self) -> Object:
        host = self._host()
        value = self._sdo("indicator") | {
            "name": f"Host {host}",
            "indicator_types": ["malicious-activity"],
            "pattern": f"[domain-name:value = '{host}' OR url:value = 'https://{host}/login']",
            "pattern_type": "stix",
            "valid_from": self._time(),
        }
        return self._described(value, self._length())

    def _other(self) -> Object:
        type_ = self._random.choice(_OTHERS)
        value = self._sdo(type_) | {"name": " ".join(self._random.choices(_WORDS, k=3))} | _FLAGS.get(type_, {})
        return self._described(value, self._length())

    def _relationship(self, shelf: _Shelf) -> Object:
        source, target = self._random.sample(shelf.referable, 2)
        ends = {"relationship_type": "related-to", "source_ref": source, "target_ref": target}
        return self._described(self._sdo("relationship") | ends, _RELATIONSHIP_SIZE)

    def _new_version(self, shelf: _Shelf) -> Object:
        at = self._random.randrange(len(shelf.versioned))
        shelf.versioned[at] = later = shelf.versioned[at] | {"modified": self._time(), "confidence": 80}
        return dict(later)

    def _observable(self) -> Object:
        type_ = self._random.choice(("ipv4-addr", "domain-name", "url", "email-addr", "file"))
        host = self._host()
        made: Object = {"type": type_, "spec_version": "2.1"}
        match type_:
            case "ipv4-addr":
                made["value"] = ".".join(str(self._random.randrange(1, 255)) for _ in range(4))
            case "file":
                made |= {"name": f"{host}.exe", "hashes": {"SHA-256": self._random.randbytes(32).hex()}}
            case "url":
                made["value"] = f"https://{host}/{self._random.randbytes(12).hex()}"
            case "email-addr":
                made["value"] = f"{self._random.randbytes(6).hex()}@{host}"
            case _:
                made["value"] = host
        return {"id": observable_id(made)} | made

    def _sdo(self, type_: str) -> Object:
        bits = self._random.randbytes(16).hex()
        id_ = f"{type_}--{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-a{bits[17:20]}-{bits[20:]}"
        at = self._time()
        return {"type": type_, "spec_version": "2.1", "id": id_, "created": at, "modified": at}

    def _described(self, value: Object, size: int) -> Object:
        """Fill up to about so many bytes with words."""
        missing = size - 150 - len(_compact(value))
        value["description"] = " ".join(self._random.choices(_WORDS, k=max(1, missing // 8)))
        return value

    def _length(self) -> int:
        return max(600, round(self._random.gauss(_SIZE, _SPREAD)))

    def _host(self) -> str:
        return f"{self._random.choice(_WORDS)}-{self._random.randbytes(5).hex()}.example"

    def _time(self) -> str:
        return self._now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def envelope(pieces: list[Piece]) -> bytes:
    """Join objects into a TAXII envelope."""
    return b'{"objects":[%b]}' % b",".join(piece.raw for piece in pieces)


def _compact(value: Object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
