"""What a store promises of the trail read from its end, of feeds that are watched, and of supposed readers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from hub.model.audit import Bookmark, Event, ReadRecord, Recorded, Wanted
from hub.model.feeds import DAY_US, PullDay
from hub.policy.actions import Action
from hub.policy.spans import ALWAYS
from hub.store.base import Store
from tests.hub.store.pushing import INTO_ONE, INTO_TWO, NOTE, OTHER, offered, push
from tests.hub.store.stage import CAST, DAWN, MAIN, ONE, SIDE, TWO, Stage


def record(stage: Stage, *names: str) -> None:
    """Put acts on record, all of them at the time it is."""
    for name in names:
        event = Event("s-ann", "thing:do", name)
        stage.store.commit(lambda tx, event=event: tx.record(event))


def read(stage: Stage, account: str, collection: str = MAIN, endpoint: str = "objects", last: int = 7) -> None:
    """Put a read of two objects on record."""
    stage.store.record_read(ReadRecord(account, collection, endpoint, 1, last, 2, b"", 1, 1))


def walk(store: Store, wanted: Wanted, size: int) -> Iterator[Recorded]:
    """Give what is wanted, page by page."""
    after: Bookmark | None = None
    while True:
        page = store.trail_page(wanted, after, size)
        assert len(page.records) <= size
        yield from page.records
        if page.next is None:
            return
        after = page.next


class TrailPromises:
    """Pages hold everything once, sums are those of what happened, and nobody is told more than he would see."""

    def test_pages_of_the_trail_hold_every_record_once_newest_first(self, stage: Stage) -> None:
        """By time, chain and number, whatever the size of a page and however many bear one time."""
        record(stage, "a", "b", "c")
        for account in ("b-bob", "o-eve", "b-bob"):
            read(stage, account)
        stage.wall.now += 5
        record(stage, "d")
        stage.wall.now -= 3  # a clock set back
        record(stage, "e")
        everything = list(stage.store.trail(Wanted()))
        newest = sorted(everything, key=lambda it: (it.at, it.chain, it.seq), reverse=True)
        for size in (1, 2, 3, 100):
            assert list(walk(stage.store, Wanted(), size)) == newest
            for wanted, kept in (
                (Wanted(actor="b-bob"), [it for it in newest if it.event.actor == "b-bob"]),
                (Wanted(action=Action.COLLECTION_READ), [it for it in newest if it.chain == "read"]),
                (Wanted(object="d"), [it for it in newest if it.event.object == "d"]),
                (Wanted(since=DAWN + 1, until=DAWN + 5), [it for it in newest if DAWN < it.at < DAWN + 5]),
            ):
                assert list(walk(stage.store, wanted, size)) == kept

    def test_what_comes_meanwhile_moves_no_page(self, stage: Stage) -> None:
        """The next page goes on where the last one stopped."""
        record(stage, "a", "b", "c")
        stage.wall.now += 1
        first = stage.store.trail_page(Wanted(action="thing:do"), None, 1)
        stage.wall.now += 1
        record(stage, "d", "e")
        second = stage.store.trail_page(Wanted(action="thing:do"), first.next, 1)
        assert [it.event.object for it in first.records + second.records] == ["c", "b"]

    def test_pulls_are_summed_up_by_account_collection_and_day(self, stage: Stage) -> None:
        """Of feeds alone; a poll that found nothing counts as asked, a failure to no collection."""
        day = DAWN // DAY_US
        read(stage, "b-bob", last=9)
        stage.wall.now += 1
        read(stage, "b-bob", endpoint="manifest", last=7)
        read(stage, "b-bob", endpoint=f"object/{NOTE}")
        read(stage, "b-bob", SIDE)
        stage.store.record_poll("o-eve", MAIN)
        stage.store.record_failure("o-eve")
        stage.store.record_failure("o-eve")
        at = stage.wall.now
        assert set(stage.store.pulls(day)) == {
            PullDay("b-bob", MAIN, day, objects=4, failed=0, at=at, last=9),
            PullDay("b-bob", SIDE, day, objects=2, failed=0, at=at, last=7),
            PullDay("o-eve", MAIN, day, objects=0, failed=0, at=at, last=0),
            PullDay("o-eve", "", day, objects=0, failed=2, at=at, last=0),
        }

    def test_of_a_feed_that_rests_the_last_day_is_told(self, stage: Stage) -> None:
        """However long ago; of one that goes on, the days that are asked for."""
        first = stage.wall.now // DAY_US
        read(stage, "b-bob")
        read(stage, "o-eve")
        stage.store.record_failure("o-eve")
        stage.wall.now += 3 * DAY_US
        read(stage, "o-eve")
        days = {(it.account, it.collection, it.day) for it in stage.store.pulls(first + 1)}
        assert days == {("b-bob", MAIN, first), ("o-eve", MAIN, first + 3)}
        assert len(stage.store.pulls(first)) == 4

    def test_polls_are_kept_to_the_minute(self, stage: Stage) -> None:
        """Of several in one minute of the clock one is kept, and of each minute one."""
        for step in (0, 59, 2):
            stage.wall.now += step * 1_000_000
            stage.store.record_poll("b-bob", MAIN)
        (day,) = stage.store.pulls(0)
        assert day.at // 60_000_000 == stage.wall.now // 60_000_000

    def test_a_reader_is_told_open_what_is_in_its_feed(self, stage: Stage) -> None:
        """References, versions and other producers counted (S11, S12, S14)."""
        stage.play(push(offered(NOTE, label=INTO_ONE), offered(OTHER, references=(NOTE,))))
        stage.play(push(offered(NOTE, version=2, label=INTO_TWO)))
        with stage.store.snapshot() as snapshot:
            standing = snapshot.contributions([NOTE, OTHER])
            bodies = {it.place: snapshot.contribution_body(it) for it in standing}
            found = {
                name: {bodies[it.place] for it in standing if snapshot.opens(it, stage.reader(name))} for name in CAST
            }
        assert len(standing) == 3
        for name, opened in found.items():
            assert opened == {body for _, body in stage.feed(name, MAIN)}, name
        assert found["o-eve"] == set()
        assert len(found["a-ada"]) == 3

    def test_a_supposed_reader_is_told_what_it_would_have(self, stage: Stage) -> None:
        """Rights that nobody holds may be tried, and change nothing."""
        stage.play(push(offered(NOTE, label=INTO_TWO)))
        real = stage.reader("b-bob")
        supposed = replace(real, groups={**real.groups, TWO: ALWAYS})
        with stage.store.snapshot() as snapshot:
            (contribution,) = snapshot.contributions([NOTE])
            assert not snapshot.opens(contribution, real)
            assert snapshot.opens(contribution, supposed)
        assert stage.feed("b-bob", MAIN) == []

    def test_what_the_hub_knows_by_itself_is_named(self, stage: Stage) -> None:
        """Groups are pinned as TLP is; a partner's object is not (S2, S5)."""
        stage.play(push(offered(NOTE)))
        with stage.store.snapshot() as snapshot:
            pinned = snapshot.pinned()
        assert ONE in pinned
        assert NOTE not in pinned
