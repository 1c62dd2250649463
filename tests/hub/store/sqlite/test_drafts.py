"""Prepared pushes: only for their account, within its room, and not a byte of them once they are gone."""

from __future__ import annotations

import threading
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.errors import ConflictError, NotFoundError, StoreError
from hub.model.drafts import Counts, Draft, Remark, Room, Share
from hub.store.sqlite import SqliteStore
from hub.store.sqlite.drafts import SqliteDrafts
from stix_models.markings import Level

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
ROOM = Room(3, 100)
DRAFT = Draft(
    id="8f7f5a0e-5b0f-4c63-9d0a-7c1f1c5b8b55",
    account="a-ada",
    created=START,
    expires=START + timedelta(hours=24),
    collection="91a7b528-80eb-42ed-a74d-c6fbd5a26116",
    filename="iocs.csv",
    format="csv",
    level=Level.AMBER,
    recipients=frozenset({"x-xan"}),
    reviewed=True,
    counts=Counts(3, 2, 1, 0, 4, 0, 0, 1),
    shares=(Share(4, Level.RED, ("g-fraud",), 1, False, ("x-xan",), ("a reason",)),),
    remarks=(Remark("row 3", "not a domain", "?", "rejected"),),
)


class Watch:
    """A wall clock that a test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        """Give µs since 1970."""
        return round(self.now.timestamp() * 1e6)


@pytest.fixture
def watch():
    """Begin at noon."""
    return Watch()


@pytest.fixture
def drafts(tmp_path, watch):
    """Make an empty file of drafts."""
    with closing(SqliteDrafts(tmp_path / "drafts.sqlite3", watch, 1)) as made:
        yield made


def test_a_draft_comes_back_to_its_account_alone(drafts):
    """What was kept is given back whole to its account; to any other it is as if it were not there."""
    drafts.keep(DRAFT, b"{}", ROOM)
    assert drafts.of("a-ada") == (DRAFT,)
    assert drafts.body("a-ada", DRAFT.id) == b"{}"
    assert drafts.of("b-bob") == ()
    with pytest.raises(NotFoundError):
        drafts.body("b-bob", DRAFT.id)
    assert not drafts.drop("b-bob", DRAFT.id)
    assert drafts.drop("a-ada", DRAFT.id)
    assert not drafts.drop("a-ada", DRAFT.id)
    assert drafts.of("a-ada") == ()


@pytest.mark.parametrize(("bodies", "fits"), [([b"x"] * 3, b""), ([b"x" * 60], b"x" * 40)])
def test_an_account_has_so_much_room(drafts, bodies, fits):
    """One draft too many, or one byte, is refused with nothing kept; the last that fits is not."""
    for number, body in enumerate(bodies):
        drafts.keep(replace(DRAFT, id=str(number)), body, ROOM)
    with pytest.raises(ConflictError, match="send or discard one first"):
        drafts.keep(replace(DRAFT, id="more"), fits + b"x", ROOM)
    if fits:
        drafts.keep(replace(DRAFT, id="more"), fits, ROOM)
    drafts.keep(replace(DRAFT, id="other", account="b-bob"), b"x" * 100, ROOM)
    assert len(drafts.of("a-ada")) == len(bodies) + bool(fits)


def test_room_holds_for_pushes_at_the_same_time(tmp_path, watch):
    """Of many that come at once from several workers, no more than fit are kept."""
    workers = [SqliteDrafts(tmp_path / "drafts.sqlite3", watch, 1) for _ in range(2)]

    def keep(number: int) -> None:
        with suppress(ConflictError):
            workers[number % 2].keep(replace(DRAFT, id=str(number)), b"x", ROOM)

    threads = [threading.Thread(target=keep, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(workers[0].of("a-ada")) == ROOM.drafts
    for each in workers:
        each.close()


def test_a_file_of_another_past_is_emptied_when_it_is_opened(tmp_path, watch):
    """No draft of another epoch is there to be sent, nor a byte of it."""
    path, secret = tmp_path / "drafts.sqlite3", b"a RED sentence that nobody else may read " * 500
    with closing(SqliteDrafts(path, watch, 1)) as before:
        before.keep(DRAFT, secret, Room(5, 1 << 20))
    assert b"RED sentence" in path.read_bytes()
    with closing(SqliteDrafts(path, watch, 2)) as drafts:
        assert drafts.of("a-ada") == ()
        assert b"RED sentence" not in path.read_bytes()
        drafts.keep(DRAFT, b"{}", ROOM)
    with closing(SqliteDrafts(path, watch, 2)) as drafts:
        assert drafts.of("a-ada") == (DRAFT,)


@pytest.mark.parametrize("how", ["dropped", "expired", "expired while closed"])
def test_nothing_of_it_stays_on_the_disk(tmp_path, drafts, watch, how):
    """What is dropped or a day old is overwritten in the file, which is for its owner alone."""
    secret = b"a RED sentence that nobody else may read " * 500
    drafts.keep(DRAFT, secret, Room(5, 1 << 20))
    assert b"RED sentence" in (tmp_path / "drafts.sqlite3").read_bytes()
    assert (tmp_path / "drafts.sqlite3").stat().st_mode & 0o777 == 0o600
    if how == "dropped":
        drafts.drop("a-ada", DRAFT.id)
    else:
        watch.now = DRAFT.expires
        with pytest.raises(NotFoundError):
            drafts.body("a-ada", DRAFT.id)
    if how == "expired":
        drafts.sweep()
    elif how == "expired while closed":
        SqliteDrafts(tmp_path / "drafts.sqlite3", watch, 1).close()
    assert drafts.of("a-ada") == ()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"RED sentence" not in left


def test_bytes_that_changed_on_disk_are_not_sent(tmp_path, drafts):
    """A draft whose bytes are not those that were kept is refused."""
    drafts.keep(DRAFT, b'{"objects":[]}', ROOM)
    path = tmp_path / "drafts.sqlite3"
    path.write_bytes(path.read_bytes().replace(b'"objects"', b'"objectz"'))
    with closing(SqliteDrafts(path, Watch(), 1)) as again, pytest.raises(StoreError, match="changed on disk"):
        again.body("a-ada", DRAFT.id)


def test_a_store_has_its_drafts_beside_it_and_no_backup_has_them(tmp_path):
    """They stand in a file of their own, outlive a restart, and are in no part of a backup."""
    now = datetime.now(UTC)
    draft = replace(DRAFT, created=now, expires=now + timedelta(hours=24))
    with closing(SqliteStore.create(tmp_path / "hub.sqlite3")) as store:
        store.drafts.keep(draft, b"a body that is looked for", ROOM)
    with closing(SqliteStore.open(tmp_path / "hub.sqlite3")) as store:
        assert store.drafts.of("a-ada") == (draft,)
        store.back_up(tmp_path / "kept.zip")
    assert b"looked for" not in (tmp_path / "kept.zip").read_bytes()


def test_last_use_is_noted_for_all(tmp_path):
    """When a thing was used last is the same for all who ask, and absent for what never was."""
    with closing(SqliteStore.create(tmp_path / "hub.sqlite3")) as store:
        before = datetime.now(UTC).timestamp()
        store.counters.touch("token:a")
        with closing(SqliteStore.open(tmp_path / "hub.sqlite3")) as other:
            found = other.counters.touched(["token:a", "token:b"])
    assert list(found) == ["token:a"]
    assert 0 <= found["token:a"] - before < 10
