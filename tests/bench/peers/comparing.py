"""The three questions a peer and the hub are asked in turn: a poll, a first page, a push."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.client import Line
from tests.bench.corpus import Corpus, Piece, envelope
from tests.bench.hubs import NEW, Hub
from tests.bench.rounds import Measure, Samples, in_turn, p50_ms, seconds
from tests.bench.table import Table

OBJECTS = 500
PAGE = 100
_SAME = 0.9
"""Some of the new ones may be versions of one object."""
_PUSHED = 50
_CALLS = 3


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer that answers. objects: the path of its collection's; before: the date_added to poll with for NEW objects.

    takes: which objects it can take at all.
    """

    name: str
    line: Line
    objects: str
    before: str
    takes: Callable[[Piece], bool] = lambda _: True


def compare(table: Table, hub: Hub, peer: Peer, rounds: int) -> None:
    """Ask both, in turn. Raises: RuntimeError: the peer does not know what is new."""
    new = len(peer.line.get(f"{peer.objects}?added_after={peer.before}").objects)
    if not _SAME * NEW <= new <= NEW:
        raise RuntimeError(f"{peer.name} has {new} new objects where there are {NEW}")

    def asking(query: str) -> Measure:
        return p50_ms(lambda: peer.line.get(f"{peer.objects}?{query}"), _CALLS)

    found = {
        f"poll, {NEW} new": (hub.some_new(), asking(f"added_after={peer.before}")),
        f"first page of {PAGE}": (hub.page(PAGE), asking(f"limit={PAGE}")),
    }
    for name, (ours, theirs) in found.items():
        both = in_turn({"hub": ours, "peer": theirs}, rounds)
        _add(table, peer, name, "ms", both, both["peer"].over(both["hub"]))
    both = in_turn({"hub": hub.push(_PUSHED, 1), "peer": _pushing(peer)}, rounds)
    _add(table, peer, f"push, {_PUSHED} an envelope", "obj/s", both, both["hub"].over(both["peer"]))


def _pushing(peer: Peer) -> Measure:
    fresh = Corpus(seed=11)

    def measure() -> float:
        pieces = [piece for piece in fresh.batch(2 * _PUSHED) if peer.takes(piece)][:_PUSHED]
        return len(pieces) / seconds(lambda: peer.line.post(peer.objects, envelope(pieces)))

    return measure


def _add(table: Table, peer: Peer, name: str, unit: str, both: dict[str, Samples], better: Samples) -> None:
    for who, samples in both.items():
        table.add(peer.name, f"{name}, {'hub' if who == 'hub' else peer.name}, {OBJECTS} objects", unit, samples)
    table.add(peer.name, f"{name}: times better than {peer.name}", "x", better)
