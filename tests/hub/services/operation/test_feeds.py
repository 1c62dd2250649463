"""Feeds as those who watch them see them: late, never asked for or fresh, how far behind, how much, how many errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hub.model.collections import Right
from hub.model.feeds import DAY_US
from hub.model.members import Actor, Role
from hub.services.operation.feeds import DAYS, Behind, Feed, Feeds, FeedState
from hub.store.query import ALL, Query
from tests.hub.services.world import FRAUD, LOOSE, NOBODY, OPERATOR, World, domain, make_world

HOUR_US = 3_600_000_000
START = 20_000 * DAY_US + 12 * HOUR_US


class Wall:
    """A wall clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        """Give the time, one µs later each time."""
        self.now += 1
        return self.now


@pytest.fixture
def wall() -> Wall:
    """Give the clock of the hub."""
    return Wall()


@pytest.fixture
def timed(tmp_path: Path, wall: Wall) -> Iterator[World]:
    """Open a community that goes by the wall clock."""
    with closing(make_world(tmp_path, clock=wall)) as world:
        yield world


def feeds_of(world: World, actor: Actor) -> dict[tuple[str, str], Feed]:
    """Give all feeds the actor may know of, by account and collection."""
    page = Feeds(world.store).health(actor, limit=100)
    assert page.total == len(page.feeds)
    return {(each.account, each.collection): each for each in page.feeds}


def pull(world: World, account: str, **query: object) -> int:
    """Pull a page of Loose; give how many objects came."""
    asked = Query(versions=frozenset({ALL}), **query)  # type: ignore[arg-type]  # the test names Query's fields
    return len(world.sharing.page(world.actor(account), LOOSE.id, asked, None, 2, "objects").entries)


def test_a_feed_that_was_never_asked_for_is_said_so(timed: World):
    """It is a state, no error; machines have a feed of all they may read, persons of what they have pulled."""
    timed.push("a-push", LOOSE, domain("one.test", "clear"))
    found = feeds_of(timed, OPERATOR)
    assert set(found) == {
        ("a-push", "Fraud"),
        ("a-push", "Loose"),
        ("b-push", "Loose"),
        ("x-pull", "Fraud"),
        ("x-pull", "Loose"),
    }
    never = found["x-pull", "Loose"]
    assert (never.state, never.last, never.behind.objects) == (FeedState.NEVER, None, 1)
    assert never.volume is not None
    assert never.volume.days == (0,) * DAYS
    pull(timed, "x-xan")
    assert feeds_of(timed, OPERATOR)["x-xan", "Loose"].state is FeedState.FRESH


def test_what_waits_is_counted_from_where_the_reader_has_got(timed: World, wall: Wall):
    """Objects it may see and has not been served, and since when the first of them waits."""
    timed.push("a-push", LOOSE, *(domain(f"{n}.test", "clear") for n in range(3)))
    assert pull(timed, "x-pull") == 2
    feed = feeds_of(timed, OPERATOR)["x-pull", "Loose"]
    assert feed.behind.objects == 1
    timed.push("a-push", LOOSE, domain("4.test", "clear"), domain("5.test", "red"))
    feed = feeds_of(timed, OPERATOR)["x-pull", "Loose"]
    assert (feed.state, feed.behind.objects) == (FeedState.FRESH, 2)
    assert feed.behind.since is not None
    assert START < feed.behind.since < wall.now
    last = timed.feed("x-pull", LOOSE)[-1].date_added
    assert feeds_of(timed, OPERATOR)["x-pull", "Loose"].behind == Behind(0, None)
    assert pull(timed, "x-pull", added_after=last) == 0


def test_a_poll_that_finds_nothing_keeps_a_feed_fresh(timed: World, wall: Wall):
    """A reader that is up to date asks on; who does not ask for a day is late, and late ones come first."""
    timed.push("a-push", LOOSE, domain("one.test", "clear"))
    for account in ("x-pull", "b-push"):
        pull(timed, account)
    last = timed.feed("x-pull", LOOSE)[-1].date_added
    wall.now += DAY_US
    assert Feeds(timed.store).troubled(OPERATOR) == 2
    asked = wall.now
    pull(timed, "x-pull", added_after=last)
    page = Feeds(timed.store).health(OPERATOR)
    assert [(each.account, each.state) for each in page.feeds][:2] == [
        ("b-push", FeedState.LATE),
        ("a-push", FeedState.NEVER),
    ]
    assert (page.feeds[-1].account, page.feeds[-1].state) == ("x-pull", FeedState.FRESH)
    assert (page.feeds[-1].last or 0) > asked
    assert page.troubled == 1


