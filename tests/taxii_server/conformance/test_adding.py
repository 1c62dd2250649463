"""Add objects and status (rows R130 to R172, R340 to R359)."""

from __future__ import annotations

import gzip
import json
import re
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from tests.taxii_server.conformance.conftest import MAX_CONTENT_BYTES
from tests.taxii_server.conformance.samples import (
    CREATED,
    LATER,
    address,
    campaign,
    campaigns,
    malware,
    statement,
)

pytestmark = pytest.mark.enable_socket

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


def test_a_push_is_answered_by_its_status(door, place):
    """R004 R007 R130 to R138, R142, R172, R205: complete at once, counts add up, the objects are there."""
    sent = [campaign(), malware()]
    answer = door.maker.post(place.objects, sent)
    status = answer.json
    assert answer.status == 202
    assert UUID(status["id"]).version == 4
    assert STAMP.fullmatch(status["request_timestamp"])
    counts = [status[f"{name}_count"] for name in ("total", "success", "failure", "pending")]
    assert (status["status"], counts) == ("complete", [2, 2, 0, 0])
    assert [(each["id"], each["version"]) for each in status["successes"]] == [(o["id"], CREATED) for o in sent]
    assert not {"failures", "pendings"} & set(status)
    assert door.maker.get(f"/api/status/{status['id']}/").json == status
    for stix in sent:
        assert door.maker.get(place.object(stix)).names == [stix["id"]]
        assert door.maker.get(place.versions(stix)).json["versions"] == [CREATED]


def test_what_has_no_modified_has_one_version(door, place):
    """R136 R139 R140 R150 R192 R194 R201 R240 R241: created stands in, then a value the hub keeps to."""
    sent = [statement(), address()]
    details = door.maker.post(place.objects, sent).json["successes"]
    assert details[0]["version"] == CREATED
    records = door.maker.get(place.manifest).objects
    assert [each["version"] for each in records] == [each["version"] for each in details]
    assert {each["media_type"] for each in records} == {"application/stix+json;version=2.1"}
    assert door.maker.get(place.objects).objects == sent
    for stix, record in zip(sent, records, strict=True):
        for version in (record["version"], "first", "last", "all"):
            found = door.maker.get(place.object(stix), {"match[version]": version})
            assert found.names == [stix["id"]], version


def test_the_text_that_was_sent_comes_back(door, place):
    """R149 R151 R152 R153: spelling, order, spaces and letters of an object are the sender's to the byte."""
    head = f'{{ "type" : "campaign","spec_version":"2.1", "id":"campaign--{uuid4()}",'
    rest = f'"created":"{CREATED}","modified":"{CREATED}",'
    odd = r'"name":"Ω é 漢字 🕵 \u0041\ud83d\ude00 \"x\" \u0007","x_number":9007199254740991,"x_small":1.10e2}'
    text = head + rest + odd
    assert door.maker.send("POST", place.objects, f'{{"objects":[{text}]}}'.encode()).status == 202
    assert text.encode() in door.maker.get(place.objects).body


def test_repeats_are_no_errors_and_change_nothing(door, place):
    """R144 R145 R146 R168: once more, twice in one envelope and by several at once is one object with one date."""
    stix = campaign()
    first = door.maker.post(place.objects, [stix, stix]).json
    assert (first["success_count"], first["failure_count"]) == (2, 0)
    before = door.maker.get(place.manifest).body
    with ThreadPoolExecutor(4) as pool:
        again = list(pool.map(lambda _: door.maker.post(place.objects, [stix]).json, range(8)))
    assert {each["failure_count"] for each in again} == {0}
    assert door.maker.get(place.manifest).body == before


def test_one_version_has_one_content(door, place):
    """R147: the same id and modified with other content stays one version."""
    stix = campaign()
    door.maker.post(place.objects, [stix])
    door.maker.post(place.objects, [stix | {"name": "Another"}])
    found = door.maker.get(place.objects, {"match[version]": "all"}).objects
    assert found == [stix]


def test_pushes_at_once_are_all_kept(door, place):
    """R169: everything reported as a success is there, also when several push at once."""
    envelopes = [campaigns(10) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda each: door.maker.post(place.objects, each).json, envelopes))
    told = {detail["id"] for status in statuses for detail in status["successes"]}
    walked = {name for page in door.maker.walk(place.objects) for name in page.names}
    assert told == walked == {stix["id"] for envelope in envelopes for stix in envelope}


def test_the_limit_is_on_the_body(door, place):
    """R154 R155 R156: a body below max_content_length is stored whole; one above is 413 and leaves nothing."""
    filler = "x" * (MAX_CONTENT_BYTES - 1_000)
    stix = campaign(description=filler)
    assert door.maker.post(place.objects, [stix]).status == 202
    assert door.maker.get(place.objects).objects == [stix]
    assert door.maker.post(place.objects, [campaign(description=filler + "x" * 2_000)]).status == 413
    assert len(door.maker.get(place.objects).objects) == 1


