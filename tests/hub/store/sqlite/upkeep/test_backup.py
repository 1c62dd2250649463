"""Backups and restores: whole, of one moment, refused when unsound, and never half done."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from hub.errors import ConflictError, HubError, InvalidInputError, StoreBusyError, StoreError
from hub.model.audit import Event, ReadRecord
from hub.model.backups import Backup, Restored
from hub.store.query import ALL, Query
from hub.store.sqlite import SqliteStore
from hub.store.sqlite.files import connection as files
from hub.store.sqlite.files.clock import wall
from hub.store.sqlite.upkeep import exchange
from hub.store.sqlite.upkeep.exchange import RESTORED
from tests.hub.store.pushing import push_one
from tests.hub.store.sqlite.home import passing
from tests.hub.store.sqlite.test_kill import ROOT, check
from tests.hub.store.stage import MAIN, SECOND, Wall, bring_in

KILLS = 12
FLIPS = 60


def noted(backup: Backup) -> Event:
    """Note a restore."""
    return Event("operator (test)", "hub:restore", "hub", {"events": backup.events})


def restore(path: Path, file: Path, *, replace: bool = False, clock: Wall | None = None) -> Restored:
    """Restore as the operator does."""
    path.parent.mkdir(exist_ok=True)
    return exchange.restore(path, file, replace=replace, record=noted, clock=clock or wall)


def feed(store: SqliteStore) -> list[tuple[int, bytes]]:
    """Give all that an observer gets: date and bytes."""
    reader = store.reader("o-eve")
    assert reader is not None
    page = store.view(reader).page(MAIN, Query(versions=frozenset({ALL})), None, 1_000_000)
    return [(entry.date_added, entry.body) for entry in page.entries]


def found(path: Path, clock: Wall, *numbers: int) -> list[tuple[int, bytes]]:
    """Make a hub with a few notes in it; give its feed."""
    store = SqliteStore.create(path, clock=clock, pause=passing(clock))
    store.commit(bring_in)
    for number in numbers:
        push_one(store, number)
    before = feed(store)
    store.close()
    return before


@pytest.fixture
def clock() -> Wall:
    """Give a clock that stands."""
    return Wall()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the hub's place."""
    (tmp_path / "hub").mkdir()
    return tmp_path / "hub" / "hub.sqlite3"


@pytest.fixture
def kept(path: Path, clock: Wall, tmp_path: Path) -> Path:
    """Make a hub of three notes and give its backup."""
    found(path, clock, 1, 2, 3)
    store = SqliteStore.open(path, clock=clock)
    store.back_up(tmp_path / "kept.zip")
    store.close()
    return tmp_path / "kept.zip"


