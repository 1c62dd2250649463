"""Public knowledge that the hub itself holds, loaded by who sets it up (visibility.md S11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.errors import Finding
from hub.model.audit import Event
from hub.model.members import Actor
from hub.model.submissions import Offer
from hub.policy.actions import Action, require
from hub.store.base import Store, Transaction
from hub.vetting.checks import Limits, inspect

BUNDLE_LIMITS = Limits(max_content_bytes=268_435_456, max_objects=1_000_000)
"""A whole knowledge base is one bundle: 256 MiB, a million objects, the depth of any push."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a file of reference objects. held: was here already, with this version."""

    added: int
    held: int
    findings: tuple[Finding, ...]


class Reference:
    """Loads reference objects; whoever may read anything may see them."""

    def __init__(self, store: Store, limits: Limits = BUNDLE_LIMITS) -> None:
        self._store = store
        self._limits = limits

    @property
    def max_content_bytes(self) -> int:
        """How large a bundle may be."""
        return self._limits.max_content_bytes

    def load(self, actor: Actor, body: bytes) -> Loaded:
        """Hold every sound object of a file as public knowledge; what is not sound is told and left out.

        Raises: ForbiddenError: the actor does not set up the hub. InvalidInputError: the whole is unreadable.
        """
        require(actor, Action.REFERENCE_LOAD)
        offers = inspect(body, self._limits, from_file=True)

        def work(tx: Transaction) -> int:
            added = _put(tx, offers)
            tx.record(Event(actor.name, Action.REFERENCE_LOAD, "", {"objects": len(offers), "added": added}))
            return added

        added = self._store.commit(work)
        findings = tuple(Finding(offer.name, offer.problem) for offer in offers if offer.problem)
        return Loaded(added, len(offers) - len(findings) - added, findings)


def _put(tx: Transaction, offers: Sequence[Offer]) -> int:
    sound = [offer for offer in offers if offer.outline and not offer.problem]
    return sum(tx.put_reference(offer.outline, offer.raw) for offer in sound if offer.outline)
