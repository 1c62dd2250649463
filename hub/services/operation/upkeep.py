"""Keeping a hub alive: backups, restores, upgrades, and repairs of what is derived."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from hub.errors import Finding
from hub.model.audit import Event
from hub.model.backups import Backup, Restored, Upgraded
from hub.model.members import Actor
from hub.policy.actions import Action, require
from hub.store.base import Store, Transaction
from hub.store.exchange import Exchange

_HUB = "hub"
"""What these acts are done to, as the audit trail says it."""


class Upkeep:
    """Acts on a hub that is open, in use or not."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def back_up(self, actor: Actor, target: Path) -> Backup:
        """Write everything as of now into one new file; the trail notes it when the file is whole.

        Raises: ConflictError: the file is there. StoreError: it can't be written.
        """
        require(actor, Action.HUB_BACKUP)
        backup = self._store.back_up(target)
        event = Event(actor.name, Action.HUB_BACKUP, _HUB, {"file": target.name, **_facts(backup)})
        self._store.commit(lambda tx: tx.record(event))
        return backup

    def repair(self, actor: Actor) -> tuple[Finding, ...]:
        """Make again what is derived; give what was wrong of it. Bytes and the trail are never touched."""
        require(actor, Action.HUB_REPAIR)

        def work(tx: Transaction) -> tuple[Finding, ...]:
            repaired = tx.repair()
            if repaired:
                tx.record(Event(actor.name, Action.HUB_REPAIR, _HUB, {"repaired": len(repaired)}))
            return repaired

        return self._store.commit(work)


def restore(exchange: Exchange, actor: Actor, path: Path, file: Path, *, replace: bool) -> Restored:
    """Put a hub in place from a backup; raises as `hub.store.exchange.Exchange.restore`."""
    require(actor, Action.HUB_RESTORE)
    return exchange.restore(
        path,
        file,
        replace=replace,
        record=lambda backup: Event(actor.name, Action.HUB_RESTORE, _HUB, {"file": file.name, **_facts(backup)}),
    )


def upgrade(exchange: Exchange, actor: Actor, path: Path, target: Path | None) -> Upgraded:
    """Bring a hub up to this version, after a backup; raises as `hub.store.exchange.Exchange.upgrade`."""
    require(actor, Action.HUB_UPGRADE)
    return exchange.upgrade(
        path,
        target,
        lambda done: Event(actor.name, Action.HUB_UPGRADE, _HUB, {"before": done.before, "after": done.after}),
    )


def _facts(backup: Backup) -> dict[str, object]:
    return {**asdict(backup), "taken": backup.taken.isoformat()}
