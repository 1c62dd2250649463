"""What went wrong in other sharing platforms, tried on this one at its TAXII door.

Each test names the reports it comes from. What has a test of its own elsewhere is not repeated: hidden data by
comparison of two hubs (test_noninterference.py, test_twin.py), bodies and headers (tests/taxii_server/conformance).
"""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from hub.application import assemble
from hub.model.collections import Right
from hub.settings import Settings
from hub.store.sqlite import SqliteStore
from stix_models.markings import TLP_MARKING, Level
from taxii_server.app import create_app
from tests import processes
from tests.hub.services.world import FRAUD, GROUP, LOOSE, OPERATOR, World, bundle, domain, domain_id, make_world
from tests.taxii_server.conformance.door import TAXII

LOOSE_PATH = f"/api/collections/{LOOSE.id}/objects/"
FRAUD_PATH = f"/api/collections/{FRAUD.id}/objects/"
EMPTY_GROUP = "marking-definition--e0e0e0e0-0000-4000-8000-000000000001"
WORKERS = 2
CONNECTIONS = 12
"""So many that each worker of a server answers some of them."""


class Door:
    """The small community behind its TAXII application, with a token of everybody who asks."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hub = assemble(Settings(data=world.path.parent), world.store)
        self.client = create_app(self.hub).test_client()
        self.tokens: dict[str, str] = {}

    def ask(self, account: str, path: str, body: bytes | None = None, **query: str) -> TestResponse:
        """Ask as an account: a GET, or a POST if there is a body."""
        if account not in self.tokens:
            self.tokens[account] = self.hub.membership.tokens.issue(OPERATOR, account).secret
        headers = {"Authorization": f"Bearer {self.tokens[account]}", "Content-Type": TAXII}
        method = "GET" if body is None else "POST"
        return self.client.open(path, method=method, data=body, headers=headers, query_string=query)

    def names(self, account: str, path: str, **query: str) -> list[str]:
        """Give the values of the domain names on one page, or the types of what is no domain name."""
        found = json.loads(self.ask(account, path, **query).data).get("objects", [])
        return [each.get("value", each["type"]) for each in found]

    def turn(self, right: Right, subject: str, target: str, *, on: bool) -> None:
        """Begin or end a right."""
        act = "open_right" if on else "end_right"
        self.world.store.commit(lambda tx: getattr(tx.registry, act)(right, subject, target))


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """Make the community."""
    world = make_world(tmp_path)
    yield Door(world)
    world.close()


def relationship(source: str, target: str, level: Level) -> dict[str, Any]:
    """Write how two domain names go together."""
    return {
        "type": "relationship",
        "spec_version": "2.1",
        "id": domain_id(f"{source} {target}").replace("domain-name", "relationship"),
        "created": "2026-11-01T00:00:00.000Z",
        "modified": "2026-11-01T00:00:00.000Z",
        "relationship_type": "related-to",
        "source_ref": domain_id(source),
        "target_ref": domain_id(target),
        "object_marking_refs": [TLP_MARKING[level]],
    }


def test_a_red_relationship_between_two_open_ends_is_not_there(door):
    """OpenCTI #11496, #11497, #3319: no list, count, page break or error is another for it."""
    ends = [domain("one.test", "clear"), domain("two.test", "clear")]
    red = relationship("one.test", "two.test", Level.RED)
    answer = json.loads(door.ask("a-push", LOOSE_PATH, bundle(ends[0], red, ends[1])).data)
    assert answer["success_count"] == 3
    page = json.loads(door.ask("o-eve", LOOSE_PATH, limit="2").data)
    assert (page["more"], [each["id"] for each in page["objects"]]) == (False, [each["id"] for each in ends])
    assert door.names("o-eve", LOOSE_PATH, **{"match[type]": "relationship"}) == []
    assert door.ask("o-eve", f"{LOOSE_PATH}{red['id']}/").status_code == 404
    assert door.names("a-push", LOOSE_PATH) == ["one.test", "relationship", "two.test"]


