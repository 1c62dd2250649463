"""The audit trail for those who answer for the hub: what was done, whether it is whole, who has got what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hub.errors import Finding
from hub.model.audit import Bookmark, Chain, Recorded, Serving, TrailPage, Wanted
from hub.model.members import Actor
from hub.policy.actions import Action, Resource, decide, require
from hub.store.base import Store

MOST_ON_A_PAGE = 500


class Trail:
    """Reads the trail for the operator and the secretariat, and to each account what it did itself.

    Nobody writes it but the acts.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def records(self, actor: Actor, wanted: Wanted) -> Iterator[Recorded]:
        """Give acts and reads that are wanted, by time, each with its link of the chain; to an account its own.

        Raises: ForbiddenError: the actor is no account and does not set up the hub.
        """
        cut = _cut(actor, wanted)
        return iter(()) if cut is None else self._store.trail(cut)

    def page(self, actor: Actor, wanted: Wanted, after: Bookmark | None = None, limit: int = 50) -> TrailPage:
        """Give a page of the same, newest first. limit: 1 to MOST_ON_A_PAGE. Raises: as `records`."""
        cut = _cut(actor, wanted)
        at_most = min(max(limit, 1), MOST_ON_A_PAGE)
        return TrailPage(()) if cut is None else self._store.trail_page(cut, after, at_most)

    def backwards(self, actor: Actor, wanted: Wanted) -> Iterator[Recorded]:
        """Give all of them, newest first, a page at a time: however long it takes, nothing is held open meanwhile.

        Raises: as `records`, at once.
        """
        return self._from(actor, wanted, self.page(actor, wanted, None, MOST_ON_A_PAGE))

    def _from(self, actor: Actor, wanted: Wanted, page: TrailPage) -> Iterator[Recorded]:
        while True:
            yield from page.records
            if page.next is None:
                return
            page = self.page(actor, wanted, page.next, MOST_ON_A_PAGE)

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


def _cut(actor: Actor, wanted: Wanted) -> Wanted | None:
    """Cut a question to what the actor may read of the trail; None where nothing is left of it."""
    if decide(actor, Action.AUDIT_READ).allowed:
        return wanted
    require(actor, Action.AUDIT_READ_OWN, Resource(author=actor.name))
    return replace(wanted, actor=actor.name) if wanted.actor in (None, actor.name) else None
