"""Changes to who may read and write what, tried before they are done: previewed exactly, applied in one commit.

A stage is one wish in plain values, and carries itself out by the same acts that do it alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from hub.errors import ConflictError, Finding, InvalidInputError
from hub.model.audit import Event
from hub.model.effects import Effects
from hub.model.members import Actor
from hub.policy.actions import Action, require
from hub.services.exploring.names import Names
from hub.services.exploring.sight import sight_of
from hub.services.membership.must_hold import Check, broken, commit_upheld
from hub.services.shelves.marking import checked_reason
from hub.store.base import Store, Transaction

MAX_STAGES = 1_000
"""How many wishes may be staged at once."""


class Stage(Protocol):
    """One wish."""

    def carry_out(self, tx: Transaction, actor: Actor) -> Iterable[str]:
        """Do it and record it; give what changed by it in words, nothing if it is so already.

        Raises: ForbiddenError: the actor may not. Else what the act raises that it is.
        """


@dataclass(frozen=True, slots=True)
class Preview:
    """What stages change.

    changes: in words. effects: for whom, and which objects. broken: checks that would not hold, for which it would
    be refused. stamp: what this was computed from; `apply` does nothing else.
    """

    changes: tuple[str, ...]
    effects: Effects
    broken: tuple[Check, ...]
    stamp: str


@dataclass(frozen=True, slots=True)
class Named:
    """An object by its id and by what it is called; the id where the one who asks does not see it yet."""

    object_id: str
    title: str


class Access:
    """Previews and applies staged changes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def preview(self, actor: Actor, stages: Iterable[Stage]) -> Preview:
        """Tell what the stages would change, by doing it and undoing it. Raises: what they raise."""
        require(actor, Action.ACCESS_PREVIEW)
        wanted = _limited(stages)
        return self._store.rehearse(lambda tx: _carry_out(tx, actor, wanted))

    def apply(self, actor: Actor, stages: Iterable[Stage], stamp: str, reason: str = "") -> Preview:
        """Do what was previewed, in one commit.

        Raises: ConflictError: rights have changed since the preview, or a check would be broken.
            InvalidInputError: it opens something to somebody, and no reason is given. Else what the stages raise.
        """
        require(actor, Action.ACCESS_APPLY)
        wanted, why = _limited(stages), checked_reason(reason) if reason.strip() else ""

        def act(tx: Transaction) -> Preview:
            done = _carry_out(tx, actor, wanted)
            if done.stamp != stamp:
                raise ConflictError("who may see what has changed since this was shown: look at it again")
            if done.effects.widens and not why:
                finding = Finding("reason", "it opens something to somebody: say why")
                raise InvalidInputError("what widens access needs a reason", (finding,))
            if done.changes:
                tx.record(Event(actor.name, Action.ACCESS_APPLY, "access", _facts(done, why)))
            return done

        return commit_upheld(self._store, act)

    def named(self, actor: Actor, object_ids: Iterable[str]) -> tuple[Named, ...]:
        """Give what objects are called, as far as the actor sees them now; it is recorded as read."""
        require(actor, Action.ACCESS_PREVIEW)
        sight, ids = sight_of(self._store, actor), tuple(object_ids)
        names = Names(sight.view)
        names.look_up(ids)
        found = tuple(Named(id_, names.title(id_)) for id_ in ids)
        sight.record("preview", names.shown)
        return found


def _limited(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    wanted = tuple(stages)
    if len(wanted) > MAX_STAGES:
        raise InvalidInputError(f"{len(wanted)} changes at once: at most {MAX_STAGES}")
    return wanted


def _carry_out(tx: Transaction, actor: Actor, stages: Iterable[Stage]) -> Preview:
    version = tx.registry.version()
    changes = tuple(words for stage in stages for words in stage.carry_out(tx, actor))
    effects = tx.effects(actor.account.name if actor.account else None)
    return Preview(changes, effects, broken(tx), f"{version}-{sha256(repr(changes).encode()).hexdigest()}")


def _facts(done: Preview, reason: str) -> dict[str, object]:
    """Give what the audit trail keeps of it beside the acts themselves."""
    return {
        "changes": len(done.changes),
        "reason": reason,
        "opened": done.effects.opened.count,
        "closed": done.effects.closed.count,
        "accounts": [each.account for each in done.effects.accounts],
    }