def test_an_open_relationship_to_a_hidden_end_breaks_no_page(door):
    """OpenCTI #11497: it is left out as if it were hidden itself, and all around it is served."""
    stix = relationship("one.test", "red.test", Level.CLEAR)
    objects = domain("one.test", "clear"), stix, domain("red.test", "red"), domain("two.test", "clear")
    door.world.push("a-push", LOOSE, *objects)
    for limit in ("1", "2", "100"):
        assert door.names("x-pull", LOOSE_PATH, limit=limit) == ["one.test", "two.test"][: int(limit)]


@pytest.mark.parametrize(
    "markings", [("green", "red"), ("red", "clear"), ("clear", GROUP), ("amber", GROUP, EMPTY_GROUP)]
)
def test_one_marking_that_is_met_is_not_enough(door, markings):
    """OpenCTI #3133: who meets some of an object's markings and not all gets nothing of it."""
    door.world.store.commit(lambda tx: tx.registry.put_group("g-empty", EMPTY_GROUP))
    door.world.push("a-push", LOOSE, domain("marked.test", *markings))
    assert door.names("b-push", LOOSE_PATH) == []
    assert door.names("a-push", LOOSE_PATH) == ["marked.test"]


def test_an_empty_group_is_nobody(door):
    """MISP #4200, CVE-2021-27904: at no level does a group without members reach anybody but the producer."""
    door.world.store.commit(lambda tx: tx.registry.put_group("g-empty", EMPTY_GROUP))
    door.world.push(
        "a-push", LOOSE, *(domain(f"{level}.test", level, EMPTY_GROUP) for level in ("clear", "green", "amber"))
    )
    for account in ("x-pull", "x-xan", "o-eve", "b-push"):
        assert door.names(account, LOOSE_PATH) == []


def test_leaving_a_group_counts_at_once_and_joining_brings_what_is_old(door):
    """MISP #10899, #7715, #3468: by the next request; old objects come with dates after all the newcomer knows."""
    door.world.push("a-push", LOOSE, domain("old.test", "amber", GROUP), domain("open.test", "clear"))
    assert door.names("b-push", LOOSE_PATH) == ["open.test"]
    last = door.ask("b-push", LOOSE_PATH).headers["X-TAXII-Date-Added-Last"]
    door.turn(Right.MEMBER, "partner:bank-b", GROUP, on=True)
    assert door.names("b-push", LOOSE_PATH, added_after=last) == ["old.test"]
    cursor = json.loads(door.ask("b-push", LOOSE_PATH, limit="1").data)["next"]
    door.turn(Right.MEMBER, "partner:bank-b", GROUP, on=False)
    assert door.names("b-push", LOOSE_PATH) == ["open.test"]
    assert door.names("b-push", LOOSE_PATH, next=cursor) == []
    assert door.ask("b-push", f"{LOOSE_PATH}{domain_id('old.test')}/").status_code == 404


def test_a_client_that_keeps_only_a_date_misses_nothing(door):
    """OpenCTI #4537, #5681, MineMeld #400: no two objects of one push have one date."""
    names = [f"many{number}.test" for number in range(11)]
    door.world.push("a-push", LOOSE, *(domain(name, "clear") for name in names))
    got, query = [], {"limit": "2"}
    while page := door.names("x-pull", LOOSE_PATH, **query):
        got += page
        query["added_after"] = door.ask("x-pull", LOOSE_PATH, **query).headers["X-TAXII-Date-Added-Last"]
    assert got == names


def test_an_id_that_is_there_unseen_can_be_pushed(door):
    """S12: the push succeeds like a new one, and each producer goes on getting its own."""
    door.world.push("b-push", LOOSE, domain("both.test", "red"))
    answer = json.loads(door.ask("a-push", LOOSE_PATH, bundle(domain("both.test", "clear"))).data)
    assert (answer["success_count"], "message" in answer["successes"][0]) == (1, False)
    assert door.names("x-pull", LOOSE_PATH) == ["both.test"]
    for account, level in (("a-push", "clear"), ("b-push", "red")):
        (stix,) = json.loads(door.ask(account, LOOSE_PATH).data)["objects"]
        assert stix == domain("both.test", level)


