"""Other TAXII 2.1 servers beside the hub, each at a size at which it still answers; the same corpus, in turn.

May import: everything of the bench. Never comes in: a library of a peer's: it runs in a process of its own and,
where it would clash, in an environment of its own.
"""

from __future__ import annotations

from tests.bench.peers.medallion import medallion
from tests.bench.peers.opentaxii import opentaxii

PEERS = {"medallion": medallion, "opentaxii": opentaxii}
"""By the name that PEERS has."""
