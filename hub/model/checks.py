"""What must hold whatever is granted: who never reads what."""

from __future__ import annotations

from dataclasses import dataclass

from stix_models.markings import Level


@dataclass(frozen=True, slots=True)
class MustHold:
    """A subject never reads a collection, or nothing in it above a level.

    id: a UUID. subject: `partner:NAME` or `group:NAME`, as rights have it; of a group its members of the moment.
    collection: its id. above: CLEAR to AMBER+STRICT; None: nothing at all. reason: one line.
    """

    id: str
    subject: str
    collection: str
    above: Level | None = None
    reason: str = ""
