"""The embedded store, put together (hub.store.base.Store)."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from hub.errors import ConflictError, Finding, StoreError
from hub.model.audit import Bookmark, Chain, Event, ReadRecord, Recorded, Serving, TrailPage, Wanted
from hub.model.backups import Backup, Restored, Upgraded
from hub.model.feeds import PullDay
from hub.policy.rules import Reader
from hub.policy.spans import Spans
from hub.store.query import Position
from hub.store.sqlite.counters import COUNTERS_NAME, SqliteCounters
from hub.store.sqlite.drafts import DRAFTS_NAME, SqliteDrafts
from hub.store.sqlite.entrance.sessions import CONSOLE_NAME, SqliteSessions
from hub.store.sqlite.files import connection as files
from hub.store.sqlite.files.clock import Clock, meta, wall
from hub.store.sqlite.files.holding import Hold
from hub.store.sqlite.files.writer import Writer
from hub.store.sqlite.reading.moment import Moment
from hub.store.sqlite.reading.rights import NO_RIGHTS, LaneRights, shared
from hub.store.sqlite.reading.view import SqliteView
from hub.store.sqlite.registry import SqliteRegistry
from hub.store.sqlite.search.index import SearchIndex
from hub.store.sqlite.shelves.book import AudienceBook
from hub.store.sqlite.snapshot import SqliteSnapshot
from hub.store.sqlite.trail import audit, pulls
from hub.store.sqlite.trail import records as trail
from hub.store.sqlite.trail.audit import ReadLog
from hub.store.sqlite.transaction import SqliteTransaction
from hub.store.sqlite.upkeep import backup, exchange, verify
from stix_models.timestamps import instant_of

T = TypeVar("T")
KEY_BYTES = 64


class SqliteStore:
    """One hub's memory in one file; safe to share between threads and, each with its own, between processes."""

    def __init__(self, path: Path, *, clock: Clock = wall, pause: Callable[[float], None] = time.sleep) -> None:
        """Open what `create` made. pause: how to wait for the wall clock (seconds)."""
        self._path = path
        self._clock = clock
        self._pause = pause
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        files.require_there(path)
        self._hold = Hold(path.parent)
        try:
            self._open(path)
        except BaseException:
            self._hold.close()
            raise

    def _open(self, path: Path) -> None:
        exchange.refuse_half(path.parent)
        writing = files.connect(path, write=True)
        files.require_newest(writing, path)
        with files.reported(path):
            self.epoch = meta(writing, "epoch")
            (self.cursor_key,) = writing.execute("SELECT value FROM meta WHERE key = 'cursor_key'").fetchone()
        self._writing = writing
        self._book = AudienceBook()
        self._readers = _Readers()
        self._reads_path = path.with_name(backup.READS_NAME)
        with files.reported(self._reads_path):
            self._reads = ReadLog(self._reads_path)
        self._search = SearchIndex(path, self.epoch, self.cursor_key)
        self.counters = SqliteCounters(path.with_name(COUNTERS_NAME), self._clock)
        self.sessions = SqliteSessions(path.with_name(CONSOLE_NAME), self.epoch)
        self.drafts = SqliteDrafts(path.with_name(DRAFTS_NAME), self._clock, self.epoch)
        self._writer = Writer(writing, lambda error: files.explained(error, path), self._undone)

    @classmethod
    def create(cls, path: Path, *, clock: Clock = wall, pause: Callable[[float], None] = time.sleep) -> SqliteStore:
        """Make a new hub's file; ConflictError if there is one."""
        if path.exists():
            raise ConflictError(f"there is a hub at {path.parent} already")
        counters = {"clock": 0, "wall": 0, "rights_version": 1, "epoch": 1}
        files.create(path, [*counters.items(), ("cursor_key", secrets.token_bytes(KEY_BYTES))])
        return cls(path, clock=clock, pause=pause)

    @classmethod
    def open(cls, path: Path, *, clock: Clock = wall, pause: Callable[[float], None] = time.sleep) -> SqliteStore:
        """Open an existing hub's file."""
        return cls(path, clock=clock, pause=pause)

    def view(self, reader: Reader, also: Reader | None = None, within: frozenset[str] | None = None) -> SqliteView:
        """Give released data as the reader's account may see it at the time of each call (S1)."""

        def rights_in(connection: sqlite3.Connection, collection: str) -> LaneRights:
            if within is not None and collection not in within:
                return NO_RIGHTS
            rights = self._readers.rights(connection, reader.account, collection)
            if also is None:
                return rights
            return shared(rights, self._readers.rights(connection, also.account, collection))

        def moment(connection: sqlite3.Connection) -> Moment:
            return Moment(connection, partial(rights_in, connection), partial(self._readers.book, connection))

        @contextmanager
        def reading() -> Iterator[Moment]:
            with self._read() as connection:
                yield moment(connection)

        @contextmanager
        def searching() -> Iterator[Moment]:
            with self._search.beside_hub() as connection:
                yield moment(connection)

        def reached(collection: str, date: int) -> Position | None:
            if also is not None:
                return None  # what is dated by two readers' rights was never served to one of them
            with files.reported(self._reads_path):
                return self._reads.reached(reader.account, collection, date, self.epoch)

        return SqliteView(reading, searching, reached)

    def reader(self, account: str) -> Reader | None:
        """Give what decides what the account may see; "" is who has not signed in."""
        with self._read() as connection:
            return self._readers.reader(connection, account)

    @contextmanager
    def snapshot(self) -> Iterator[SqliteSnapshot]:
        """Read everything but released content in one moment."""
        with self._read() as connection:
            yield SqliteSnapshot(connection, self._readers.book(connection), self._clock)

    def commit(self, work: Callable[[SqliteTransaction], T]) -> T:
        """Run work in one commit and give its result when that is durable."""
        return self._writer.run(lambda: self._carry_out(work, self._pause))

    def rehearse(self, work: Callable[[SqliteTransaction], T]) -> T:
        """Run work as in a commit, undo it, and give its result; an opening that never comes waits for no clock."""
        return self._writer.rehearse(lambda: self._carry_out(work, lambda _: None))

    def _carry_out(self, work: Callable[[SqliteTransaction], T], pause: Callable[[float], None]) -> T:
        self._book.catch_up(self._writing)
        known = len(self._book)
        transaction = SqliteTransaction(self._writing, self._book, self._clock, pause)
        result = work(transaction)
        transaction.finish()
        self._book.write_on(self._writing, known)
        return result

    def record_read(self, record: ReadRecord) -> None:
        """Keep that objects were served."""
        with files.reported(self._reads_path):
            self._reads.record(self._clock(), self.epoch, record)

    def record_poll(self, account: str, collection: str) -> None:
        """Keep, to the minute, that a feed had nothing for the account."""
        with files.reported(self._reads_path):
            self._reads.polled(self._clock(), account, collection)

    def record_failure(self, account: str) -> None:
        """Count an answer that was an error."""
        with files.reported(self._reads_path):
            self._reads.failed(self._clock(), account)

    def pulls(self, since: int) -> tuple[PullDay, ...]:
        """Give how feeds were pulled from a day on, and of each feed the last day before that."""
        with self._log() as log:
            return pulls.since(log, since)

    def keep_searchable(self) -> None:
        """Bring the search up to date in the background from now on."""
        self._search.keep_up()

    def verify(self) -> Iterator[Finding]:
        """Recompute what can be recomputed; yield what is wrong."""
        with self._read() as connection:
            pinned = SqliteSnapshot(connection, AudienceBook(), self._clock).pinned()
            yield from verify.everything(connection, pinned)
        with files.reported(self._reads_path):
            yield from self._reads.verify()

    def trail(self, wanted: Wanted) -> Iterator[Recorded]:
        """Give the records of both chains that are wanted, by time."""
        with self._read() as hub, self._log() as log:
            yield from trail.records(hub, log, wanted)

    def trail_page(self, wanted: Wanted, after: Bookmark | None, limit: int) -> TrailPage:
        """Give a page of them, newest first."""
        with self._read() as hub, self._log() as log:
            return trail.page(hub, log, wanted, after, limit)

    def holders(self, object_id: str) -> Iterator[Serving]:
        """Give every serving of any version of the object, oldest first."""
        with self._read() as hub, self._log() as log:
            yield from trail.holders(hub, log, object_id)

    def verify_trail(self) -> Iterator[Finding]:
        """Walk both chains; yield where they are broken."""
        with self._read() as connection:
            yield from audit.verify(connection, Chain.ACTS)
        with files.reported(self._reads_path):
            yield from self._reads.verify()

    def probe(self) -> tuple[int, int]:
        """Bring something to the disk; give the bytes free there and by how many µs the hub clock is ahead."""

        def work() -> int:
            now = self._clock()
            self._writing.execute("INSERT OR REPLACE INTO meta VALUES ('probed', ?)", (now,))
            return meta(self._writing, "clock") - now

        self.drafts.sweep()  # so that nothing outlives its time on a hub that nobody uses but its monitor
        return shutil.disk_usage(self._path.parent).free, self._writer.run(work)

    def back_up(self, target: Path) -> Backup:
        """Copy everything as of now into a file, while others read and write."""
        return backup.write(self._path, target, instant_of(self._clock()))

    @staticmethod
    def restore(path: Path, file: Path, *, replace: bool, record: Callable[[Backup], Event]) -> Restored:
        """Put a hub in place from a backup; raises as `exchange.restore`."""
        return exchange.restore(path, file, replace=replace, record=record)

    @staticmethod
    def upgrade(path: Path, target: Path | None, record: Callable[[Upgraded], Event]) -> Upgraded:
        """Bring a hub's tables up to this hub's, after a backup; raises as `exchange.upgrade`."""
        return exchange.upgrade(path, target, record)

    def close(self) -> None:
        """Finish what waits and let go of the files."""
        self._writer.close()
        self._search.close()
        self._reads.close()
        self.counters.close()
        self.sessions.close()
        self.drafts.close()
        for connection in self._opened:
            connection.close()
        self._hold.close()

    @contextmanager
    def _log(self) -> Iterator[sqlite3.Connection]:
        """Read the log of reads as of one moment, past the connection that writes it."""
        with closing(files.connect(self._reads_path)) as connection, files.reported(self._reads_path):
            connection.execute("BEGIN")
            yield connection

    def _undone(self) -> None:
        """Forget the audiences of what was rolled back; all of them where the file doesn't say how many it has."""
        try:
            (kept,) = self._writing.execute("SELECT count(*) FROM audience").fetchone()
            self._book.forget(kept)
        except sqlite3.DatabaseError:
            self._book = AudienceBook()

    @contextmanager
    def _read(self) -> Iterator[sqlite3.Connection]:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = files.connect(self._path)
            self._opened.append(connection)
        if connection.in_transaction:  # a read inside a read is part of its snapshot
            yield connection
            return
        with files.reported(self._path):
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("COMMIT")