def test_a_chunked_body_is_read_and_limited(door, place):
    """R157 R158: a body without a length is taken, and refused beyond the limit."""
    body = json.dumps({"objects": [campaign()]}).encode()
    assert door.maker.send("POST", place.objects, iter([body[:10], body[10:]])).status == 202
    large = iter([b"x" * 100_000] * (MAX_CONTENT_BYTES // 100_000 + 1))
    assert door.maker.send("POST", place.objects, large).status == 413
    assert len(door.maker.get(place.objects).objects) == 1


def test_a_compressed_body_is_unpacked_within_the_limit(door, place):
    """R038: gzip is undone, a bomb is 413, another coding or a broken one is refused."""
    body = gzip.compress(json.dumps({"objects": [campaign()]}).encode())
    bomb = gzip.compress(b" " * (MAX_CONTENT_BYTES * 2))
    cases = [
        ("gzip", body, 202),
        ("gzip", bomb, 413),
        ("gzip", body[:-9], 400),
        ("gzip", b"{}", 400),
        ("br", body, 415),
    ]
    for coding, sent, status in cases:
        assert door.maker.send("POST", place.objects, sent, Content_Encoding=coding).status == status
    assert len(door.maker.get(place.objects).objects) == 1


@pytest.mark.parametrize(
    ("row", "body"),
    [
        ("R159", b"{"),
        ("R159", b'{"objects": [}'),
        ("R160", b"[]"),
        ("R160", b'"text"'),
        ("R160", b"null"),
        ("R160", b'{"objects": {}}'),
        ("R160", b'{"objects": "x"}'),
        ("R161", b""),
        ("R353", b'{"objects": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"),
    ],
)
def test_what_is_no_envelope_is_refused(door, place, row, body):
    """R348: a body that is not JSON, or no envelope, is 400 or 422 and leaves nothing."""
    answer = door.maker.send("POST", place.objects, body)
    assert answer.status in {400, 411, 422}, (row, answer.body)
    assert door.maker.get(place.objects).json == {}


@pytest.mark.parametrize("extra", [{"more": False}, {"more": True, "next": "x"}, {"x_custom": 1}])
def test_an_envelope_may_say_more(door, place, extra):
    """R163 R164: envelope properties besides objects are no error."""
    body = json.dumps({"objects": [campaign()]} | extra).encode()
    assert door.maker.send("POST", place.objects, body).status in {202, 422}


def test_an_envelope_without_objects_is_an_answer_not_a_failure(door, place):
    """R162: no objects are zero objects, or refused."""
    for body in (b"{}", b'{"objects": []}'):
        assert door.maker.send("POST", place.objects, body).status in {202, 400, 422}


def test_a_bundle_is_taken_object_by_object(door, place):
    """R165 R335: a STIX bundle where an envelope belongs is its objects."""
    sent = campaigns(2)
    bundle = json.dumps({"type": "bundle", "id": f"bundle--{uuid4()}", "objects": sent}).encode()
    assert door.maker.send("POST", place.objects, bundle).json["success_count"] == 2
    assert door.maker.get(place.objects).objects == sent


def test_every_kind_of_object_travels(door, place):
    """R166 R167 R171: relationships, sightings, content, custom objects, and a property named version."""
    one, two = campaign(), malware()
    base = {"spec_version": "2.1", "created": CREATED, "modified": CREATED}
    sent = [
        one,
        two,
        base | {"type": "relationship", "id": f"relationship--{uuid4()}", "relationship_type": "uses"}
        | {"source_ref": one["id"], "target_ref": two["id"]},
        base | {"type": "sighting", "id": f"sighting--{uuid4()}", "sighting_of_ref": two["id"]},
        base | {"type": "note", "id": f"note--{uuid4()}", "content": "x", "object_refs": [one["id"]]},
        {"type": "software", "spec_version": "2.1", "id": f"software--{uuid4()}", "name": "x", "version": "7"},
    ]  # fmt: skip
    status = door.maker.post(place.objects, sent).json
    assert status["failure_count"] == 0, status
    assert [name for page in door.maker.walk(place.objects) for name in page.names] == [o["id"] for o in sent]


BAD = [
    ("R340", {"id": None}),
    ("R341", {"type": None}),
    ("R343", {"id": "campaign--1"}),
    ("R343", {"id": "Campaign"}),
    ("R344", {"id": f"malware--{uuid4()}"}),
    ("R345", {"modified": "yesterday"}),
    ("R345", {"modified": "2026-02-30T00:00:00Z"}),
    ("R346", {"created": "never"}),
    ("R357", {"modified": "2026-06-30T23:59:60Z"}),
]


@pytest.mark.parametrize(("row", "changes"), BAD)
def test_a_bad_object_fails_alone_with_a_reason(door, place, row, changes):
    """R347: what is no STIX object is a failure with a message; its neighbour is stored and reads go on."""
    good = campaign()
    bad = {name: value for name, value in (campaign() | changes).items() if value is not None}
    status = door.maker.post(place.objects, [bad, good]).json
    assert (status["success_count"], status["failure_count"]) == (1, 1), (row, status)
    failure = status["failures"][0]
    assert failure["message"]
    assert isinstance(failure["id"], str)
    assert isinstance(failure["version"], str)
    assert door.maker.get(place.objects).objects == [good]
    assert door.maker.get(place.manifest).status == 200


@pytest.mark.parametrize("member", [1, "x", None, [], {}])
def test_a_member_that_is_no_object_fails_alone(door, place, member):
    """R342: what is in objects and is none is a failure, or the envelope is refused; never stored."""
    answer = door.maker.post(place.objects, [member])
    assert answer.status in {400, 422} or answer.json["failure_count"] == 1
    assert door.maker.get(place.objects).json == {}


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("R350", '"\udcff"'),
        ("R349", "NaN"),
        ("R349", "Infinity"),
        ("R349", "1e999"),
        ("R351", r'"\ud800"'),
        ("R352", '1,"x_odd":2'),
        ("R353", "[" * 1_000 + "]" * 1_000),
        ("R354", r'"a\u0000b"'),
        ("R355", "123456789012345678901234567890"),
        ("R356", '{"a.b":1,"$c":2,"":3}'),
    ],
)
def test_odd_json_is_kept_exactly_or_refused(door, place, row, text):
    """What strict JSON has not is refused; what it has comes back as it was sent; reads go on either way."""
    stix = json.dumps(campaign())[:-1] + f',"x_odd":{text}}}'
    body = f'{{"objects":[{stix}]}}'.encode(errors="surrogateescape")
    answer = door.maker.send("POST", place.objects, body)
    assert answer.status in {202, 400, 422}, row
    stored = answer.status == 202 and answer.json["success_count"] == 1
    found = door.maker.get(place.objects)
    assert found.json is not None
    assert (stix.encode(errors="surrogateescape") in found.body) is stored, row


def test_far_and_fine_dates_are_versions(door, place):
    """R357 R358: years 0001 and 9999 and nanoseconds are kept apart, or refused; reads go on."""
    far = [campaign(created=(date := f"{year}-01-01T00:00:00.000Z"), modified=date) for year in ("0001", "9999")]
    fine = campaign()
    fine = [fine | {"modified": f"2026-03-01T10:00:00.00000000{digit}Z"} for digit in (1, 2)]
    status = door.maker.post(place.objects, far + fine).json
    kept = {(each["id"], each["version"]) for each in status["successes"]}
    found = door.maker.get(place.manifest, {"match[version]": "all"}).objects
    assert {(each["id"], each["version"]) for each in found} == kept


def test_hundreds_of_objects_are_all_accounted_for(door, place):
    """R359: an envelope of many objects is told of object by object."""
    sent = campaigns(500)
    status = door.maker.post(place.objects, sent).json
    assert [each["id"] for each in status["successes"]] == [each["id"] for each in sent]
    assert sum(len(page.objects) for page in door.maker.walk(place.manifest)) == 500


def test_an_object_of_stix_20_is_told_apart(door, place):
    """R170 R193 R249 R250: what says no spec_version is of 2.0, and the manifest says so."""
    old = {name: value for name, value in campaign().items() if name != "spec_version"}
    assert door.maker.post(place.objects, [old, campaign()]).json["success_count"] == 2
    found = door.maker.get(place.manifest, {"match[id]": old["id"]}).objects[0]["media_type"]
    assert found == "application/stix+json;version=2.0"
    assert found in door.maker.get(place.path).json["media_types"]
    for versions, count in (("2.0", 1), ("2.1", 1), ("2.0,2.1", 2)):
        assert len(door.maker.get(place.objects, {"match[spec_version]": versions}).objects) == count


def test_a_status_is_final(door, place):
    """R135 R141: complete stays as it was told."""
    status = door.maker.post(place.objects, [campaign()]).json
    door.maker.post(place.objects, [campaign(modified=LATER)])
    assert door.maker.get(f"/api/status/{status['id']}/").json == status


def test_what_waits_for_review_is_a_success_until_it_is_rejected(door):
    """Held objects are successes with a sentence; a rejected one becomes a failure with the reviewer's reason."""
    place = door.open_collection(trusted=False)
    held = door.maker.post(place.objects, [campaign()]).json
    assert (held["status"], held["success_count"]) == ("complete", 1)
    assert "review" in held["successes"][0]["message"]
    assert door.reader.get(place.objects).json == {}
    door.hub.review.reject(door.secretary(), held["id"], "Invented already")
    rejected = door.maker.get(f"/api/status/{held['id']}/").json
    assert (rejected["success_count"], rejected["failure_count"]) == (0, 1)
    assert "Invented already" in rejected["failures"][0]["message"]


def test_what_a_reviewer_releases_appears(door):
    """A released object is there for those who may see it, with the date of its release."""
    place = door.open_collection(trusted=False)
    stix = campaign()
    status = door.maker.post(place.objects, [stix]).json
    door.hub.review.release(door.secretary(), status["id"])
    assert door.reader.get(place.objects).objects == [stix]
