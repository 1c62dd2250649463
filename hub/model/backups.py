"""What a backup says of itself, and what became of a hub that was restored or upgraded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Backup:
    """The manifest of a backup, less the digests of its parts; it holds no secret, the parts do.

    hub: the version that wrote it. tables: the number of its last migration. epoch: of the store (S18).
    taken: the moment it is of. events, head: how many audit events it has, and the hash of the last one.
    """

    hub: str
    tables: int
    epoch: int
    taken: datetime
    events: int
    head: str


@dataclass(frozen=True, slots=True)
class Restored:
    """A hub that stands again. epoch: the new one. replaced: whether there was a hub in its place."""

    backup: Backup
    epoch: int
    replaced: bool


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A hub brought from one number of migrations to another.

    backup: the file of what it was; None where nothing was due.
    """

    before: int
    after: int
    backup: Path | None = None
