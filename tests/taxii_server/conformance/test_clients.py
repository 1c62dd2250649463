"""The clients that come: taxii2-client itself, and others' habits, request by request (rows R320 to R335)."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime

import pytest
from taxii2client.common import TokenAuth
from taxii2client.exceptions import TAXIIServiceException
from taxii2client.v21 import Collection, Server, as_pages

from tests.taxii_server.conformance.samples import CREATED, LATER, campaign, campaigns

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def collection(door, place):
    """Open the place with taxii2-client, signed in as its maker."""
    url = f"http://127.0.0.1:{door.port}{place.path}"
    with closing(Collection(url, user="maker", password=door.tokens["maker"])) as found:
        yield found


def test_taxii2client_discovers(door, place):
    """R320 R332 R333: server, API roots and collections, as the OASIS client walks them."""
    with closing(Server(f"http://127.0.0.1:{door.port}/taxii2/", auth=TokenAuth(door.tokens["reader"]))) as server:
        root = server.default
        assert root.title
        assert place.id in {each.id for each in root.collections}


def test_taxii2client_adds_reads_and_deletes(collection):
    """R321 R324 R325: add and wait, filter, one object, its versions, delete."""
    stix = campaign()
    newer = stix | {"modified": LATER}
    status = collection.add_objects({"objects": [stix, newer, campaign()]}, wait_for_completion=True)
    assert (status.status, status.success_count, status.failure_count) == ("complete", 3, 0)
    assert collection.get_objects(id=[stix["id"]], type=["campaign", "malware"])["objects"] == [newer]
    assert collection.get_objects(added_after=datetime(2020, 1, 1, tzinfo=UTC))["objects"]
    assert collection.get_object(stix["id"], version=[CREATED])["objects"] == [stix]
    assert collection.object_versions(stix["id"])["versions"] == [CREATED, LATER]
    collection.delete_object(stix["id"])
    assert len(collection.get_objects()["objects"]) == 1


def test_taxii2client_pages(collection):
    """R322 R323: as_pages gets everything once, of objects and of the manifest."""
    sent = campaigns(10)
    collection.add_objects({"objects": sent})
    for read in (collection.get_objects, collection.get_manifest):
        pages = list(as_pages(read, per_request=3))
        assert [each["id"] for page in pages for each in page["objects"]] == [stix["id"] for stix in sent]


def test_taxii2client_reads_errors(door, place):
    """R040: an error is an answer the client understands."""
    url = f"http://127.0.0.1:{door.port}{place.path}"
    with (
        closing(Collection(url, user="dropper", password=door.tokens["dropper"])) as found,
        pytest.raises(TAXIIServiceException),
    ):
        found.get_objects()


def test_opencti_keeps_its_place(door, place):
    """R326 R327: one page a run, next kept with and without added_after, then Last cut to milliseconds."""
    sent = campaigns(6)
    door.maker.post(place.objects, sent)
    query, found = {"added_after": "2020-01-01T00:00:00.000Z", "limit": 2}, []
    while (page := door.reader.get(place.objects, query)).json.get("more"):
        found += page.names
        query = {"next": page.json["next"], "limit": 2}
    found += page.names
    assert found == [stix["id"] for stix in sent]
    cut = f"{page.span[1][:-4]}Z"
    assert set(door.reader.get(place.objects, {"added_after": cut}).names) <= set(found)


def test_elastic_ends_with_next(door, place):
    """R328: added_after without a fraction, then next alone, for as long as there is one."""
    sent = campaigns(45)
    door.maker.post(place.objects, sent)
    query, found = {"added_after": "2020-01-01T00:00:00Z"}, []
    while query:
        page = door.reader.get(place.objects, query)
        found += page.names
        query = {"next": page.json["next"]} if page.json.get("next") else None
    assert len(found) == len(set(found)) == 45


def test_xsoar_finds_its_way(door, place):
    """R329: discovery without a slash, the root's name cut out of its URL, many type names, pages of 100."""
    root = door.reader.get("/taxii2").json["default"].split("/")[-2]
    title = door.reader.get(place.path).json["title"]
    listed = door.reader.get(f"/{root}/collections").json["collections"]
    chosen = next(each["id"] for each in listed if each["title"] == title)
    door.maker.post(place.objects, campaigns(3))
    names = "campaign,relationship,x-unknown,report"
    query = {"match[type]": names, "limit": 100}
    assert len(door.reader.get(f"/{root}/collections/{chosen}/objects/", query).objects) == 3


def test_misp_pushes_under_doubled_slashes(door, place):
    """R330: base URL and API root both have a slash."""
    assert door.maker.post(f"//api//collections/{place.id}/objects/", campaigns(2)).status == 202


def test_python_stix2_pushes_a_bundle(door, place):
    """R335: its sink posts a bundle of one object."""
    stix = campaign()
    bundle = {"type": "bundle", "id": "bundle--0ac3f94c-63a2-4d6f-9b7c-2f8a59f4a4d1", "objects": [stix]}
    answer = door.maker.send("POST", place.objects, json.dumps(bundle).encode())
    assert (answer.status, answer.json["success_count"]) == (202, 1)


def test_a_client_that_waits_for_the_challenge_gets_in(door):
    """R331: the first try without credentials is 401 with a challenge, the second gets in."""
    first = door.nobody.get("/taxii2/")
    assert first.headers["WWW-Authenticate"].startswith("Basic realm=")
    assert door.nobody.get("/taxii2/", Authorization=door.maker.authorization).status == 200
