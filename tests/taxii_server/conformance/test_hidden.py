"""What a reader may not see is not there: RED objects between open ones (rows R360 to R367)."""

from __future__ import annotations

import pytest

from tests.taxii_server.conformance.samples import CLEAR, LATER, RED, campaign

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def open_ones(door, place):
    """Three open campaigns, pushed between hidden ones."""
    found = [campaign(object_marking_refs=[CLEAR]) for _ in range(3)]
    for stix in found:
        hidden = [campaign(object_marking_refs=[RED]) for _ in range(3)]
        status = door.maker.post(place.objects, [*hidden, stix]).json
        assert status["success_count"] == 4  # R367
    return found


def test_a_reader_gets_the_open_ones_only(door, place, open_ones):
    """R360 R362 R363: objects, manifest and dates are of what the reader may see."""
    names = [stix["id"] for stix in open_ones]
    assert door.reader.get(place.objects).names == door.reader.get(place.manifest).names == names
    dates = [each["date_added"] for each in door.reader.get(place.manifest).objects]
    assert door.reader.get(place.objects).span == (dates[0], dates[-1])
    assert len(door.maker.get(place.objects).objects) == 12


def test_a_hidden_object_is_absent(door, place, open_ones):
    """R361: object, versions and match[id] answer as if it did not exist."""
    hidden, absent = campaign(object_marking_refs=[RED]), campaign()
    door.maker.post(place.objects, [hidden])
    for url in (place.object, place.versions):
        theirs, none = door.reader.get(url(hidden)), door.reader.get(url(absent))
        assert (theirs.status, theirs.body) == (none.status, none.body)
        assert theirs.status == 404
    assert door.reader.get(place.objects, {"match[id]": hidden["id"]}).json == {}


def test_pages_are_full_and_end(door, place, open_ones):
    """R364: hiding leaves no short page with more, and no empty last one."""
    pages = list(door.reader.walk(place.objects, {"limit": 1}))
    assert [len(page.objects) for page in pages] == [1, 1, 1]
    assert [page.json["more"] for page in pages] == [True, True, False]


def test_a_cursor_handed_on_opens_nothing(door, place, open_ones):
    """R365: the cursor of one who sees more is no cursor for another."""
    cursor = door.maker.get(place.objects, {"limit": 1}).json["next"]
    assert door.reader.get(place.objects, {"next": cursor}).status == 400


@pytest.mark.parametrize("version", ["first", "last", "all", LATER])
def test_a_restricted_newer_version_shows_nothing(door, place, version):
    """R366: a version the reader may not see is in no choice of versions; it recalls the older one (S14)."""
    stix = campaign()
    door.maker.post(place.objects, [stix])
    assert door.reader.get(place.objects).objects == [stix]
    door.maker.post(place.objects, [stix | {"modified": LATER, "object_marking_refs": [RED]}])
    assert door.reader.get(place.objects, {"match[version]": version}).json == {}
