"""The oracle tells the store from one that has a named mistake (lanes.md, Promises the tests hold it to)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import hub.policy.audience
import hub.store.sqlite.reading.feed
import hub.store.sqlite.registry
from hub.model.collections import Right
from hub.model.contributions import Label
from hub.policy.spans import Spans
from hub.store.query import Position
from hub.store.sqlite.reading.feed import Feed, Seen
from hub.store.sqlite.reading.rights import Stretch
from stix_models.markings import Level
from tests.hub.store.oracle import Held, Key
from tests.hub.store.pushing import CLEAR, INTO_ONE, INTO_TWO, offered, push
from tests.hub.store.sqlite.home import SqliteHome
from tests.hub.store.stage import MAIN, ONE, SECOND, TWO, Act, Clock, Relabel, Rights, Stage, Wall, identify

NOTES = [identify("note", number) for number in range(8)]
GREEN = replace(CLEAR, level=Level.GREEN)
B_IN_ONE, B_IN_TWO = (Held(Right.MEMBER, "partner:bank-b", group) for group in (ONE, TWO))


def relabel(number: int, label: Label) -> Relabel:
    """Give one note another label."""
    return Relabel(((Key("bank-a", MAIN, NOTES[number], offered(NOTES[number]).outline.version_key), label),))


SCRIPT: list[Act] = [
    push(offered(NOTES[0], label=INTO_ONE), offered(NOTES[1]), offered(NOTES[2], label=INTO_ONE)),
    push(offered(NOTES[3], label=INTO_TWO), offered(NOTES[4], label=INTO_TWO)),
    relabel(1, GREEN),  # who saw it keeps its date: its new row begins nothing
    relabel(2, CLEAR),  # bank-b saw it from the first row, in a lane that it is about to lose
    Rights(ended=(B_IN_ONE,)),  # 1 stays the second of its block though the first is gone
    Rights((Held(Right.READ, "partner:bank-b", MAIN),), (Held(Right.READ, "*", MAIN),)),  # no break between
    relabel(3, replace(INTO_TWO, level=Level.AMBER_STRICT)),  # now its row comes after that of 4
    Rights((B_IN_TWO,)),  # an opening: 3 before 4
]


def play(path: Path) -> None:
    """Play the script a second an act, and compare every feed after each."""
    wall, home = Wall(), SqliteHome(path)
    stage = Stage(home.create(wall), wall, home.last_stamp)
    try:
        stage.settle()
        for act in SCRIPT:
            stage.play(Clock(SECOND))
            stage.play(act)
            stage.check_all()
    finally:
        stage.store.close()


def test_the_store_plays_the_script_by_the_definition(tmp_path: Path) -> None:
    """Without a mistake nothing is found."""
    play(tmp_path / "hub.sqlite3")


def without_start_test(patch: pytest.MonkeyPatch) -> None:
    """Take every row to begin a view, whatever lane its contribution was in before."""
    rows = Feed.rows

    def forgetful(self: Feed, statement: str, lanes: str, low: int, high: int) -> Iterator[tuple[int | None, ...]]:
        return ((*row[:-1], None) for row in rows(self, statement, lanes, low, high))

    patch.setattr(Feed, "rows", forgetful)


def without_counting_lost_lanes(patch: pytest.MonkeyPatch) -> None:
    """Give no place in its block to what was seen in a lane lost since."""
    patch.setattr(Feed, "lost_rows", lambda _self, _stretch, _block: [])


def without_heads_in_lost_lanes(patch: pytest.MonkeyPatch) -> None:
    """Don't look for views that began in a lane lost since."""

    def kept_only(self: Feed, stretch: Stretch, low: int, high: int) -> Iterator[tuple[int, ...]]:
        return self.rows(hub.store.sqlite.reading.feed._BY_ROW, stretch.kept_json, low, high)

    patch.setattr(Feed, "_merged", kept_only)


def without_joining_touching_spans(patch: pytest.MonkeyPatch) -> None:
    """Take a span that begins where another ends for a new view."""

    def unjoined(*spans: Spans) -> Spans:
        joined: list[tuple[int, int]] = []
        for since, until in sorted(piece for each in spans for piece in each):
            if not joined or since >= joined[-1][1]:
                joined.append((since, until))
            elif until > joined[-1][1]:
                joined[-1] = (joined[-1][0], until)
        return tuple(joined)

    patch.setattr(hub.policy.audience, "unite", unjoined)
    patch.setattr(hub.store.sqlite.registry, "unite", unjoined)


def with_openings_in_row_order(patch: pytest.MonkeyPatch) -> None:
    """Give what an opening shows in the order of its rows, not of its places."""
    opening = Feed._opening

    def by_row(self: Feed, stretch: Stretch, after: Position) -> Iterator[Seen]:
        found = list(opening(self, stretch, after))
        query = "SELECT max(r) FROM entry_row WHERE place = ? AND since < ?"
        rows = {it: self._connection.execute(query, (it.place, stretch.start)).fetchone()[0] for it in found}
        places = sorted(found, key=lambda it: rows[it])
        return (it._replace(place=other.place) for it, other in zip(found, places, strict=True))

    patch.setattr(Feed, "_opening", by_row)


MUTANTS = [
    without_start_test,
    without_counting_lost_lanes,
    without_heads_in_lost_lanes,
    without_joining_touching_spans,
    with_openings_in_row_order,
]


@pytest.mark.parametrize("mutate", MUTANTS, ids=[it.__name__ for it in MUTANTS])
def test_each_mistake_is_found(
    mutate: Callable[[pytest.MonkeyPatch], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With any one of them some reader's feed is not the definition's."""
    mutate(monkeypatch)
    with pytest.raises(AssertionError, match=f" in {MAIN}"):
        play(tmp_path / "hub.sqlite3")