def test_a_backup_of_a_hub_in_use_is_of_one_moment(path: Path, tmp_path: Path) -> None:
    """While another process pushes, each backup holds every push acknowledged before it, and none in parts."""
    found(path, Wall())
    command = [sys.executable, "-m", "tests.hub.store.sqlite.pusher", str(path), "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as pusher:
        assert pusher.stdout is not None
        acknowledged: set[int] = set()
        store = SqliteStore.open(path)
        for number in range(4):
            acknowledged |= {int(pusher.stdout.readline()) for _ in range(6)}
            store.back_up(tmp_path / f"{number}.zip")
            restore(tmp_path / f"at-{number}" / "hub.sqlite3", tmp_path / f"{number}.zip")
            check(tmp_path / f"at-{number}" / "hub.sqlite3", acknowledged)
        store.close()
        pusher.kill()
    last = SqliteStore.open(tmp_path / "at-3" / "hub.sqlite3")
    assert list(last.verify()) == []
    last.close()


def test_what_was_read_comes_back_with_it(path: Path, clock: Wall, kept: Path, tmp_path: Path) -> None:
    """Dates, bytes, cursor key and both chains are what they were; the epoch is new; the restore is in the trail."""
    store = SqliteStore.open(path, clock=clock)
    store.record_read(ReadRecord("o-eve", MAIN, "objects", 1, 1, 1, b"\0" * 32, 1, 1))
    before, key, epoch = feed(store), store.cursor_key, store.epoch
    made = store.back_up(tmp_path / "later.zip")
    store.close()
    done = restore(tmp_path / "new" / "hub.sqlite3", tmp_path / "later.zip")
    again = SqliteStore.open(tmp_path / "new" / "hub.sqlite3")
    assert (feed(again), again.cursor_key, list(again.verify())) == (before, key, [])
    assert again.epoch == done.epoch > epoch
    assert again.back_up(tmp_path / "third.zip").events == made.events + 1
    again.close()
    assert all((tmp_path / name).stat().st_mode & 0o777 == 0o600 for name in ("kept.zip", "later.zip"))


def test_stamps_rise_above_those_that_were_lost(path: Path, clock: Wall, kept: Path) -> None:
    """What is released after a restore is newer than all that was ever served, whatever the wall clock says."""
    store = SqliteStore.open(path, clock=clock, pause=passing(clock))
    push_one(store, 4)
    lost = feed(store)
    store.close()
    clock.now -= 3600 * SECOND
    restore(path, kept, replace=True, clock=clock)
    store = SqliteStore.open(path, clock=clock, pause=passing(clock))
    assert feed(store) == lost[:-1]
    push_one(store, 5)
    assert feed(store)[-1][0] > lost[-1][0]
    store.close()


def test_epochs_differ_for_restores_of_one_backup(clock: Wall, kept: Path, tmp_path: Path) -> None:
    """A cursor of the first of two hubs restored from one backup means nothing to the second."""
    first = restore(tmp_path / "one" / "hub.sqlite3", kept, clock=clock)
    clock.now += 60 * SECOND
    assert restore(tmp_path / "two" / "hub.sqlite3", kept, clock=clock).epoch > first.epoch
    assert restore(tmp_path / "two" / "hub.sqlite3", kept, replace=True, clock=clock).epoch > first.epoch + 1


def test_nothing_is_overwritten_unasked(path: Path, kept: Path, tmp_path: Path) -> None:
    """A hub that is there is replaced only on demand, a backup never."""
    before = path.read_bytes()
    with pytest.raises(ConflictError, match="--force"):
        restore(path, kept)
    assert path.read_bytes() == before
    store = SqliteStore.open(path)
    with pytest.raises(ConflictError):
        store.back_up(kept)
    with pytest.raises(StoreError, match="nowhere"):
        store.back_up(tmp_path / "nowhere" / "kept.zip")
    store.close()


def test_a_hub_in_use_is_not_exchanged(path: Path, kept: Path) -> None:
    """As long as anyone has it open, restore and upgrade are refused; while they run, nobody opens it."""
    store = SqliteStore.open(path)
    with pytest.raises(StoreBusyError, match="in use"):
        restore(path, kept, replace=True)
    with pytest.raises(StoreBusyError, match="in use"):
        exchange.upgrade(path, None, lambda _: noted)  # type: ignore[arg-type, return-value]  # not reached
    store.close()

    def meanwhile(backup: Backup) -> Event:
        with pytest.raises(StoreBusyError, match="being restored"):
            SqliteStore.open(path)
        return noted(backup)

    exchange.restore(path, kept, replace=True, record=meanwhile)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.6, 0.95, 0.999])
def test_a_truncated_backup_is_refused(path: Path, kept: Path, share: float) -> None:
    """Wherever it ends: the file is named, and the hub that is there stays."""
    before = path.read_bytes()
    whole = kept.read_bytes()
    kept.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InvalidInputError, match=r"kept\.zip"):
        restore(path, kept, replace=True)
    assert path.read_bytes() == before


def test_a_changed_backup_is_refused_or_the_same(path: Path, kept: Path, tmp_path: Path) -> None:
    """One bit turned anywhere is found, or it was none of what is restored."""
    whole = kept.read_bytes()
    store = SqliteStore.open(path)
    before = feed(store)
    store.close()
    chance = random.Random(4)  # noqa: S311 - places, not secrets
    for number in range(FLIPS):
        spot = chance.randrange(len(whole)) if number % 2 else len(whole) - 1 - chance.randrange(1500)
        kept.write_bytes(whole[:spot] + bytes([whole[spot] ^ (1 << chance.randrange(8))]) + whole[spot + 1 :])
        target = tmp_path / f"try-{number}" / "hub.sqlite3"
        try:
            restore(target, kept)
        except HubError:
            assert not target.exists()
        else:
            again = SqliteStore.open(target)
            assert feed(again) == before
            again.close()


@pytest.mark.parametrize("bit", [0, 5, 6], ids=["encrypted", "patched", "strongly encrypted"])
def test_a_backup_that_says_it_is_encrypted_is_refused(path: Path, kept: Path, bit: int) -> None:
    """Damage to the flags of a part makes it an archive that nobody can read, and is said as such."""
    whole = bytearray(kept.read_bytes())
    flags = whole.rindex(b"PK\x01\x02") + 8  # of the last entry of the directory, the manifest
    whole[flags] |= 1 << bit
    kept.write_bytes(whole)
    with pytest.raises(InvalidInputError, match="cut short or changed"):
        restore(path.parent.parent / "elsewhere" / "hub.sqlite3", kept)


def rewritten(file: Path, **said: object) -> Path:
    """Write the same archive with other words in its manifest."""
    target = file.with_name("other.zip")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, json.dumps({**json.loads(body), **said}) if name == "manifest.json" else body)
    return target


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"tables": 99, "hub": "9.0"}, "made by hub 9.0"),
        ({"form": 2}, "form 2"),
        ({"tables": 0}, "tables 0"),
        ({"tables": "one"}, "no manifest"),
        ({"parts": {}}, "hub.sqlite3"),
        ({"taken": "yesterday"}, "no manifest"),
    ],
)
def test_a_backup_of_another_hub_is_refused(path: Path, kept: Path, said: dict[str, object], words: str) -> None:
    """Of a newer version, or with a manifest that says otherwise than what is there."""
    with pytest.raises(InvalidInputError, match=words):
        restore(path, rewritten(kept, **said), replace=True)


