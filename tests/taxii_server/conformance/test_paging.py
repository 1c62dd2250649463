"""Limits, `more`, `next`, and what a poller misses: nothing (rows R260 to R299)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.taxii_server.conformance.conftest import DEFAULT_PAGE, MAX_PAGE
from tests.taxii_server.conformance.samples import CREATED, LATER, LATEST, campaign, campaigns, malware

pytestmark = pytest.mark.enable_socket


def names(pages):
    """List the ids of all pages, in order."""
    return [name for page in pages for name in page.names]


@pytest.fixture
def seven(door, place):
    """Seven campaigns, pushed at once."""
    sent = campaigns(7)
    door.maker.post(place.objects, sent)
    return sent


@pytest.mark.parametrize(
    ("row", "limit", "count", "more"),
    [("R260 R267", 3, 3, True), ("R265", 9, 7, False), ("R266", 7, 7, False), ("R263", 2**53, 7, False)],
)
def test_a_page_holds_what_was_asked_for(door, place, seven, row, limit, count, more):
    """R268 R269: more says whether there is more, and next comes with it and only with it."""
    for url in (place.objects, place.manifest):
        page = door.maker.get(url, {"limit": limit})
        assert (len(page.objects), page.json["more"], "next" in page.json) == (count, more, more), row


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_a_walk_gives_everything_once_in_order(door, place, seven, limit):
    """R270 R271 R274: next leads through everything, also when one push gave it all."""
    expected = [stix["id"] for stix in seven]
    for url in (place.objects, place.manifest):
        pages = list(door.maker.walk(url, {"limit": limit}))
        assert names(pages) == expected
        assert all(len(page.objects) == limit for page in pages[:-1])
        spans = [moment for page in pages for moment in page.span]
        assert spans == sorted(spans)


def test_a_walk_keeps_filters_and_versions(door, place, seven):
    """R272 R273: the filters of the request hold on every page, all versions come."""
    newer = [stix | {"modified": LATER} for stix in seven]
    door.maker.post(place.objects, [malware(), *newer, malware()])
    campaigns_only = names(door.maker.walk(place.objects, {"limit": 2, "match[type]": "campaign"}))
    assert campaigns_only == [stix["id"] for stix in seven]
    everything = door.maker.walk(place.objects, {"limit": 4, "match[version]": "all"})
    found = [(each["id"], each["modified"]) for page in everything for each in page.objects]
    assert len(found) == len(set(found)) == 16


def test_the_versions_of_an_object_are_walked(door, place):
    """R275 R276: an object with many versions, and the list of them, page like a collection."""
    stix = campaign()
    instants = [f"2026-03-{day:02}T10:00:00.000Z" for day in range(1, 9)]
    door.maker.post(place.objects, [stix | {"modified": instant} for instant in instants])
    listed = door.maker.walk(place.versions(stix), {"limit": 3})
    assert [version for page in listed for version in page.json["versions"]] == instants
    objects = door.maker.walk(place.object(stix), {"limit": 3, "match[version]": "all"})
    assert [each["modified"] for page in objects for each in page.objects] == instants


def test_paging_by_date_misses_nothing(door, place, seven):
    """R277: added_after = Last of the page before leads through everything once."""
    query, found = {"limit": 2}, []
    while (page := door.maker.get(place.objects, query)).objects:
        found += page.names
        query["added_after"] = page.span[1]
    assert found == [stix["id"] for stix in seven]


def test_what_happens_while_paging_displaces_nothing(door, place, seven):
    """R279 to R282: additions, deletions and new versions between pages cause no miss and no repeat."""
    first = door.maker.get(place.objects, {"limit": 2})
    added = campaign()
    door.maker.post(place.objects, [added, seven[0] | {"modified": LATER}, seven[5] | {"modified": LATER}])
    door.maker.delete(place.object(seven[1]))
    rest = names(door.maker.walk(place.objects, {"limit": 2, "next": first.json["next"]}))
    expected = {stix["id"] for stix in seven[2:]} | {added["id"], seven[0]["id"]}
    assert set(rest) == expected
    assert len(rest) == len(expected)


def test_a_cursor_is_good_again_and_anywhere(door, place, seven):
    """R283 R284 R285: the same page to the byte, by any worker, as often as it is asked for."""
    cursor = door.maker.get(place.objects, {"limit": 2}).json["next"]
    query = {"limit": 2, "next": cursor}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: door.maker.get(place.objects, query), range(12)))
    assert {(each.status, each.body) for each in answers} == {(200, answers[0].body)}


def test_a_cursor_goes_with_other_parameters(door, place, seven):
    """R287 to R290: without limit, with another one, with and without the added_after of the first request."""
    before = "2020-01-01T00:00:00Z"
    cursor = door.maker.get(place.objects, {"limit": 2, "added_after": before}).json["next"]
    rest = [stix["id"] for stix in seven[2:]]
    for query in ({}, {"limit": 4}, {"limit": 1}, {"added_after": before}, {"added_after": before, "limit": 5}):
        assert names(door.maker.walk(place.objects, query | {"next": cursor})) == rest, query


def test_a_cursor_keeps_the_added_after_it_was_given_for(door, place, seven):
    """R289: what added_after left out at first stays left out on the pages that follow."""
    third = door.maker.get(place.objects, {"limit": 3}).span[1]
    cursor = door.maker.get(place.objects, {"limit": 1, "added_after": third}).json["next"]
    assert names(door.maker.walk(place.objects, {"next": cursor})) == [stix["id"] for stix in seven[4:]]


def test_a_cursor_opens_nothing_elsewhere(door, place, seven):
    """R291 R293 R295 R296: changed, in another collection, at another endpoint or with another account it is 400."""
    cursor = door.maker.get(place.objects, {"limit": 2}).json["next"]
    other = door.open_collection()
    door.maker.post(other.objects, campaigns(3))
    changed = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    asked = [
        (door.maker, place.objects, changed),
        (door.maker, other.objects, cursor),
        (door.maker, place.manifest, cursor),
        (door.maker, place.object(seven[0]), cursor),
        (door.maker, place.versions(seven[0]), cursor),
        (door.reader, place.objects, cursor),
    ]
    answers = [caller.get(url, {"next": text}) for caller, url, text in asked]
    assert {(each.status, each.body) for each in answers} == {(400, answers[0].body)}


def test_a_cursor_shows_only_what_the_request_asks_for(door, place, seven):
    """R294: with a narrower filter nothing outside it is returned."""
    door.maker.post(place.objects, [malware()])
    cursor = door.maker.get(place.objects, {"limit": 2}).json["next"]
    found = door.maker.get(place.objects, {"next": cursor, "match[type]": "malware"}).objects
    assert [each["type"] for each in found] == ["malware"]


def test_the_server_pages_by_itself(door, place):
    """R297: without a limit everything comes, in pages that say more; a large limit is cut silently."""
    sent = campaigns(MAX_PAGE + 10)
    door.maker.post(place.objects, sent)
    pages = list(door.maker.walk(place.objects))
    assert names(pages) == [stix["id"] for stix in sent]
    assert {len(page.objects) for page in pages} == {DEFAULT_PAGE}
    assert len(door.maker.get(place.objects, {"limit": 10_000}).objects) == MAX_PAGE


def test_a_poller_misses_nothing_while_others_push(door, place):
    """R298 R299: polling by date while several push gets every object exactly once."""
    envelopes = [campaigns(5) for _ in range(12)]
    with ThreadPoolExecutor(4) as pool:
        pushes = [pool.submit(door.maker.post, place.objects, envelope) for envelope in envelopes]
        found, query = [], {}
        while True:
            done = all(push.done() for push in pushes)
            page = door.reader.get(place.objects, query)
            found += page.names
            query = {"added_after": page.span[1]} if page.objects else query
            if done and not page.objects:
                break
    assert sorted(found) == sorted(stix["id"] for envelope in envelopes for stix in envelope)


def test_dates_of_versions_are_told_with_them(door, place):
    """R203: the versions answer spans the dates of this object's versions."""
    stix = campaign(modified=CREATED)
    door.maker.post(place.objects, [stix, campaign(), stix | {"modified": LATEST}])
    dates = [each["date_added"] for each in door.maker.get(place.manifest, {"match[version]": "all"}).objects]
    assert door.maker.get(place.versions(stix)).span == (dates[0], dates[2])
