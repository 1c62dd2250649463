"""The secretariat raises a marking at once; to lower one needs the producer's consent (visibility.md S8)."""

from __future__ import annotations

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
        require(actor, Action.OBJECT_MARK)
        reason = checked_reason(reason)

        def work(tx: Transaction) -> int:
            standing = tx.contributions([object_id])
            if not standing:
                raise NotFoundError(f"no object {object_id}")
            producers = sorted({each.producer for each in standing})
            raised = [each for producer in producers for each in tx.raised(producer, [object_id]).values()]
            _check_upward([*_levels(standing), *raised], level)
            for producer in producers:
                tx.raise_level(object_id, producer, level)
            changed = relabel_object(tx, object_id)
            detail = {"level": level, "reason": reason, "changed": changed}
            tx.record(Event(actor.name, Action.OBJECT_MARK, object_id, detail))
            return changed

        return self._store.commit(work)


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
