"""Discovery, API root and collections (rows R002 to R008, R101 to R127)."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.taxii_server.conformance.conftest import MAX_CONTENT_BYTES
from tests.taxii_server.conformance.door import TAXII
from tests.taxii_server.conformance.samples import campaign

pytestmark = pytest.mark.enable_socket

UNKNOWN = "472c94ae-3113-4e3e-a4dd-a9f4ac7471d4"


def test_discovery_names_the_api_root(door):
    """R101 to R108, R332: a title, and one relative API root that ends in a slash and answers."""
    found = door.reader.get("/taxii2/").json
    assert found["title"]
    assert found["default"] in found["api_roots"] == ["/api/"]
    assert door.reader.get(found["default"]).status == 200


def test_the_api_root_tells_version_and_limit(door):
    """R109 to R112: title, the version spoken, and the size a push may have."""
    found = door.reader.get("/api/").json
    assert found["title"]
    assert (found["versions"], found["max_content_length"]) == ([TAXII], MAX_CONTENT_BYTES)


@pytest.mark.parametrize("path", ["/apis/", "/apis/collections/", f"/apis/status/{UNKNOWN}/", "/API/"])
def test_an_unknown_api_root_is_404(door, path):
    """R113: any other root is not found, nor is anything below it."""
    assert door.reader.get(path).status == 404


def test_collections_are_listed_by_id(door, place):
    """R003 R116 R117 R118 R121 R127: the list is by ascending id, and its entries are the collections."""
    door.open_collection()
    found = door.reader.get("/api/collections/").json["collections"]
    assert [each["id"] for each in found] == sorted(each["id"] for each in found)
    assert {UUID(each["id"]).version for each in found} == {4}
    assert next(each for each in found if each["id"] == place.id) == door.reader.get(place.path).json
    assert set(found[0]) == {"id", "title", "alias", "can_read", "can_write", "media_types"}
    assert found[0]["media_types"] == [f"application/stix+json;version={version}" for version in ("2.1", "2.0")]


def test_no_collections_are_no_list(door):
    """R005: an empty list is left out."""
    assert door.stranger.get("/api/collections/").json == {}


def test_titles_and_aliases_are_unique(door, place):
    """R122 R123: an alias stands for the id in a path; titles can be chosen by."""
    found = door.reader.get("/api/collections/").json["collections"]
    for name in ("title", "alias"):
        assert len({each[name] for each in found}) == len(found)
    assert door.reader.get(f"/api/collections/{place.alias}/").json["id"] == place.id


@pytest.mark.parametrize("reference", [UNKNOWN, "no-uuid", "x" * 3_000, "%00"])
def test_an_unknown_collection_is_404_everywhere(door, reference):
    """R119 R120: an id of no collection is not found, whatever its form."""
    base = f"/api/collections/{reference}/"
    tails = ["", "objects/", "manifest/", "objects/campaign--x/", "objects/campaign--x/versions/"]
    assert {door.maker.get(base + tail).status for tail in tails} == {404}
    assert door.maker.post(f"{base}objects/", []).status == 404
    assert door.maker.delete(f"{base}objects/campaign--x/").status == 404


def test_no_resource_has_properties_of_our_own(door, place):
    """R114 R115: every property is the standard's, with `next` on manifest and versions as envelopes have it."""
    stix = campaign()
    status = door.maker.post(place.objects, [stix, {"type": "campaign"}]).json
    failure = {"id", "version", "message"}
    known = {
        "/taxii2/": {"title", "description", "contact", "default", "api_roots"},
        "/api/": {"title", "description", "versions", "max_content_length"},
        "/api/collections/": {"collections"},
        f"/api/status/{status['id']}/": {"id", "status", "request_timestamp", "successes", "failures"}
        | {f"{name}_count" for name in ("total", "success", "failure", "pending")},
        place.manifest: {"more", "next", "objects"},
        place.versions(stix): {"more", "next", "versions"},
    }
    for url, properties in known.items():
        assert set(door.maker.get(url).json) <= properties, url
    assert set(status["failures"][0]) == failure
