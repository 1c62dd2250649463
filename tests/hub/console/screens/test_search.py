"""W16: one box, and a list looked up at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hub.console.browsing import Site, words
from tests.hub.console.conftest import site_of
from tests.hub.console.screens.test_objects import (
    GANG,
    REPORT,
    SECRET,
    TOOL,
    USES,
    USES_SECRET,
    fill,
    path,
)
from tests.hub.services.world import LOOSE, domain, domain_id, make_world
from tests.hub.store.stage import SECOND, Wall


def test_without_a_question_it_says_how_to_ask(site: Site):
    """The forms of a question are on the empty page, and nothing is searched."""
    said = words(site.browser("x-xan").get("/search"))
    assert "Nothing is searched yet" in said
    assert "type:malware,tool" in said


def test_results_say_what_they_are_and_how_many(site: Site):
    """Name, type, level, collection, time; n shown of m; the question stays in the box."""
    fill(site)
    page = site.browser("x-xan").get("/search?q=qakbot")
    said = words(page)
    assert "2 shown of 2 objects, sorted by best match first" in said
    assert "QakBot tool TLP:GREEN Loose" in said
    assert 'value="qakbot"' in page.get_data(as_text=True)
    assert "sorted by latest first" in words(site.browser("x-xan").get("/search?q=qakbot&sort=newest"))


def test_a_wrong_filter_is_named_and_the_rest_runs(site: Site):
    """What was left out is said above the results."""
    fill(site)
    said = words(site.browser("x-xan").get("/search?q=qakbot+tlp:purple"))
    assert "Left out of the search, the rest ran: tlp : not a TLP level" in said
    assert "2 shown of 2 objects" in said


def test_nothing_found_offers_what_is_written_alike(site: Site):
    """Of visible names alone."""
    fill(site)
    assert "Did you mean qakbot" in words(site.browser("x-xan").get("/search?q=qakbod"))
    assert "Did you mean" not in words(site.browser("o-eve").get("/search?q=qakbod"))


def test_long_results_are_paged_by_links(site: Site):
    """The next page keeps question and order; a strange number is the first page."""
    site.world.push("b-push", LOOSE, *(domain(f"n{number}.many.test", "clear") for number in range(30)))
    browser = site.browser("x-xan")
    html = browser.get("/search?q=many&sort=newest").get_data(as_text=True)
    assert 'href="/console/search?q=many&amp;sort=newest&amp;page=2"' in html
    assert "5 shown of 30 objects" in words(browser.get("/search?q=many&sort=newest&page=2"))
    for page in ("0", "-1", "x", "99999999999999999999"):
        assert browser.get(f"/search?q=many&page={page}").status_code == 200


def test_a_list_is_looked_up_and_kept(site: Site):
    """Each value with the objects that have it; what was pasted stays in the field."""
    fill(site)
    page = site.browser("x-xan").post("/search", {"list": "a[.]test\nnobody.test"})
    said = words(page)
    assert "1 of 2 values are known to you" in said
    assert "nobody.test nothing you may read" in said
    assert "a[.]test" in page.get_data(as_text=True)
    empty = site.browser("x-xan").post("/search", {"list": " "})
    assert empty.status_code == 422
    assert "paste one value a line" in words(empty)


def test_too_long_a_question_is_refused_and_kept(site: Site):
    """The limit is said; the text is still in the box."""
    page = site.browser("x-xan").get("/search", query_string={"q": "x" * 5_000})
    assert page.status_code == 413
    assert "x" * 5_000 in page.get_data(as_text=True)


def look_as(site: Site, account: str):
    """Give the secretariat's browser, looking as an account."""
    browser = site.browser("s-sue")
    assert browser.post("/view-as", {"account": account, "reason": "a question of theirs"}).status_code == 303
    return browser


def test_looking_as_another_is_cut_to_both(site: Site):
    """Searches and pages show what both see and say how much more there is; a list can be looked up too."""
    fill(site)
    browser = look_as(site, "b-push")
    said = words(browser.get("/search?q=qakbot"))
    assert "1 shown of 1 object" in said
    assert "You look as b-push" in said
    assert browser.get(path(SECRET)).status_code == 404
    assert browser.get(path(TOOL)).status_code == 200
    assert "1 of 1 value is known to you" in words(browser.post("/search", {"list": "qakbot"}))


@pytest.mark.parametrize("account", ["o-eve", "x-xan"])
def test_a_twin_without_the_hidden_has_the_same_pages(tmp_path: Path, account: str):
    """Every page of an account is the same, byte for byte, whatever it can't see (S17)."""
    pages = []
    for name, hidden in (("one", True), ("twin", False)):
        folder = tmp_path / name
        folder.mkdir()
        wall = Wall()
        world = make_world(folder, clock=wall)
        site = site_of(world, folder)
        mine = [GANG, TOOL, USES, REPORT, domain("a.test", "clear")]
        if hidden:
            world.push("b-push", LOOSE, *(domain(f"qakbot{number}.test", "amber+strict") for number in range(30)))
        for each in mine:
            wall.now += SECOND
            world.push("b-push", LOOSE, each)
        if hidden and account == "o-eve":
            world.push("a-push", LOOSE, SECRET, USES_SECRET)
        pages.append(_pages(site, account))
        world.close()
    assert pages[0] == pages[1]


def _pages(site: Site, account: str) -> list[bytes]:
    """Ask for everything, less what is the session's own and the moments at which things were opened."""
    browser = site.browser(account)
    ids = [each["id"] for each in (GANG, TOOL, USES, REPORT, SECRET)] + [domain_id("a.test")]
    addresses = [f"/objects/{id_}{tail}" for id_ in ids for tail in ("", "/stix")]
    addresses += [
        f"/search?q={q}"
        for q in ("qakbot", "type:tool", "seen:2026", "basta", "qakbo", "tlp:green", "test", "source:loose")
    ]
    found = [browser.get(address) for address in addresses]
    found.append(browser.post("/search", {"list": "qakbot\na.test\nqakbot1.test"}))
    return [answer.data.replace(browser.csrf.encode(), b"") for answer in found]
