"""A hub's files exchanged while nobody has them open: restored from a backup, or brought up to date.

Until the new files are whole, checked and on the disk nothing is touched. From then on the folder `restored`
is there until both have taken their places: a kill in between leaves a hub that refuses to open and says why.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from hub.errors import ConflictError, InvalidInputError, StoreError
from hub.model.audit import Event
from hub.model.backups import Backup, Restored, Upgraded
from hub.store.sqlite.files import connection as files
from hub.store.sqlite.files.clock import LONGEST_WAIT_US, Clock, meta, put_meta, wall
from hub.store.sqlite.files.holding import Hold
from hub.store.sqlite.trail import audit
from hub.store.sqlite.upkeep import backup, verify
from hub.store.sqlite.upkeep.backup import HUB_PART, READS_NAME

RESTORED = "restored"
_DRAFT = ".restoring."
_SHOWN = 20
_SECOND_US = 1_000_000


def restore(
    path: Path, file: Path, *, replace: bool, record: Callable[[Backup], Event], clock: Clock = wall
) -> Restored:
    """Put a hub's files in place from a backup, once everything in that has been checked.

    path: where the hub is to be. record: makes the event that goes into the restored hub's trail.
    Raises: InvalidInputError: the backup is unsound. ConflictError: a hub is there and is not to be replaced.
        StoreBusyError: it is in use. In all these cases nothing has changed.
    """
    folder = path.parent
    with Hold(folder, alone=True):
        for left in folder.glob(f"{_DRAFT}*"):  # of a restore that was killed
            rmtree(left)
        there = path.exists() or (folder / RESTORED).exists()
        if there and not replace:
            raise ConflictError(f"there is a hub in {folder}: to lose it for the backup, give --force")
        with TemporaryDirectory(prefix=_DRAFT, dir=folder) as made:
            new = Path(made) / RESTORED
            new.mkdir()
            found = backup.unpack(file, new)
            _check(file, new)
            epoch = _renew(new / HUB_PART, _counters(path), record(found), clock())
            _place(new, path)
    return Restored(found, epoch, there)


def _check(file: Path, new: Path) -> None:
    """Bring the copies up to this hub's tables and hold them to their hashes and chains. Raises: InvalidInputError."""
    with closing(files.connect(new / HUB_PART, write=True)) as hub, files.reported(file):
        files.migrate(hub, file)
        findings = list(verify.kept(hub))
    with closing(files.connect(new / READS_NAME)) as reads, files.reported(file):
        findings += audit.verify(reads, "read")
    if findings:
        raise InvalidInputError(f"{file} is damaged: nothing was restored", tuple(findings[:_SHOWN]))


def _renew(path: Path, lost: tuple[int, int], event: Event, now: int) -> int:
    """Give a copy an epoch and a clock above all there has been, and note the restore in its trail.

    lost: epoch and clock of the hub that is replaced. The epoch is at least the time in seconds: of two hubs
    restored from one backup, one after the other, no cursor of the first means anything to the second.
    """
    with closing(files.connect(path, write=True)) as connection, files.reported(path):
        epoch = max(meta(connection, "epoch") + 1, lost[0] + 1, now // _SECOND_US)
        connection.execute("BEGIN IMMEDIATE")
        put_meta(connection, "epoch", epoch)
        # The lost hub's clock may have been ahead of the wall by as long as an opening waits for it.
        put_meta(connection, "clock", max(meta(connection, "clock"), lost[1], now + LONGEST_WAIT_US))
        connection.execute("DELETE FROM invitation WHERE used IS NULL")  # what was used since would be good again
        audit.append(connection, now, event)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")
    return epoch


def _counters(path: Path) -> tuple[int, int]:
    """Give epoch and clock of the hub that goes; zeros where there is none or nothing of it can be read."""
    try:
        with closing(files.connect(path)) as connection, files.reported(path):
            return meta(connection, "epoch"), meta(connection, "clock")
    except StoreError:  # that it can't be read may be why it is replaced
        return 0, 0


def _place(new: Path, path: Path) -> None:
    """Let checked files take their places; what was there goes."""
    for name in (HUB_PART, READS_NAME):
        backup.sync(new / name)
    standing = path.parent / RESTORED
    if standing.exists():  # of a restore that was killed
        rmtree(standing)
    new.rename(standing)
    backup.sync(path.parent)
    for name, target in ((READS_NAME, path.with_name(READS_NAME)), (HUB_PART, path)):
        for beside in ("-wal", "-shm"):
            target.with_name(target.name + beside).unlink(missing_ok=True)
        (standing / name).replace(target)
    backup.sync(path.parent)
    standing.rmdir()


def refuse_half(folder: Path) -> None:
    """Go on unless a restore was killed while its files took their places. Raises: StoreError."""
    if (folder / RESTORED).exists():
        raise StoreError(f"a restore into {folder} was interrupted: run it again with --force")


def upgrade(path: Path, target: Path | None, record: Callable[[Upgraded], Event], clock: Clock = wall) -> Upgraded:
    """Bring a hub's tables up to this hub's, after a backup; nothing is done where nothing is due.

    target: the backup's file; None for one beside the hub, named by the tables it has and the time.
    Raises: StoreBusyError: the hub is in use. StoreError: it is newer; or the backup can't be written.
    """
    files.require_there(path)
    with Hold(path.parent, alone=True), closing(files.connect(path, write=True)) as connection:
        refuse_half(path.parent)
        before, after = files.numbers(connection, path)
        if before == after:
            return Upgraded(before, after)
        now = datetime.fromtimestamp(clock() / _SECOND_US, UTC)
        target = target or path.with_name(f"before-tables-{after}-{now:%Y%m%dT%H%M%SZ}.zip")
        backup.write(path, target, now)
        done = Upgraded(before, after, target)
        files.migrate(connection, path)
        with files.reported(path):
            _record(connection, clock(), record(done))
    return done


def _record(connection: sqlite3.Connection, now: int, event: Event) -> None:
    connection.execute("BEGIN IMMEDIATE")
    audit.append(connection, now, event)
    connection.execute("COMMIT")