def test_a_raise_of_what_is_hidden_is_not_told_to_a_later_producer(door):
    """S17: a push of an id that was raised unseen answers, and is shared, like one of an id that is new."""
    door.world.push("b-push", LOOSE, domain("raised.test", "red"))
    sue = door.world.actor("s-sue")
    door.world.marking.raise_level(sue, domain_id("raised.test"), Level.RED, "hidden from bank-a")
    answers = [
        json.loads(door.ask("a-push", LOOSE_PATH, bundle(domain(name, "clear"))).data)["successes"][0].get("message")
        for name in ("new.test", "raised.test")
    ]
    assert answers == [None, None]
    assert door.names("x-pull", LOOSE_PATH) == ["new.test", "raised.test"]


HOSTILE = {
    "a key twice": b'{"type":"domain-name","type":"url"}',
    "a number beyond all doubles": b'{"type":"domain-name","x_n":1e999}',
    "a number of 5,000 digits": b'{"type":"domain-name","x_n":' + b"9" * 5_000 + b"}",
    "nesting": b'{"type":"domain-name","x_n":' + b"[" * 500 + b"]" * 500 + b"}",
    "a lone surrogate": b'{"type":"domain-name","id":"\\ud800"}',
    "no object": b"17",
    "no id": b'{"type":"domain-name","spec_version":"2.1","value":"x.test"}',
    "an odd id": b'{"type":"domain-name","spec_version":"2.1","id":"../../x","value":"x.test"}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_one_hostile_object_costs_itself_alone(door, name):
    """CouchDB CVE-2017-12635, Python CVE-2020-10735, orjson CVE-2024-27454: never a 500, never a lost neighbour."""
    good = [json.dumps(domain(value, "clear")).encode() for value in ("before.test", "after.test")]
    body = b'{"objects":[%b,%b,%b]}' % (good[0], HOSTILE[name], good[1])
    answer = door.ask("a-push", LOOSE_PATH, body)
    told = json.loads(answer.data)
    assert (answer.status_code, told["success_count"], told["failure_count"]) == (202, 2, 1)
    assert door.names("x-pull", LOOSE_PATH) == ["before.test", "after.test"]


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "01", "0x1F"])
def test_what_is_no_json_is_refused_as_a_whole(door, number):
    """A reader that passed over it would read another document than its sender wrote: 422 with the place."""
    body = b'{"objects":[%b,{"x_n":%b}]}' % (json.dumps(domain("a.test", "clear")).encode(), number.encode())
    answer = door.ask("a-push", LOOSE_PATH, body)
    assert (answer.status_code, next(iter(json.loads(answer.data)["details"]))[:7]) == (422, "line 1,")
    assert door.names("x-pull", LOOSE_PATH) == []


def test_odd_but_allowed_values_come_out_as_they_went_in(door):
    """Numbers beyond 64 bits, U+0000 and nine digits of a second are data; a name STIX forbids is told."""
    odd = domain("odd.test", "clear") | {"x_big": 2**70, "x_nul": "a\0b", "x_smile": "\U0001f600", "x_deep": [[[{}]]]}
    fine = relationship("odd.test", "odd.test", Level.CLEAR) | {"modified": "2026-11-03T10:00:00.123456789Z"}
    unfit = domain("unfit.test", "clear") | {"x_\u202eodd": 1}
    answer = json.loads(door.ask("a-push", LOOSE_PATH, bundle(unfit, odd, fine)).data)
    assert [each["id"] for each in answer["successes"]] == [odd["id"], fine["id"]]
    assert [each["id"] for each in answer["failures"]] == [unfit["id"]]
    assert json.loads(door.ask("x-pull", LOOSE_PATH).data)["objects"] == [odd, fine]
    for version, there in ((fine["modified"], [fine]), ("2026-11-03T10:00:00.123456788Z", [])):
        found = json.loads(door.ask("x-pull", f"{LOOSE_PATH}{fine['id']}/", **{"match[version]": version}).data)
        assert found.get("objects", []) == there


