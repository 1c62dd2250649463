"""The audit trail for those who answer for the hub: what was done, whether it is whole, who has got what."""

from __future__ import annotations

from collections.abc import Iterator

from hub.errors import Finding
from hub.model.audit import Chain, Recorded, Serving, Wanted
from hub.model.members import Actor
from hub.policy.actions import Action, require
from hub.store.base import Store


class Trail:
    """Reads the trail for the operator and the secretariat; nobody writes it but the acts themselves."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def records(self, actor: Actor, wanted: Wanted) -> Iterator[Recorded]:
        """Give acts and reads that are wanted, by time, each with its link of the chain."""
        require(actor, Action.AUDIT_READ)
        return self._store.trail(wanted)

    def holders(self, actor: Actor, object_id: str) -> Iterator[Serving]:
        """Give who has been served which version of the object and when, oldest first."""
        require(actor, Action.AUDIT_READ)
        return self._store.holders(object_id)

    def verify(self, actor: Actor, head: tuple[int, str] | None = None) -> tuple[Finding, ...]:
        """Walk both chains; give where they are broken.

        head: number and hash (hex) of an act as noted elsewhere: a chain cut off behind it or written anew is
        whole by itself, and only such a note tells.
        """
        require(actor, Action.AUDIT_READ)
        findings = tuple(self._store.verify_trail())
        if head is None or any(each == head for each in self._acts()):
            return findings
        return (*findings, Finding(f"audit {head[0]}", "the trail has no such link: it was cut off or written anew"))

    def heads(self, actor: Actor) -> dict[Chain, tuple[int, str]]:
        """Give number and hash (hex) of the last link of each chain that has any: to be noted elsewhere."""
        require(actor, Action.AUDIT_READ)
        return {each.chain: (each.seq, each.hash.hex()) for each in self._store.trail(Wanted())}

    def _acts(self) -> Iterator[tuple[int, str]]:
        for each in self._store.trail(Wanted()):
            if each.chain is Chain.ACTS:
                yield each.seq, each.hash.hex()
