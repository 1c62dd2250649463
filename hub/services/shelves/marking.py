"""The secretariat raises a marking at once; to lower one needs the producer's consent (visibility.md S8)."""

from __future__ import annotations

from dataclasses import dataclass

from hub.errors import ForbiddenError, InvalidInputError, NotFoundError
from hub.model.audit import Event
from hub.model.contributions import Contribution
from hub.model.members import Actor, Role
from hub.policy.actions import Action, require
from hub.services.reading import seen_by
from hub.services.shelves.labelling import relabel_object
from hub.store.base import Store, Transaction
from stix_models.markings import Level

MAX_REASON_CHARACTERS = 1_000
"""How long a reason in the audit trail may be."""


@dataclass(frozen=True, slots=True)
class Raising:
    """A stage of services.access: every contribution of an id at a level, at least."""

    object_id: str
    level: Level
    reason: str

    def carry_out(self, tx: Transaction, actor: Actor) -> tuple[str, ...]:
        """Raise what is below. Raises: as `Marking.raise_level`."""
        changed = self.count(tx, actor)
        return (f"raise {self.object_id} to {self.level.upper()}: {changed} changed",) if changed else ()

    def count(self, tx: Transaction, actor: Actor) -> int:
        """Raise what is below, now and in what its producers push later; give how many contributions that were."""
        require(actor, Action.OBJECT_MARK)
        reason = checked_reason(self.reason)
        standing = tx.contributions([self.object_id])
        if not standing:
            raise NotFoundError(f"no object {self.object_id}")
        producers = sorted({each.producer for each in standing})
        raised = [each for producer in producers for each in tx.raised(producer, [self.object_id]).values()]
        _check_upward([*_levels(standing), *raised], self.level)
        for producer in producers:
            tx.raise_level(self.object_id, producer, self.level)
        changed = relabel_object(tx, self.object_id)
        detail = {"level": self.level, "reason": reason, "changed": changed}
        tx.record(Event(actor.name, Action.OBJECT_MARK, self.object_id, detail))
        return changed


class Marking:
    """Acts on the level of what is released."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def raise_level(self, actor: Actor, object_id: str, level: Level, reason: str) -> int:
        """Raise every contribution of the id to at least the level; give how many it changed.

        Raises: NotFoundError: nothing of the id stands, or the actor may not know of it. ForbiddenError: the
        actor is not of the secretariat, or the level is below the one in force. InvalidInputError: no reason.
        """
        if not actor.has(Role.SECRETARIAT) and not seen_by(self._store, actor, object_id):
            raise NotFoundError(f"no object {object_id}")
        return self._store.commit(lambda tx: Raising(object_id, level, reason).count(tx, actor))

    def levels(self, actor: Actor, object_id: str) -> tuple[Level, ...]:
        """Give the levels in force on the contributions of an id, ascending, no repeats.

        Raises: ForbiddenError: the actor is not of the secretariat. NotFoundError: nothing of the id stands.
        """
        require(actor, Action.OBJECT_MARK)
        with self._store.snapshot() as snapshot:
            standing = snapshot.contributions([object_id])
        if not standing:
            raise NotFoundError(f"no object {object_id}")
        return tuple(sorted({each.label.level for each in standing}, key=lambda level: level.rank))

    def pulled(self, actor: Actor, object_id: str) -> frozenset[str]:
        """Give the accounts that were served any version of an object. Raises: ForbiddenError: as `levels`."""
        require(actor, Action.OBJECT_MARK)
        return frozenset(serving.account for serving in self._store.holders(object_id))


def checked_reason(reason: str) -> str:
    """Give a reason fit for the audit trail.

    Raises: InvalidInputError: it is empty, too long or not one line.
    """
    text = reason.strip()
    if not text or len(text) > MAX_REASON_CHARACTERS or not text.isprintable():
        raise InvalidInputError(f"a reason is one line of 1 to {MAX_REASON_CHARACTERS} characters")
    return text


def _levels(standing: tuple[Contribution, ...]) -> list[Level]:
    """Give the levels in force; what is withheld has one of its own under that, which nobody reads yet."""
    return [each.label.level for each in standing if each.label.level is not Level.WITHHELD]


def _check_upward(in_force: list[Level], level: Level) -> None:
    """Refuse a level below everything that is in force."""
    lowest = min(in_force, key=lambda each: each.rank, default=level)
    if level.rank < lowest.rank:
        raise ForbiddenError(f"to lower {lowest.upper()} to {level.upper()} needs the producer's recorded consent")