def test_one_id_in_two_collections_is_two_contributions(door):
    """Each has its own markings and is deleted for itself: neither swallows the other."""
    door.turn(Right.TRUSTED, "partner:bank-a", FRAUD.id, on=True)
    for path in (LOOSE_PATH, FRAUD_PATH):
        assert json.loads(door.ask("a-push", path, bundle(domain("two.test", "clear"))).data)["success_count"] == 1
    assert door.names("x-pull", LOOSE_PATH) == door.names("x-pull", FRAUD_PATH) == ["two.test"]
    door.world.sharing.delete(door.world.actor("a-push"), LOOSE.id, domain_id("two.test"))
    assert door.names("x-pull", LOOSE_PATH) == []
    assert door.names("x-pull", FRAUD_PATH) == ["two.test"]


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Token ", "Basic ", "Basic OnVzZXI=", "a-push:", ""])
def test_an_empty_secret_opens_nothing(door, header):
    """TheHive SB-2022-001, Flask-HTTPAuth CVE-2026-34531."""
    assert door.client.get("/api/", headers={"Authorization": header}).status_code == 401


def test_a_name_without_its_token_opens_nothing(door):
    """TheHive SB-2023-005: known and unknown names answer alike."""
    pairs = [f"{name}:{secret}" for name in ("a-push", "nobody") for secret in ("", "hub_", "x")]
    answers = [
        door.client.get("/api/", headers={"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()})
        for pair in pairs
    ]
    assert {(answer.status_code, answer.data) for answer in answers} == {(401, answers[0].data)}


def test_a_cursor_is_good_for_one_account_and_one_place(door):
    """S18: handed to another account, collection or endpoint it is 400 with one text, and tells nothing."""
    door.turn(Right.TRUSTED, "partner:bank-a", FRAUD.id, on=True)
    for collection in (LOOSE, FRAUD):
        door.world.push("a-push", collection, *(domain(f"c{number}.test", "clear") for number in range(3)))
    cursor = json.loads(door.ask("x-pull", LOOSE_PATH, limit="1").data)["next"]
    assert door.names("x-pull", LOOSE_PATH, next=cursor) == ["c1.test", "c2.test"]
    elsewhere = [
        door.ask("x-xan", LOOSE_PATH, next=cursor),
        door.ask("x-pull", FRAUD_PATH, next=cursor),
        door.ask("x-pull", f"/api/collections/{LOOSE.id}/manifest/", next=cursor),
        door.ask("x-pull", f"{LOOSE_PATH}{domain_id('c1.test')}/", next=cursor),
        door.ask("x-pull", LOOSE_PATH, next=cursor[::-1]),
    ]
    assert {(answer.status_code, answer.data) for answer in elsewhere} == {(400, elsewhere[0].data)}


def test_a_cursor_goes_on_at_another_worker(door):
    """Of medallion #152: a second process that has the hub open takes up where the first one stopped."""
    door.world.push("a-push", LOOSE, *(domain(f"c{number}.test", "clear") for number in range(3)))
    cursor = json.loads(door.ask("x-pull", LOOSE_PATH, limit="1").data)["next"]
    other = World(SqliteStore.open(door.world.path), door.world.path)
    assert Door(other).names("x-pull", LOOSE_PATH, next=cursor) == ["c1.test", "c2.test"]
    other.close()


@pytest.mark.enable_socket
def test_a_revoked_token_stops_in_every_worker(tmp_path):
    """All workers of a running server refuse it from the first request after the command has ended."""
    data = tmp_path / "hub"
    processes.hub(data, "init")
    processes.hub(data, "partner", "add", "bank-a", "--kind", "member")
    processes.hub(data, "account", "add", "a-pull", "--partner", "bank-a", "--kind", "service", "--role", "reader")
    (issued,) = processes.hub(data, "token", "issue", "a-pull")
    port = processes.free_port()
    with processes.serving(data, port, "serve", "--workers", str(WORKERS)):
        before = {_status(port, issued["token"]) for _ in range(CONNECTIONS)}
        processes.hub(data, "token", "revoke", issued["id"])
        after = {_status(port, issued["token"]) for _ in range(CONNECTIONS)}
    assert (before, after) == ({200}, {401})


def _status(port: int, token: str) -> int:
    """Ask on a connection of its own; give the status."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/", headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - its scheme is written above
            status: int = answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    return status
