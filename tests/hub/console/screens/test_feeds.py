"""W11: feed health as a page."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

from hub.console.screens.feeds import Bar, age, bars
from hub.model.feeds import DAY_US
from hub.model.members import Account, AccountKind, Role
from tests.hub.console.browsing import Site, words
from tests.hub.console.conftest import site_of
from tests.hub.services.world import LOOSE, domain, make_world


def test_every_feed_stands_with_its_state(site: Site):
    """Never pulled is a state; what waits is counted; a line of bars shows the days."""
    site.world.push("a-push", LOOSE, domain("one.test", "clear"), domain("two.test", "clear"))
    site.world.feed("x-pull", LOOSE)
    answer = site.browser("s-sue").get("/feeds")
    said = words(answer)
    assert "5 shown of 5, late ones first" in said
    assert re.search(r"a-push bank-a Fraud never pulled —", said)
    assert re.search(r"b-push bank-b Loose never pulled — 2 objects", said)
    assert re.search(r"x-pull police-x Loose fresh .* 0 minutes ago 0 objects 2 today · 2 in 7 days · 2 in 30 0", said)
    assert answer.get_data(as_text=True).count("<rect") == 1


def test_late_ones_come_first(tmp_path: Path):
    """And are counted above the table."""
    shift = [0]
    with closing(make_world(tmp_path, clock=lambda: 20_000 * DAY_US + shift[0])) as world:
        site = site_of(world, tmp_path)
        world.push("a-push", LOOSE, domain("one.test", "clear"))
        world.feed("x-pull", LOOSE)
        shift[0] = 3 * DAY_US
        said = words(site.browser("s-sue").get("/feeds"))
    assert "1 feed is late." in said
    assert said.index("x-pull police-x Loose late") < said.index("never pulled")
    assert "3 days ago" in said


def test_members_see_their_own(site: Site):
    """Of another account of their partner's no number that is not theirs."""
    site.world.push("a-push", LOOSE, domain("one.test", "clear"))
    site.world.feed("x-pull", LOOSE)
    said = words(site.browser("x-xan").get("/feeds"))
    assert "2 shown of 2" in said
    assert "What it got is its own affair." in said
    assert "bank" not in said
    assert "No feed yet" in words(site.browser("o-eve").get("/feeds"))


def test_many_feeds_are_paged(site: Site):
    """Twenty-five at a time; a number beyond them is an empty page, one that is none the first."""
    for number in range(30):
        account = Account(f"x-{number:02}", "police-x", AccountKind.SERVICE, frozenset({Role.READER}))
        site.world.store.commit(lambda tx, account=account: tx.registry.put_account(account))
    browser = site.browser("s-sue")
    first = browser.get("/feeds").get_data(as_text=True)
    assert first.count("data-row") == 25
    assert 'href="/console/feeds?start=25"' in first
    assert browser.get("/feeds?start=50").get_data(as_text=True).count("data-row") == 15
    assert browser.get("/feeds?start=-3").get_data(as_text=True).count("data-row") == 25
    assert browser.get("/feeds?start=99999999999999999999").status_code == 200


def test_bars_are_as_high_as_their_share():
    """The most of them fill the line, and one object is still seen."""
    assert bars((0, 1, 1000)) == (Bar(4, 23, 1), Bar(8, 0, 24))
    assert bars((0, 0)) == ()


def test_an_age_is_told_in_its_largest_unit():
    """Whole ones, and never less than none."""
    assert [age(us) for us in (-5, 59_000_000, 3_600_000_000, DAY_US * 3 + 1)] == [
        ("minutes", 0),
        ("minutes", 0),
        ("hours", 1),
        ("days", 3),
    ]