def test_polls_are_kept_to_the_minute(timed: World, wall: Wall):
    """The next poll within one leaves no trace, so that polling costs next to nothing."""
    wall.now += 60_000_000 - wall.now % 60_000_000
    pull(timed, "x-pull")
    first = feeds_of(timed, OPERATOR)["x-pull", "Loose"].last
    wall.now += 30_000_000
    pull(timed, "x-pull")
    assert feeds_of(timed, OPERATOR)["x-pull", "Loose"].last == first
    wall.now += 30_000_000
    pull(timed, "x-pull")
    assert feeds_of(timed, OPERATOR)["x-pull", "Loose"].last != first


def test_what_was_served_is_summed_up_by_day(timed: World, wall: Wall):
    """Today, a week, a month: days of UTC, the oldest first; older ones are forgotten but for the last pull."""
    timed.push("a-push", LOOSE, *(domain(f"{n}.test", "clear") for n in range(3)))
    pull(timed, "x-pull")
    wall.now += 3 * DAY_US
    pull(timed, "x-pull")
    wall.now += 5 * DAY_US
    volume = feeds_of(timed, OPERATOR)["x-pull", "Loose"].volume
    assert volume is not None
    assert (volume.today, volume.week, volume.month, sum(volume.days)) == (0, 2, 4, 4)
    assert (volume.days[-1 - 8], volume.days[-1 - 5]) == (2, 2)
    wall.now += 40 * DAY_US
    feed = feeds_of(timed, OPERATOR)["x-pull", "Loose"]
    assert feed.volume is not None
    assert (feed.state, feed.volume.month, feed.behind.objects) == (FeedState.LATE, 0, 1)


def test_errors_are_counted_for_a_week(timed: World, wall: Wall):
    """Of an account, wherever it met them; nobody who has not signed in is counted."""
    feeds = Feeds(timed.store)
    for actor in (timed.actor("x-pull"), timed.actor("x-pull"), NOBODY):
        feeds.failed(actor)
    assert feeds_of(timed, OPERATOR)["x-pull", "Loose"].failed == 2
    assert feeds_of(timed, OPERATOR)["x-pull", "Fraud"].failed == 2
    wall.now += 7 * DAY_US
    assert feeds_of(timed, OPERATOR)["x-pull", "Loose"].failed == 0


def test_members_see_their_own_partners_feeds(timed: World, wall: Wall):
    """And of another's feed only what they know anyhow: when it was pulled, and what they saw come since (S17)."""
    timed.push(
        "a-push", LOOSE, domain("one.test", "green"), domain("two.test", "red"), recipients=frozenset({"x-pull"})
    )
    wall.now += 120_000_000
    pull(timed, "x-pull")
    pull(timed, "x-xan")
    found = feeds_of(timed, timed.actor("x-xan"))
    assert {account for account, _ in found} == {"x-pull", "x-xan"}
    assert found["x-xan", "Loose"].volume is not None
    other = found["x-pull", "Loose"]
    assert (other.volume, other.failed, other.state, other.behind.objects) == (None, None, FeedState.FRESH, 0)
    assert (other.last or 1) % 60_000_000 == 0
    timed.push("a-push", LOOSE, domain("three.test", "green"))
    assert feeds_of(timed, timed.actor("x-xan"))["x-pull", "Loose"].behind.objects == 1
    assert feeds_of(timed, timed.actor("o-eve")) == {}
    assert set(feeds_of(timed, timed.actor("s-sue"))) == set(feeds_of(timed, OPERATOR))


def test_who_may_not_read_is_told_nothing_of_what_waits(timed: World):
    """Of a collection that TAXII would not serve him, a colleague's feed is none for him either (S17)."""
    timed.push("b-push", LOOSE, domain("one.test", "green"))
    pull(timed, "x-pull")
    timed.push("b-push", LOOSE, domain("two.test", "green"))
    account = timed.actor("x-xan").account
    assert account is not None
    timed.store.commit(lambda tx: tx.registry.put_account(replace(account, roles=frozenset({Role.CONTRIBUTOR}))))
    assert ("x-pull", "Loose") not in feeds_of(timed, timed.actor("x-xan"))


def test_what_can_no_longer_be_pulled_is_no_feed(timed: World):
    """A right that ended takes the feed with it."""
    pull(timed, "x-pull")
    timed.store.commit(lambda tx: tx.registry.end_right(Right.READ, "*", LOOSE.id))
    assert ("x-pull", "Loose") not in feeds_of(timed, OPERATOR)
    assert ("x-pull", FRAUD.title) in feeds_of(timed, OPERATOR)


def test_a_log_of_before_is_summed_up_once(timed: World, tmp_path: Path):
    """A hub that was made before feeds were watched knows what its log knows."""
    timed.push("a-push", LOOSE, domain("one.test", "clear"))
    pull(timed, "x-pull")
    expected = feeds_of(timed, OPERATOR)
    log = timed.store._reads._connection
    log.execute("DROP TABLE pull_day")
    timed.close()
    with closing(type(timed.store).open(timed.path, clock=Wall())) as again:
        timed.store = again
        assert feeds_of(timed, OPERATOR) == expected