def test_what_is_no_backup_is_refused(path: Path, tmp_path: Path) -> None:
    """Another archive, a bomb in one, a database by itself."""
    with zipfile.ZipFile(tmp_path / "other.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b" " * 50_000_000)
    (tmp_path / "plain.zip").write_bytes(b"SQLite format 3\0" + b"\0" * 4096)
    for name in ("other.zip", "plain.zip"):
        with pytest.raises(InvalidInputError, match=name):
            restore(path, tmp_path / name)
    assert not path.exists()


def test_a_damaged_hub_is_not_restored(path: Path, clock: Wall, tmp_path: Path) -> None:
    """A backup of bytes that had changed on the disk, or of a trail that was bent, is whole and still refused."""
    found(path, clock, 1)
    store = SqliteStore.open(path)
    for number, act in enumerate(("UPDATE contribution SET body = x'00'", "UPDATE audit SET actor = 'nobody'")):
        file = tmp_path / f"{number}.zip"
        with files.reported(path):
            store._writing.execute(act)
        store.back_up(file)
        with pytest.raises(InvalidInputError, match="damaged") as refused:
            restore(tmp_path / "new" / "hub.sqlite3", file)
        assert refused.value.findings
    store.close()


def test_a_killed_restore_leaves_a_whole_hub_or_says_so(path: Path, kept: Path) -> None:
    """After a kill at any moment the old hub is there, or the new one, or none opens until it is run again."""
    store = SqliteStore.open(path)
    push_one(store, 4)
    old, new = feed(store), feed(store)[:-1]
    store.close()
    chance = random.Random(20261124)  # noqa: S311 - moments, not secrets
    command = [sys.executable, "-m", "tests.hub.store.sqlite.upkeep.restorer", str(path), str(kept)]
    seen = set()
    for _ in range(KILLS):
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as restorer:
            assert restorer.stdout is not None
            restorer.stdout.readline()
            threading.Event().wait(chance.uniform(0, 0.4))
            restorer.kill()
        try:
            again = SqliteStore.open(path)
        except StoreError as refused:
            assert "interrupted" in str(refused)  # noqa: PT017 - one of three outcomes
            restore(path, kept, replace=True)
            again = SqliteStore.open(path)
        seen.add(len(feed(again)))
        assert feed(again) in (old, new)
        assert list(again.verify()) == []
        again.close()
    assert seen


def test_files_that_stop_half_way_into_place_stop_the_hub(path: Path, kept: Path) -> None:
    """Between the moves of its two files a hub opens for nobody; the same restore again brings it to the end."""
    (path.parent / RESTORED).mkdir()
    path.unlink()
    with pytest.raises(StoreError):
        SqliteStore.open(path)
    with pytest.raises(ConflictError):
        restore(path, kept)
    restore(path, kept, replace=True)
    SqliteStore.open(path).close()


def test_an_older_hub_opens_once_it_is_upgraded(
    path: Path, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says which command; that makes a backup first; an older backup is brought up to date on its way in."""
    steps = [*files.migrations(), "CREATE TABLE later (one INTEGER);"]
    monkeypatch.setattr(files, "migrations", lambda: steps)
    with pytest.raises(StoreError, match="hub upgrade"):
        SqliteStore.open(path)
    done = exchange.upgrade(path, None, lambda it: Event("operator (test)", "hub:upgrade", "hub", {"to": it.after}))
    assert done.backup is not None
    assert (done.before + 1, done.after, done.backup.exists()) == (done.after, len(steps), True)
    assert exchange.upgrade(path, None, lambda _: pytest.fail("not twice")).backup is None
    for file in (done.backup, kept):
        restore(tmp_path / "new" / "hub.sqlite3", file, replace=True)
        again = SqliteStore.open(tmp_path / "new" / "hub.sqlite3")
        assert list(again.verify()) == []
        again.close()
    monkeypatch.undo()
    with pytest.raises(StoreError, match="newer hub"):
        SqliteStore.open(path)


def test_an_upgrade_that_fails_leaves_the_older_hub(path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that breaks is undone whole, and the backup is there."""
    steps = [*files.migrations(), "CREATE TABLE later (one INTEGER); BREAK;"]
    monkeypatch.setattr(files, "migrations", lambda: steps)
    with pytest.raises(StoreError):
        exchange.upgrade(path, None, lambda _: pytest.fail("not done"))
    monkeypatch.undo()
    SqliteStore.open(path).close()
    assert len(list(path.parent.glob("before-tables-*.zip"))) == 1
