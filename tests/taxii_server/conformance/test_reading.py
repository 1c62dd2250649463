"""Objects, manifests, versions and filters (rows R180 to R259)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.taxii_server.conformance.samples import (
    CREATED,
    LATER,
    LATEST,
    address,
    campaign,
    campaigns,
    malware,
    statement,
)

pytestmark = pytest.mark.enable_socket

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
NEAR = timedelta(seconds=60)


def moved(stamp, microseconds):
    """Move a timestamp by some µs."""
    moment = datetime.fromisoformat(stamp) + timedelta(microseconds=microseconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.fixture
def three(door, place):
    """One campaign in three versions, pushed one after the other."""
    first = campaign()
    versions = [first, first | {"modified": LATER}, first | {"modified": LATEST}]
    for stix in versions:
        door.maker.post(place.objects, [stix])
    return versions


def test_manifest_and_objects_say_the_same_in_order(door, place):
    """R006 R180 R181 R189 R190 R191 R193 R195 R286 R334: one order, ascending unique dates, more is told."""
    sent = campaigns(5)
    door.maker.post(place.objects, sent[:3])
    door.maker.post(place.objects, sent[3:])
    envelope, manifest = door.maker.get(place.objects), door.maker.get(place.manifest)
    assert envelope.names == manifest.names == [stix["id"] for stix in sent]
    assert set(envelope.json) == {"more", "objects"}
    assert envelope.json["more"] is False
    dates = [each["date_added"] for each in manifest.objects]
    assert dates == sorted(set(dates))
    assert all(STAMP.fullmatch(date) for date in dates)
    assert set(manifest.objects[0]) == {"id", "date_added", "version", "media_type"}
    assert {door.maker.get(place.manifest).body for _ in range(6)} == {manifest.body}


def test_the_headers_are_first_and_last_of_the_page(door, place):
    """R008 R182 R183 R184 R203 R204: every answer with content has the dates of its first and last."""
    sent = campaigns(3)
    door.maker.post(place.objects, sent)
    dates = [each["date_added"] for each in door.maker.get(place.manifest).objects]
    for url in (place.objects, place.manifest):
        assert door.maker.get(url).span == (dates[0], dates[2])
        assert door.maker.get(url, {"limit": 2}).span == (dates[0], dates[1])
    for url in (place.object(sent[1]), place.versions(sent[1])):
        assert door.maker.get(url).span == (dates[1], dates[1])


def test_nothing_is_an_empty_resource_without_headers(door, place):
    """R005 R185 R186 R187 R188 R218: no content is `{}`, 200, and tells no dates."""
    door.maker.post(door.open_collection().objects, [campaign()])
    asked = [(place.objects, {}), (place.manifest, {}), (place.objects, {"added_after": "2090-01-01T00:00:00Z"})]
    for url, query in asked:
        answer = door.maker.get(url, query)
        assert (answer.status, answer.json, answer.span) == (200, {}, (None, None))


def test_an_object_is_found_in_its_collection_only(door, place):
    """R196 R197 R198 R199 R202: by id, in the collection that holds it; without a fitting version it is empty."""
    stix, other = campaign(), campaign()
    door.maker.post(place.objects, [stix, other])
    elsewhere = door.open_collection()
    assert door.maker.get(place.object(stix)).objects == [stix]
    for url in (place.object(campaign()), place.versions(campaign()), elsewhere.object(stix)):
        assert door.maker.get(url).status == 404
    none = door.maker.get(place.object(stix), {"match[version]": LATEST})
    assert (none.status, none.json) == (200, {})


def test_date_added_is_the_servers_clock(door, place):
    """R206 R220 R335: date_added is when it was added here, whatever the object says."""
    door.maker.post(place.objects, [campaign(created="2001-01-01T00:00:00.000Z", modified="2090-01-01T00:00:00.000Z")])
    added = datetime.fromisoformat(door.maker.get(place.manifest).objects[0]["date_added"])
    assert abs(added - datetime.now(UTC)) < NEAR
    assert door.maker.get(place.objects, {"added_after": "2030-01-01T00:00:00Z"}).json == {}


def test_added_after_is_strict_to_the_microsecond(door, place):
    """R210 R211 R219 R278: what was added at the instant is not among what was added after it."""
    stix = campaign()
    door.maker.post(place.objects, [stix])
    added = door.maker.get(place.objects).span[1]
    for url in (place.objects, place.manifest, place.object(stix), place.versions(stix)):
        assert door.maker.get(url, {"added_after": added}).json == {}, url
        assert door.maker.get(url, {"added_after": moved(added, -1)}).json != {}, url


def test_a_new_version_is_news(door, place):
    """R221: a poller sees the new version, and not the old one again."""
    stix = campaign()
    door.maker.post(place.objects, [stix, campaign()])
    last = door.maker.get(place.objects).span[1]
    newer = stix | {"modified": LATER}
    door.maker.post(place.objects, [newer])
    assert door.maker.get(place.objects, {"added_after": last, "match[version]": "all"}).objects == [newer]


def test_filters_are_alternatives_and_combine(door, place):
    """R222 to R229, R257, R258: values of one field are ORed, fields are ANDed, unknown names match nothing."""
    one, two, three, four = sent = [campaign(), malware(), address(), campaign()]
    door.maker.post(place.objects, sent)
    door.maker.post(place.objects, [campaign()])
    dates = [each["date_added"] for each in door.maker.get(place.manifest).objects]
    cases = [
        ({"match[id]": two["id"]}, [two]),
        ({"match[id]": f"{three['id']},x--1,{one['id']}"}, [one, three]),
        ({"match[type]": "malware"}, [two]),
        ({"match[type]": "malware,ipv4-addr,x-unknown"}, [two, three]),
        ({"match[type]": "x-unknown"}, []),
        ({"match[type]": "campaign", "match[id]": f"{one['id']},{two['id']}"}, [one]),
        ({"match[type]": "campaign", "added_after": dates[0], "match[id]": f"{one['id']},{four['id']}"}, [four]),
        ({"match[colour]": "x", "match[id]": four["id"]}, [four]),
    ]
    for query, expected in cases:
        names = [stix["id"] for stix in expected]
        assert door.maker.get(place.objects, query).names == names, query
        assert door.maker.get(place.manifest, query).names == names, query
    for brackets in ("match[type]=malware", "match%5Btype%5D=malware"):
        assert door.maker.get(f"{place.objects}?{brackets}").names == [two["id"]]


@pytest.mark.parametrize(
    ("row", "version", "expected"),
    [
        ("R230", None, [LATEST]),
        ("R231", "last", [LATEST]),
        ("R232", "first", [CREATED]),
        ("R233", "all", [CREATED, LATER, LATEST]),
        ("R234", LATER, [LATER]),
        ("R235", f"{LATER},{LATEST}", [LATER, LATEST]),
        ("R236", "last,first", [CREATED, LATEST]),
        ("R236", f"first,{LATER},last", [CREATED, LATER, LATEST]),
        ("R244", f"last,{LATEST},last", [LATEST]),
        ("R245", "2026-03-02T10:00:00Z", [LATER]),
        ("R245", "2026-03-02T10:00:00.000000000Z", [LATER]),
        ("R234", "2026-03-02T10:00:00.001Z", []),
    ],
)
def test_versions_are_chosen(door, place, three, row, version, expected):
    """R238 R239: match[version] chooses by place or instant, on objects, manifest and object alike."""
    query = {"match[version]": version} if version else {}
    for url in (place.objects, place.manifest, place.object(three[0])):
        found = door.maker.get(url, query).objects
        assert [each.get("modified") or each["version"] for each in found] == expected, (row, url)


def test_versions_are_all_listed(door, place, three):
    """R200: the versions of an object, all of them, whatever the order they came in (R148)."""
    late = campaign(modified=LATEST)
    door.maker.post(place.objects, [late])
    door.maker.post(place.objects, [late | {"modified": LATER}])
    assert door.maker.get(place.versions(three[0])).json["versions"] == [CREATED, LATER, LATEST]
    assert sorted(door.maker.get(place.versions(late)).json["versions"]) == [LATER, LATEST]
    assert door.maker.get(place.object(late)).objects == [late]


def test_one_version_is_first_and_last_once(door, place):
    """R237: an object of one version is not doubled."""
    door.maker.post(place.objects, [campaign()])
    assert len(door.maker.get(place.objects, {"match[version]": "first,last"}).objects) == 1


def test_an_instant_in_other_digits_is_the_same_version(door, place):
    """R246 R248: more zeros make no new version; the manifest keeps the digits that were sent."""
    stix = campaign(modified="2026-03-02T10:00:00.100Z")
    door.maker.post(place.objects, [stix])
    door.maker.post(place.objects, [stix | {"modified": "2026-03-02T10:00:00.100000Z"}])
    found = door.maker.get(place.manifest, {"match[version]": "all"}).objects
    assert [each["version"] for each in found] == ["2026-03-02T10:00:00.100Z"]


def test_versions_a_microsecond_apart_stay_apart(door, place):
    """R247: timestamps have more than three digits."""
    stix = campaign()
    instants = ["2026-03-02T10:00:00.000001Z", "2026-03-02T10:00:00.000002Z"]
    door.maker.post(place.objects, [stix | {"modified": instant} for instant in instants])
    for instant in instants:
        found = door.maker.get(place.objects, {"match[version]": instant}).objects
        assert [each["modified"] for each in found] == [instant]


def test_spec_version_restricts(door, place):
    """R249 to R253, R259: 2.1 is everything here, observables and markings too; another version is nothing."""
    sent = [campaign(), address(), statement()]
    door.maker.post(place.objects, sent)
    cases = [("2.1", 3), ("2.0,2.1", 3), ("2.0", 0), ("3.0", 0)]
    for version, count in cases:
        for url in (place.objects, place.manifest):
            assert len(door.maker.get(url, {"match[spec_version]": version}).objects) == count, version
    assert door.maker.get(place.versions(sent[0]), {"match[spec_version]": "2.0"}).json == {}


@pytest.mark.parametrize(
    ("row", "query"),
    [
        ("R212", "added_after=yesterday"),
        ("R214", "added_after="),
        ("R215", "added_after=2026-01-01T00:00:00Z&added_after=2026-01-01T00:00:00Z"),
        ("R217", "added_after=2026-01-01T00:00:00%2B00:00"),
        ("R261", "limit=0"),
        ("R261", "limit=1_0"),
        ("R261", "limit=%EF%BC%91"),
        ("R264", "limit=1&limit=2"),
        ("R291", "next=abc"),
        ("R292", "next="),
    ],
)
def test_a_malformed_parameter_is_400_everywhere(door, place, three, row, query):
    """R213 R262: on objects, manifest, object and versions."""
    for url in (place.objects, place.manifest, place.object(three[0]), place.versions(three[0])):
        assert door.maker.get(f"{url}?{query}").status == 400, (row, url)


@pytest.mark.parametrize(
    ("row", "query"),
    [
        ("R242", "match[version]=newest"),
        ("R243", "match[version]=all,first"),
        ("R255", "match[version]=last&match[version]=last"),
        ("R256", "match[version]="),
    ],
)
def test_a_malformed_version_is_400(door, place, three, row, query):
    """On every endpoint that chooses versions, and nothing is removed by it (R313)."""
    for url in (place.objects, place.manifest, place.object(three[0])):
        assert door.maker.get(f"{url}?{query}").status == 400, (row, url)
    assert door.maker.send("DELETE", f"{place.object(three[0])}?{query}").status == 400
    assert door.maker.get(place.object(three[0])).status == 200
