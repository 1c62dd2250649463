"""The corpus is the same everywhere, conforms, and has the shape that the targets name."""

from __future__ import annotations

import json
from collections import Counter

from hub.vetting.checks import inspect
from stix_models.ids import SCO_TYPES
from tests.bench.corpus import Corpus, Piece, envelope

_OBJECTS = 8_000


def _pieces(objects: int) -> list[Piece]:
    return [piece for batch in Corpus().batches(objects, 1_000) for piece in batch]


def test_same_everywhere() -> None:
    """Two supplies from the same seed give the same bytes, another seed gives others."""
    assert _pieces(300) == _pieces(300)
    assert Corpus(seed=1).batch(100) != Corpus(seed=2).batch(100)


def test_conforms() -> None:
    """Nothing of it is refused at the hub's door."""
    problems = [offer.problem for offer in inspect(envelope(_pieces(1_000))) if offer.problem]
    assert problems == []


def test_shape() -> None:
    """Types, size and what the reader sees are in the proportions that the targets were set for."""
    pieces = _pieces(_OBJECTS)
    types = Counter(json.loads(piece.raw)["type"] for piece in pieces)
    observables = sum(count for type_, count in types.items() if type_ in SCO_TYPES)
    share = {"indicator": types["indicator"], "relationship": types["relationship"], "observable": observables}
    wanted = {
        "indicator": 0.46,
        "relationship": 0.18,
        "observable": 0.14,
    }  # some of the 5 % new versions are indicators
    assert all(abs(share[kind] / _OBJECTS - part) < 0.03 for kind, part in wanted.items())
    assert abs(sum(len(piece.raw) for piece in pieces) / _OBJECTS - 1_150) < 60
    assert abs(sum(piece.visible for piece in pieces) / _OBJECTS - 0.6) < 0.02
    versions = _OBJECTS - len({piece.object_id for piece in pieces})
    assert abs(versions / _OBJECTS - 0.05) < 0.01
