"""Who comes in, and what each may do (rows R070 to R100, R331)."""

from __future__ import annotations

import base64
from ipaddress import ip_network

import pytest

from hub.model.collections import Right
from hub.services.membership.tokens import Cut
from tests.taxii_server.conformance.door import SETTER_UP, Caller
from tests.taxii_server.conformance.samples import campaign

pytestmark = pytest.mark.enable_socket

UNKNOWN = "472c94ae-3113-4e3e-a4dd-a9f4ac7471d4"


def basic(account, secret):
    """Write a Basic header."""
    return "Basic " + base64.b64encode(f"{account}:{secret}".encode()).decode()


@pytest.fixture
def stix(door, place):
    """Push an object to the place."""
    stix = campaign()
    assert door.maker.post(place.objects, [stix]).status == 202
    return stix


def reads(place, stix):
    """List the endpoints below a collection that are read."""
    return [place.objects, place.manifest, place.object(stix), place.versions(stix)]


def test_without_credentials_there_is_a_challenge(door, place, stix):
    """R070 to R073, R079, R080, R331: nobody gets 401 with challenges, alike for what is there and what isn't."""
    there = ["/taxii2/", "/api/", "/api/collections/", place.path, *reads(place, stix)]
    absent = [f"/api/collections/{UNKNOWN}/", "/nothing/", f"/api/status/{UNKNOWN}/"]
    answers = [door.nobody.get(url) for url in there + absent]
    assert {(each.status, each.body) for each in answers} == {(401, answers[0].body)}
    challenges = answers[0].headers.get_all("WWW-Authenticate")
    assert [each.split()[0] for each in challenges] == ["Basic", "Bearer"]
    assert door.nobody.get("/taxii2/", Accept="text/html").status == 401


@pytest.mark.parametrize("scheme", ["Basic", "basic", "Bearer", "bearer", "Token"])
def test_a_token_opens_under_every_scheme(door, scheme):
    """A token is taken as Basic password, as Bearer and as taxii2-client's Token."""
    token = door.tokens["maker"]
    header = f"{scheme} {token}" if scheme.lower() != "basic" else basic("maker", token).replace("Basic", scheme)
    assert door.nobody.get("/api/", Authorization=header).status == 200


def test_wrong_credentials_look_alike(door):
    """R074 R075 R076: unknown account, wrong token and headers of no use give one and the same 401."""
    token = door.tokens["maker"]
    wrong = [
        basic("maker", "guess"),
        basic("nobody-here", "guess"),
        basic("reader", token),
        basic("", token),
        basic("maker", ""),
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"\xff\xfe:x").decode(),
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Bearer",
        "Bearer x y z",
        f"Digest {token}",
        token,
        "Bearer " + "x" * 5_000,
    ]
    answers = [door.nobody.get("/api/", Authorization=each) for each in wrong]
    assert {(each.status, each.body) for each in answers} == {(401, answers[0].body)}


def test_without_credentials_nothing_changes(door, place, stix):
    """R077 R078: nobody stores and nobody removes."""
    assert door.nobody.post(place.objects, [campaign()]).status == 401
    assert door.nobody.delete(place.object(stix)).status == 401
    assert door.maker.get(place.objects).names == [stix["id"]]


def test_without_a_right_a_collection_is_absent(door, place, stix):
    """R081 to R085, R097, R098: a collection without any right is not listed and answers like one that isn't there."""
    assert place.id not in {each["id"] for each in door.stranger.get("/api/collections/").json.get("collections", [])}
    for url in [place.path, *reads(place, stix)]:
        there, absent = (door.stranger.get(each) for each in (url, url.replace(place.id, UNKNOWN)))
        assert (there.status, there.body) == (absent.status, absent.body) == (404, absent.body), url
    assert door.stranger.post(place.objects, [campaign()]).status == 404
    assert door.stranger.delete(place.object(stix)).status == 404
    assert door.maker.get(place.objects).names == [stix["id"]]


@pytest.mark.parametrize(
    ("account", "can_read", "can_write"), [("maker", True, True), ("reader", True, False), ("dropper", False, True)]
)
def test_the_flags_are_the_askers(door, place, account, can_read, can_write):
    """R002 R086 R090: can_read and can_write say what the asker may do."""
    found = getattr(door, account).get(place.path).json
    assert (found["can_read"], found["can_write"]) == (can_read, can_write)


def test_a_reader_reads_and_does_not_write(door, place, stix):
    """R087 R088 R089 R093 R094 R095: with can_write false everything is read, nothing stored or removed."""
    assert {door.reader.get(url).status for url in reads(place, stix)} == {200}
    assert door.reader.post(place.objects, [campaign()]).status == 403
    assert door.reader.delete(place.object(stix)).status == 403
    assert door.maker.get(place.objects).names == [stix["id"]]


def test_a_dropper_writes_and_does_not_read(door, place, stix):
    """R091 R092 R096 R100: with can_read false pushes are taken and their status told; nothing is read or removed."""
    assert {door.dropper.get(url).status for url in reads(place, stix)} == {403}
    assert door.dropper.delete(place.object(stix)).status == 403
    answer = door.dropper.post(place.objects, [campaign()])
    assert answer.status == 202
    assert door.dropper.get(f"/api/status/{answer.json['id']}/").json == answer.json


def test_a_status_is_its_posters(door, place):
    """R099 R143: a status is told to who posted, and to others as if there were none."""
    status = door.maker.post(place.objects, [campaign()]).json["id"]
    assert door.maker.get(f"/api/status/{status}/").status == 200
    theirs, none = (door.reader.get(f"/api/status/{each}/") for each in (status, UNKNOWN))
    assert (theirs.status, theirs.body) == (none.status, none.body) == (404, none.body)


def test_a_token_is_judged_at_every_request(door, place):
    """A revoked token opens nothing any more, in any worker; one cut short does only what is left to it."""
    tokens = door.hub.membership.tokens
    cut = tokens.issue(SETTER_UP, "maker", Cut(read_only=True, collections=frozenset({place.id})))
    caller = Caller(door.port, "maker", cut.secret)
    assert [each["id"] for each in caller.get("/api/collections/").json["collections"]] == [place.id]
    assert caller.get(place.path).json["can_write"] is False
    assert caller.post(place.objects, [campaign()]).status == 403
    tokens.revoke(SETTER_UP, cut.token.id)
    assert {caller.get("/api/").status for _ in range(6)} == {401}


@pytest.mark.parametrize(("network", "status"), [("127.0.0.0/8", 200), ("192.0.2.0/24", 401)])
def test_a_token_works_from_its_networks(door, network, status):
    """A token bound to networks opens nothing from elsewhere."""
    cut = door.hub.membership.tokens.issue(SETTER_UP, "maker", Cut(networks=(ip_network(network),)))
    assert Caller(door.port, "maker", cut.secret).get("/api/").status == status


def test_a_right_is_judged_at_every_page(door, place):
    """R295: when the right to read ends, the next page is not there, whatever cursor is shown (S18)."""
    door.maker.post(place.objects, [campaign(), campaign()])
    cursor = door.reader.get(place.objects, {"limit": 1}).json["next"]
    door.hub.membership.agreements.ungrant(SETTER_UP, place.id, "reader", frozenset({Right.READ}))
    assert door.reader.get(place.objects, {"next": cursor}).status == 404
