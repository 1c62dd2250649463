"""What a store promises of being restored and upgraded, while nobody has it open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from hub.model.audit import Event
from hub.model.backups import Backup, Restored, Upgraded


class Exchange(Protocol):
    """What is done to a hub's memory while nobody has it open; StoreBusyError when somebody has."""

    def restore(self, path: Path, file: Path, *, replace: bool, record: Callable[[Backup], Event]) -> Restored:
        """Put in place what `back_up` wrote, once hashes and audit chain are checked; nothing changes before.

        Cursor keys are kept, the epoch rises, and all stamps to come are above all that were ever given.
        `record` makes the event that goes into the restored trail.
        Raises InvalidInputError when the backup is unsound or of a newer hub, ConflictError when a hub is there
        and not to be replaced.
        """

    def upgrade(self, path: Path, target: Path | None, record: Callable[[Upgraded], Event]) -> Upgraded:
        """Bring the form of what is stored up to this hub's, after a backup into `target` (None: beside it).

        A store of an older form does not open before that.
        """
