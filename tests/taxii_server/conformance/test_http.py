"""TAXII over HTTP: paths, methods, media types, caching, errors (rows R001 to R061)."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack, closing
from http.client import HTTPConnection

import pytest

from tests.taxii_server.conformance.door import TAXII
from tests.taxii_server.conformance.samples import campaign

pytestmark = pytest.mark.enable_socket

UNKNOWN = "472c94ae-3113-4e3e-a4dd-a9f4ac7471d4"


def urls(place, stix):
    """Every endpoint that is read, with an object in the collection."""
    return [
        "/taxii2/",
        "/api/",
        "/api/collections/",
        place.path,
        place.manifest,
        place.objects,
        place.object(stix),
        place.versions(stix),
    ]


@pytest.fixture
def stix(door, place):
    """Push an object to the place."""
    stix = campaign()
    assert door.maker.post(place.objects, [stix]).status == 202
    return stix


def test_every_endpoint_answers_in_taxii(door, place, stix):
    """R001 R010 R011 R012: each endpoint gives UTF-8 JSON of the one media type; R061: which no cache may keep."""
    for url in urls(place, stix):
        answer = door.maker.get(url)
        assert (answer.status, answer.headers["Content-Type"]) == (200, TAXII), url
        assert isinstance(answer.json, dict), url
        assert "public" not in answer.headers["Cache-Control"]
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_path_is_served_without_its_slash_and_with_doubled_ones(door, place, stix):
    """R045 R046 R048 R055: a missing slash, a doubled one and a needlessly escaped letter are understood."""
    for url in urls(place, stix):
        assert door.maker.get(url.rstrip("/")).status == 200, url
        assert door.maker.get(f"/{url.replace('/', '//')}").status == 200, url
        assert door.maker.get(url.replace("--", "%2D%2D")).status == 200, url


def test_a_push_without_the_slash_is_stored(door, place):
    """R047: a POST is never turned into a GET."""
    assert door.maker.post(place.objects.rstrip("/"), [campaign()]).status == 202
    assert len(door.maker.get(place.objects).objects) == 1


def test_head_is_get_without_the_body(door, place, stix):
    """R049: HEAD has the status and headers of GET."""
    for url in urls(place, stix):
        full, head = door.maker.get(url), door.maker.send("HEAD", url)
        assert (head.status, head.body) == (200, b""), url
        assert head.headers["Content-Length"] == str(len(full.body)), url
        assert head.headers["Content-Type"] == TAXII


def test_options_tells_the_methods_to_those_who_may_come_in(door, place):
    """R050 R052: OPTIONS answers with Allow, and asks for credentials like every method."""
    answer = door.maker.send("OPTIONS", place.objects)
    assert answer.status == 200
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))
    assert door.nobody.send("OPTIONS", place.objects).status == 401


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_method_that_is_not_defined_is_405(door, place, method):
    """R051: another method is answered with those there are."""
    answer = door.maker.send(method, place.objects)
    assert answer.status == 405
    assert "GET" in answer.headers["Allow"]
    assert answer.json["http_status"] == "405"


@pytest.mark.parametrize(
    ("row", "accept", "status"),
    [
        ("R014 R015", "application/taxii+json", 200),
        ("R018", 'application/taxii+json;version="2.1"', 200),
        ("R022", "application/taxii+json;version=2.0,application/taxii+json;version=2.1", 200),
        ("R024", "*/*", 200),
        ("R027", "application/taxii+json;version=2.0", 406),
        ("R028", "application/vnd.oasis.taxii+json; version=2.0", 406),
        ("R029", None, 200),
        ("R030", ";;;", 406),
        ("R031", "application/taxii+json;q=0", 406),
    ],
)
def test_accept_is_read_as_http_has_it(door, place, stix, row, accept, status):
    """What Accept lets through is served in the one media type; the rest is 406."""
    for url in urls(place, stix):
        answer = door.maker.get(url, Accept=accept)
        assert (answer.status, answer.headers["Content-Type"]) == (status, TAXII), (row, url)


@pytest.mark.parametrize(
    ("row", "sent", "status"),
    [
        ("R033", "application/taxii+json", 202),
        ("R034", 'Application/TAXII+json; version="2.1"', 202),
        ("R035", "application/taxii+json; version=2.1; charset=utf-8", 202),
        ("R036", "application/json", 415),
        ("R036", "application/taxii+json;version=2.0", 415),
        ("R037", None, 415),
    ],
)
def test_content_type_is_read_as_http_has_it(door, place, row, sent, status):
    """What Content-Type names is taken, or refused with nothing stored."""
    answer = door.maker.post(place.objects, [campaign()], Content_Type=sent)
    assert answer.status == status, row
    assert len(door.maker.get(place.objects).objects) == (status == 202)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/nothing/", 404),
        ("GET", "/nothing/collections/", 404),
        ("GET", f"/api/collections/{UNKNOWN}/objects/", 404),
        ("GET", "/api/collections/../../etc/passwd", 404),
        ("GET", "/api/collections/%2e%2e%2f%2e%2e%2fetc/", 404),
        ("POST", "/taxii2/", 405),
    ],
)
def test_an_error_is_a_taxii_error_message(door, method, path, status):
    """R039 to R044, R056: an error has media type, title and http_status, and tells nothing of the inside."""
    answer = door.maker.send(method, path)
    assert (answer.status, answer.headers["Content-Type"]) == (status, TAXII)
    assert answer.json["title"]
    assert answer.json["http_status"] == str(status)
    assert set(answer.json) <= {"title", "description", "error_id", "http_status", "details"}
    assert not any(word in answer.body.lower() for word in (b"traceback", b".py", b"sqlite", b"medallion"))


@pytest.mark.parametrize(
    "tail", ["identity", "x" * 5_000, "%00", "%ff%fe", "a%2Fb", "'; DROP TABLE item", "💥", "..", "%F0%9F%92%A5"]
)
def test_an_odd_object_id_is_not_found(door, place, tail):
    """R057: an id that is no stored object's is not found, whatever its letters."""
    path = f"{place.objects}{tail}/".encode().decode("latin-1").replace(" ", "%20")
    quoted = "".join(letter if ord(letter) < 128 else f"%{ord(letter):02X}" for letter in path)
    assert door.maker.get(quoted).status in {400, 404, 414}


