"""W9: the audit trail as a page and as files."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing

import pytest

from hub.console.screens.audit import told
from hub.model.audit import Event
from tests.hub.console.browsing import Site, words
from tests.hub.services.world import LOOSE, domain


def record(site: Site, count: int, actor: str = "s-sue", object_: str = "thing") -> None:
    """Put acts on record."""
    for number in range(count):
        event = Event(actor, "thing:do", f"{object_}-{number}")
        site.world.store.commit(lambda tx, event=event: tx.record(event))


def test_acts_and_reads_stand_newest_first_page_by_page(site: Site):
    """Every record once, by links alone."""
    record(site, 120)
    browser, seen = site.browser("s-sue"), []
    path = "/audit"
    while path:
        page = browser.get(path).get_data(as_text=True)
        seen += [part.partition("<")[0] for part in page.split("<code>")[1:] if part.startswith("thing-")]
        _, _, link = page.partition('rel="next"')
        path = page.rpartition('rel="next"')[0].rpartition('href="/console')[2].partition('"')[0] if link else ""
        path = path.replace("&amp;", "&")
    assert seen == [f"thing-{number}" for number in reversed(range(120))]


def test_the_filter_narrows_and_what_it_cannot_read_is_named(site: Site):
    """With an example, and what was typed kept; nothing is shown as if it had been read."""
    record(site, 1)
    record(site, 1, "a-ada", "other")
    browser = site.browser("s-sue")
    said = words(browser.get("/audit?q=actor:a-ada"))
    assert "other-0" in said
    assert "thing-0" not in said
    assert "No record matches" in words(browser.get("/audit?q=actor:nobody"))
    wrong = browser.get("/audit?q=from:yesterday")
    assert wrong.status_code == 422
    assert "write a day or a time, such as from:2026-11-01T08:30" in words(wrong)
    assert 'value="from:yesterday"' in wrong.get_data(as_text=True)
    assert browser.get("/audit/trail.csv?q=from:yesterday").status_code == 422


def test_members_read_their_own_acts(site: Site):
    """Others' are not there, whatever is asked for; they check no chain."""
    record(site, 1)
    site.world.push("a-push", LOOSE, domain("one.test", "clear"))
    site.world.feed("x-xan", LOOSE)
    browser = site.browser("x-xan")
    for path in ("/audit", "/audit?q=action:collection:read", "/audit/trail.jsonl"):
        said = words(browser.get(path))
        assert "collection:read" in said
        assert not [name for name in ("a-push", "s-sue", "thing") if name in said]
    assert "No record matches" in words(browser.get("/audit?q=actor:s-sue"))
    assert "Check the chains" not in words(browser.get("/audit"))
    assert browser.post("/audit/check").status_code == 403


def test_a_members_pages_do_not_depend_on_what_others_do(site: Site):
    """S17: neither rows nor links say how many acts there are besides."""
    record(site, 60, "x-xan", "mine")
    browser = site.browser("x-xan")
    before = browser.get("/audit").data
    record(site, 60)
    site.world.feed("a-ada", LOOSE)
    assert browser.get("/audit").data == before


@pytest.mark.parametrize(
    "bent", ["at=-1&given=0", "at=x&given=1", "at=99999999999999999999&given=1", "at=1&given=9999999"]
)
def test_a_bent_link_begins_at_the_end(site: Site, bent):
    """No number in an address does harm."""
    record(site, 1)
    assert "thing-0" in words(site.browser("s-sue").get(f"/audit?{bent}"))


def test_files_hold_what_the_filter_finds_and_no_formula(site: Site):
    """CSV and JSON lines, to keep, named by the day."""
    record(site, 3, object_="=HYPERLINK(1)")
    record(site, 1, "a-ada")
    browser = site.browser("s-sue")
    table = browser.get("/audit/trail.csv?q=actor:s-sue")
    assert table.headers["Content-Disposition"].startswith('attachment; filename="audit-20')
    rows = list(csv.DictReader(table.get_data(as_text=True).splitlines()))
    assert [row["object"] for row in rows] == [f"'=HYPERLINK(1)-{number}" for number in (2, 1, 0)]
    lines = browser.get("/audit/trail.jsonl?q=actor:s-sue").get_data(as_text=True).splitlines()
    assert [json.loads(line)["object"] for line in lines] == [f"=HYPERLINK(1)-{number}" for number in (2, 1, 0)]


def test_the_chains_are_checked_on_demand(site: Site):
    """Whole with their last links, or broken with the place."""
    record(site, 2)
    browser = site.browser("s-sue")
    whole = words(browser.post("/audit/check"))
    assert "Both chains are whole." in whole
    assert "2:" in whole
    with closing(sqlite3.connect(site.world.path)) as file, file:
        file.execute("UPDATE audit SET actor = 'nobody' WHERE seq = 1")
    broken = words(browser.post("/audit/check"))
    assert "The trail is not whole." in broken
    assert "audit 1" in broken


def test_hostile_text_is_text(site: Site):
    """What an act was done to may be anything."""
    record(site, 1, object_="<script>alert(1)</script>")
    page = site.browser("s-sue").get("/audit?q=<b>").get_data(as_text=True)
    assert "<b>" not in page
    assert "<script>alert" not in site.browser("s-sue").get("/audit").get_data(as_text=True)


def test_facts_are_written_for_people():
    """Stamps as times, long lists by their beginning and length, truths in words; what is empty not at all."""
    ids = [f"indicator--{number}" for number in range(5)]
    facts = {"first": 1_700_000_000_000_000, "objects": ids, "blind": True, "note": "x" * 200, "partners": ["a", "b"]}
    facts |= {"last": 0, "members": [], "expires": None, "reason": ""}
    assert told(facts) == [
        ("first", "2023-11-14 22:13:20"),
        ("objects", "indicator--0, indicator--1, indicator--2, … (5)"),
        ("blind", "true"),
        ("note", "x" * 160 + "…"),
        ("partners", "a, b"),
    ]