class _Readers:
    """What readers of this process share: the audiences, and everybody's rights while no right changes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._book = AudienceBook()
        self._version = -1
        self._readers: dict[str, Reader | None] = {}
        self._spans: dict[str, dict[int, Spans]] = {}
        self._lanes: dict[tuple[str, str], tuple[int, LaneRights]] = {}

    def book(self, connection: sqlite3.Connection) -> AudienceBook:
        """Give the audiences, at least as new as the snapshot."""
        with self._lock:
            self._book.catch_up(connection)
            return self._book

    def reader(self, connection: sqlite3.Connection, account: str) -> Reader | None:
        """Give the account's reader as of the snapshot."""
        with self._lock:
            return self._reader(connection, account)

    def rights(self, connection: sqlite3.Connection, account: str, collection: str) -> LaneRights:
        """Give the account's rights in a collection as of the snapshot."""
        with self._lock:
            reader = self._reader(connection, account)
            if reader is None:
                raise StoreError(f"there is no account {account}")
            (newest,) = connection.execute("SELECT coalesce(max(id), 0) FROM lane").fetchone()
            have = self._lanes.get((account, collection))
            if have is None or have[0] != newest:
                have = self._lanes[account, collection] = (
                    newest,
                    self._evaluate(connection, reader, collection),
                )
            return have[1]

    def _reader(self, connection: sqlite3.Connection, account: str) -> Reader | None:
        version = meta(connection, "rights_version")
        if version != self._version:
            self._version = version
            for cache in (self._readers, self._spans, self._lanes):
                cache.clear()
        if account not in self._readers:
            registry = SqliteRegistry(connection)
            self._readers[account] = registry.reader(account) if account else registry.public_reader()
        return self._readers[account]

    def _evaluate(self, connection: sqlite3.Connection, reader: Reader, collection: str) -> LaneRights:
        self._book.catch_up(connection)
        known = self._spans.setdefault(reader.account, {})
        lanes = connection.execute("SELECT id, audience FROM lane WHERE collection = ?", (collection,))
        return LaneRights({lane: self._book.spans(reader, audience, known) for lane, audience in lanes})