def test_what_is_not_known_is_ignored(door, place, stix):
    """R053 R054 R058 R254: unknown parameters and match fields, no User-Agent and a Range change nothing."""
    plain = door.maker.get(place.objects)
    assert plain.names == [stix["id"]]
    assert door.maker.get(place.objects, {"x": "1", "match[colour]": "red"}).body == plain.body
    assert door.maker.get(place.objects, Range="items 0-1").body == plain.body
    assert door.maker.get(place.objects, Range="bytes=0-1").status == 200


def test_an_endless_query_string_is_refused(door, place):
    """R059: a query string beyond the limit is refused as such."""
    assert door.maker.get(place.objects, {"match[id]": "x" * 70_000}).status == 414


def test_the_connection_stays_in_step_after_a_refused_push(door, place):
    """R060: after a push refused before its body was read, the next request is understood."""
    refusals = [
        {"Content-Type": "text/plain", "Authorization": door.maker.authorization},
        {"Content-Type": TAXII, "Authorization": door.reader.authorization},
        {"Content-Type": TAXII},
    ]
    with closing(HTTPConnection("127.0.0.1", door.port, timeout=30)) as connection:
        for headers in refusals:
            connection.request("POST", place.objects, b"x" * 100_000, {"Accept": TAXII} | headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status in {401, 403, 415}
            connection.request("GET", "/api/", headers={"Authorization": door.maker.authorization})
            follower = connection.getresponse()
            assert json.loads(follower.read())["title"]
            assert follower.status == 200


def test_slow_senders_leave_room_for_readers(door, place):
    """However many pushes dawdle over their bodies, readers are answered; strangers who dawdle wait for nothing."""
    head = f"POST {place.objects} HTTP/1.1\r\nHost: hub\r\nContent-Type: {TAXII}\r\nContent-Length: 5000\r\n"
    signed = f"{head}Authorization: {door.maker.authorization}\r\n"
    with ExitStack() as stack:
        for text in [signed, head] * 16:
            sender = stack.enter_context(socket.create_connection(("127.0.0.1", door.port)))
            sender.sendall(f"{text}\r\n{{".encode())
        assert {door.reader.get("/api/").status for _ in range(6)} == {200}


def test_an_answer_is_compressed_for_those_who_ask(door, place):
    """Compression is the client's choice; the content is the same."""
    door.maker.post(place.objects, [campaign(description="x" * 5_000)])
    plain = door.maker.get(place.objects)
    packed = door.maker.get(place.objects, Accept_Encoding="gzip")
    assert plain.headers["Content-Encoding"] is None
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.body) < len(plain.body)
    assert packed.headers["Vary"] == "Accept-Encoding"
