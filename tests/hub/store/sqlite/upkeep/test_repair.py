"""What is derived is made again from what is kept; bytes and the trail never are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hub.model.contributions import Label
from hub.store.sqlite import SqliteStore
from stix_models.markings import Level
from tests.hub.store.pushing import INTO_ONE, NOTE, OTHER, offered, push
from tests.hub.store.sqlite.home import SqliteHome
from tests.hub.store.stage import MAIN, Stage, Wall, identify

THIRD = identify("note", 2)
OPEN_FIRST = "place = 1 AND until = 9223372036854775807"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Give a hub in which one note refers to another, and one is for a group."""
    home, wall = SqliteHome(tmp_path / "hub.sqlite3"), Wall()
    made = Stage(home.create(wall), wall, home.last_stamp)
    made.settle()
    made.play(push(offered(NOTE), offered(OTHER, references=(NOTE,)), offered(THIRD, label=INTO_ONE)))
    made.play(push(offered(NOTE, 2, label=Label(MAIN, Level.GREEN, "bank-a"))))
    yield made
    made.store.close()


def bend(stage: Stage, *acts: str) -> None:
    """Change the file behind the store's back."""
    assert isinstance(stage.store, SqliteStore)
    with closing(sqlite3.connect(stage.store._path)) as file, file:
        for act in acts:
            file.execute(act)


@pytest.mark.parametrize(
    "acts",
    [
        ("UPDATE lane SET open_rows = open_rows + 3",),
        (f"UPDATE entry_row SET until = since + 1 WHERE {OPEN_FIRST}",),
        (f"DELETE FROM entry_row WHERE {OPEN_FIRST}",),
        ("UPDATE entry_row SET lane = lane + 1 WHERE until = 9223372036854775807",),
        ("UPDATE standing SET closure = label, audience = label",),
        ("UPDATE standing SET audience = 1, closure = 1", "UPDATE lane SET open_rows = 0"),
        ("UPDATE standing SET r = 99",),
        ("INSERT INTO entry_row VALUES (99, 1, 3, 5, 9223372036854775807, NULL, NULL)",),
        ("INSERT INTO statement VALUES ('bank-a', 'marking-definition--0a0a0a0a-0000-4000-8000-000000000000')",),
    ],
)
def test_what_is_derived_is_made_again(stage: Stage, acts: tuple[str, ...]) -> None:
    """Each reader sees what he saw, in the order of dates, and the second repair finds nothing."""
    before = {account: sorted(body for _, body in stage.feed(account, MAIN)) for account in ("a-ada", "b-bob", "o-eve")}
    bend(stage, *acts)
    assert list(stage.store.verify())
    assert stage.store.commit(lambda tx: tx.repair())
    assert list(stage.store.verify()) == []
    assert stage.store.commit(lambda tx: tx.repair()) == ()
    for account, bodies in before.items():
        assert sorted(body for _, body in stage.feed(account, MAIN)) == bodies
    stage.play(push(offered(NOTE, 3)))
    assert list(stage.store.verify()) == []


def test_a_row_that_was_lost_begins_anew(stage: Stage) -> None:
    """Who polled while it was not there gets the object with the next poll, by a date after all he knows."""
    last = max(date for date, _ in stage.feed("b-bob", MAIN))
    bend(stage, f"DELETE FROM entry_row WHERE {OPEN_FIRST}")
    stage.store.commit(lambda tx: tx.repair())
    assert [body for date, body in stage.feed("b-bob", MAIN) if date > last] == [offered(NOTE).body]


@pytest.mark.parametrize("act", ["UPDATE contribution SET body = x'00' WHERE place = 1", "DELETE FROM audit"])
def test_what_is_kept_is_left_alone(stage: Stage, act: str) -> None:
    """Nobody can make bytes or a trail again: they stay wrong and are told of."""
    bend(stage, "INSERT INTO audit VALUES (1, 1, 'a', 'b', 'c', '{}', x'00'), (2, 2, 'a', 'b', 'c', '{}', x'00')", act)
    bend(stage, "INSERT INTO audit VALUES (7, 1, 'a', 'b', 'c', '{}', x'00')")
    before = {str(each) for each in stage.store.verify()}
    stage.store.commit(lambda tx: tx.repair())
    assert {str(each) for each in stage.store.verify()} == before
