"""Delete an object (rows R300 to R317)."""

from __future__ import annotations

import pytest

from tests.taxii_server.conformance.door import TAXII
from tests.taxii_server.conformance.samples import CREATED, LATER, LATEST, address, campaign, statement

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def three(door, place):
    """One campaign in three versions."""
    first = campaign()
    door.maker.post(place.objects, [first, first | {"modified": LATER}, first | {"modified": LATEST}])
    return first


def left(door, place, stix):
    """List the versions that are left of an object."""
    answer = door.maker.get(place.versions(stix))
    return answer.json["versions"] if answer.status == 200 else []


def test_what_is_deleted_is_gone_everywhere(door, place, three):
    """R300 R301 R302 R309 R311: no version reappears, and a second delete finds nothing."""
    answer = door.maker.delete(place.object(three))
    assert (answer.status, answer.headers["Content-Type"]) == (200, TAXII)
    assert {door.maker.get(url).status for url in (place.object(three), place.versions(three))} == {404}
    for url in (place.objects, place.manifest):
        assert door.maker.get(url, {"match[version]": "all"}).json == {}
    assert door.maker.delete(place.object(three)).status == 404


@pytest.mark.parametrize(
    ("row", "version", "expected"),
    [
        ("R303 R304", LATER, [CREATED, LATEST]),
        ("R305", "first", [LATER, LATEST]),
        ("R306", "last", [CREATED, LATER]),
        ("R307", "all", []),
        ("R308", "first,last", [LATER]),
        ("R245", "2026-03-02T10:00:00Z", [CREATED, LATEST]),
    ],
)
def test_named_versions_are_removed(door, place, three, row, version, expected):
    """match[version] says which go; the others stay."""
    assert door.maker.delete(place.object(three), {"match[version]": version}).status == 200
    assert left(door, place, three) == expected, row


@pytest.mark.parametrize(
    ("row", "query", "status"),
    [
        ("R312", {"match[version]": "2020-01-01T00:00:00Z"}, 404),
        ("R314", {"match[spec_version]": "2.0"}, 404),
        ("R313", {"match[version]": "newest"}, 400),
    ],
)
def test_what_matches_nothing_removes_nothing(door, place, three, row, query, status):
    """No version matches: 404, and everything is still there."""
    assert door.maker.delete(place.object(three), query).status == status, row
    assert left(door, place, three) == [CREATED, LATER, LATEST]


def test_an_unknown_object_is_404(door, place):
    """R310: there is nothing to delete."""
    assert door.maker.delete(place.object(campaign())).status == 404


def test_objects_without_modified_are_deleted_alike(door, place):
    """R315: observables and marking definitions too."""
    sent = [address(), statement()]
    door.maker.post(place.objects, sent)
    assert {door.maker.delete(place.object(stix)).status for stix in sent} == {200}
    assert door.maker.get(place.objects).json == {}


def test_what_was_deleted_can_be_added_again(door, place, three):
    """R316: with a new, later date."""
    before = door.maker.get(place.objects).span[1]
    door.maker.delete(place.object(three))
    assert door.maker.post(place.objects, [three]).json["success_count"] == 1
    assert door.maker.get(place.objects).objects == [three]
    assert door.maker.get(place.objects).span[0] > before


def test_another_collection_keeps_its_own(door, place, three):
    """R317: the same object elsewhere stays."""
    other = door.open_collection()
    door.maker.post(other.objects, [three])
    door.maker.delete(place.object(three))
    assert door.maker.get(other.objects).objects == [three]
