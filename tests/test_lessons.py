"""What went wrong in other exchanges, tried on this one: each test names where it happened first.

Everything goes through the door; two applications on one file stand for two workers.
"""

from __future__ import annotations

import base64
import json
import resource
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from hub.application import assemble, create_hub
from hub.model.collections import Right
from hub.services.membership.tokens import Tokens
from hub.settings import Settings
from hub.store.sqlite import SqliteStore
from stix_models.markings import TLP, Level
from taxii_server.app import create_app
from tests.hub.services.world import FRAUD, GROUP, LOOSE, OPERATOR, XAN_ONLY, World, bundle, domain, domain_id
from tests.processes import free_port, serving
from tests.taxii_server.conformance.conftest import _enrol
from tests.taxii_server.conformance.door import TAXII, Door
from tests.taxii_server.conformance.samples import campaign as unmarked
from tests.test_noninterference import SECOND, Twin, Wall, make
from tests.test_twin import OPEN, campaign, link, newcomers, strangers, turned

ACCOUNTS = ("x-xan", "r-client")


@dataclass
class Exchange:
    """A hub and its door; every act is a second after the one before."""

    wall: Wall
    twin: Twin
    tokens: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = self.twin.tokens

    @property
    def world(self) -> World:
        """The hub's services."""
        return self.twin.world

    def ask(self, who: str, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Any:
        """Send a request; headers: in place of the account's token."""
        self.wall.now += SECOND
        said = {"Accept": TAXII, "Content-Type": TAXII, "Authorization": f"Bearer {self.tokens[who]}"} | headers
        return self.twin.client.open(f"/api/collections/{path}", method=method, headers=said, data=body)

    def push(self, who: str, place: Any, *objects: dict[str, Any]) -> dict[str, Any]:
        """Push objects; give the status."""
        status: dict[str, Any] = json.loads(self.ask(who, f"{place.id}/objects/", "POST", bundle(*objects)).data)
        return status

    def objects(self, who: str, place: Any, query: str = "limit=100") -> list[dict[str, Any]]:
        """Give the objects of one page."""
        found: list[dict[str, Any]] = json.loads(self.ask(who, f"{place.id}/objects/?{query}").data).get("objects", [])
        return found

    def names(self, who: str, place: Any, query: str = "limit=100") -> set[str]:
        """Give their ids."""
        return {each["id"] for each in self.objects(who, place, query)}

    def turn(self, right: Right, subject: str, target: str) -> None:
        """Begin a right, or end it if it is held."""
        self.wall.now += SECOND
        self.world.store.commit(lambda tx: turned(tx, right, subject, target))

    def last_date(self, who: str, place: Any) -> str:
        """Give X-TAXII-Date-Added-Last of the whole feed."""
        date: str = self.ask(who, f"{place.id}/objects/?limit=100").headers["X-TAXII-Date-Added-Last"]
        return date


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    """Open a community of two banks, a police, an observer, a relay and a stranger."""
    wall = Wall()
    twin = make(tmp_path / "hub", wall)
    twin.world.store.commit(newcomers)
    twin.world.store.commit(strangers)
    twin.world.store.commit(lambda tx: turned(tx, Right.MEMBER, "partner:net-r", GROUP))
    for name in ACCOUNTS:
        twin.tokens[name] = Tokens(twin.world.store).issue(OPERATOR, name).secret
    yield Exchange(wall, twin)
    twin.world.close()


ONE, TWO = domain_id("one.test"), domain_id("two.test")


def test_a_hidden_relationship_between_open_ends_shows_nowhere(exchange):
    """OpenCTI #11496: neither in a list nor by its id, and its ends stay as they were."""
    secret = link("secret", ONE, TWO, "red")
    exchange.push("a-push", LOOSE, domain("one.test", "clear"), domain("two.test", "clear"), secret)
    assert exchange.names("b-push", LOOSE) == {ONE, TWO}
    for tail in ("", "versions/"):
        hidden, absent = (exchange.ask("b-push", f"{LOOSE.id}/objects/{id_}/{tail}") for id_ in (secret["id"], "none"))
        assert (hidden.status_code, hidden.data) == (absent.status_code, absent.data)


def test_a_relationship_with_a_hidden_end_is_absent_and_breaks_nothing(exchange):
    """OpenCTI #11497: a failing page would be an oracle."""
    exchange.push(
        "a-push", LOOSE, domain("one.test", "clear"), domain("two.test", "red"), link("open", ONE, TWO, "clear")
    )
    assert exchange.names("b-push", LOOSE) == {ONE}


def test_a_right_to_one_level_opens_no_other(exchange):
    """OpenCTI #3312, IntelOwl #1190: of every TLP marking a relay's client in the group gets AMBER at most."""
    marked = {marking: domain(f"{number}.test", marking, GROUP) for number, marking in enumerate(TLP)}
    exchange.push("a-push", FRAUD, *marked.values())
    wanted = {each["id"] for marking, each in marked.items() if TLP[marking].rank <= Level.AMBER.rank}
    assert exchange.names("r-client", FRAUD) == wanted


def test_every_one_of_several_markings_must_be_met(exchange):
    """OpenCTI #3133: being in the group is not enough for who is not named, being named not for CLEAR's reader."""
    exchange.push("a-push", FRAUD, domain("one.test", "green", GROUP, XAN_ONLY), domain("two.test", "clear", "red"))
    assert exchange.names("x-pull", FRAUD) == set()
    assert exchange.names("x-xan", FRAUD) == {ONE}


def test_a_group_is_not_told_to_those_outside(exchange):
    """OpenCTI #6856: the id of a group's marking and an invented one are the same to them."""
    answers = [exchange.ask("o-eve", f"{FRAUD.id}/objects/{id_}/") for id_ in (GROUP, GROUP[:-1] + "b")]
    assert answers[0].status_code == 404
    assert answers[0].data == answers[1].data


def test_no_two_objects_have_one_date(exchange):
    """OpenCTI #4537, #5681, MineMeld #400: so a client that pages by date alone misses none."""
    exchange.push("a-push", LOOSE, *(domain(f"{number}.test", "clear") for number in range(9)))
    exchange.turn(Right.READ, "partner:police-x", FRAUD.id)
    found, after = [], "1970-01-01T00:00:00Z"
    while names := exchange.names("x-pull", LOOSE, page := f"limit=2&added_after={after}"):
        found += sorted(names)
        after = exchange.ask("x-pull", f"{LOOSE.id}/objects/?{page}").headers["X-TAXII-Date-Added-Last"]
    assert len(found) == len(set(found)) == 9


def test_what_is_pushed_while_a_client_pages_reaches_it(exchange):
    """Airbyte #85918, #14732: a cursor over dates drops nothing that comes between two pages."""
    exchange.push("a-push", LOOSE, *(domain(f"{number}.test", "clear") for number in range(3)))
    found, cursor = [], ""
    for late in ("late0", "late1", "late2", "late3"):
        page = json.loads(exchange.ask("x-pull", f"{LOOSE.id}/objects/?limit=2{cursor}").data)
        found += [each["id"] for each in page["objects"]]
        exchange.push("a-push", LOOSE, domain(f"{late}.test", "clear"))
        if not page["more"]:
            break
        cursor = f"&next={page['next']}"
    found += exchange.names("x-pull", LOOSE, f"added_after={exchange_date(exchange, found)}")
    assert sorted(found) == sorted(exchange.names("x-pull", LOOSE))


def exchange_date(exchange: Exchange, found: list[str]) -> str:
    """Give the date_added of the last of these, by the manifest."""
    records = json.loads(exchange.ask("x-pull", f"{LOOSE.id}/manifest/?limit=100").data)["objects"]
    date: str = next(each["date_added"] for each in records if each["id"] == found[-1])
    return date


def test_a_cursor_is_good_for_one_account_and_one_collection(exchange):
    """OpenCTI #16814: a position carries no rights; elsewhere it is 400, in the words for any other nonsense."""
    for place in (LOOSE, OPEN):
        exchange.push("a-push", place, *(domain(f"{number}.test", "clear") for number in range(3)))
    cursor = json.loads(exchange.ask("a-push", f"{LOOSE.id}/objects/?limit=1").data)["next"]
    paths = [("b-push", f"{LOOSE.id}/objects/"), ("a-push", f"{OPEN.id}/objects/"), ("a-push", f"{LOOSE.id}/manifest/")]
    answers = [exchange.ask(who, f"{path}?limit=1&next={cursor}") for who, path in paths]
    answers.append(exchange.ask("a-push", f"{LOOSE.id}/objects/?limit=1&next=nonsense"))
    assert {(answer.status_code, answer.data) for answer in answers} == {(400, answers[0].data)}


def test_nobody_acts_in_anothers_name(exchange):
    """OpenCTI CVE-2026-27960: a token under another account's name opens nothing."""
    borrowed = base64.b64encode(f"s-sue:{exchange.tokens['b-push']}".encode()).decode()
    assert exchange.ask("b-push", "", Authorization=f"Basic {borrowed}").status_code == 401


@pytest.mark.parametrize("said", ["", "Bearer", "Bearer ", "Token ", "Basic ", "Basic Og==", "Basic Yi1wdXNoOg=="])
def test_an_empty_token_opens_nothing(exchange, said):
    """TheHive CVE-2023-39069, Flask-HTTPAuth CVE-2026-34531."""
    assert exchange.ask("b-push", "", Authorization=said).status_code == 401


def test_a_delete_takes_what_it_names_from_whom_it_is(exchange):
    """OpenCTI CVE-2026-21886: not the neighbour, not another producer's of the same id."""
    for who in ("a-push", "b-push"):
        exchange.push(who, LOOSE, domain("one.test", "clear"), domain("two.test", "clear"))
    assert exchange.ask("a-push", f"{LOOSE.id}/objects/{ONE}/", "DELETE").status_code == 200
    assert exchange.names("a-push", LOOSE) == exchange.names("b-push", LOOSE) == {ONE, TWO}
    assert exchange.ask("b-push", f"{LOOSE.id}/objects/{ONE}/", "DELETE").status_code == 200
    assert exchange.names("o-eve", LOOSE) == {TWO}


def test_a_grant_to_everybody_opens_no_group(exchange):
    """MISP CVE-2021-27904: `*` is about the collection, the group still has to be met."""
    exchange.push("a-push", LOOSE, domain("one.test", "amber", GROUP), domain("two.test", "clear"))
    assert exchange.names("b-push", LOOSE) == {TWO}
    assert exchange.names("x-pull", LOOSE) == {ONE, TWO}


def test_an_empty_group_is_nobody(exchange):
    """MISP #4200: when the last member has left, only producer and secretariat are left."""
    for partner in ("bank-a", "police-x", "net-r"):
        exchange.turn(Right.MEMBER, f"partner:{partner}", GROUP)
    exchange.push("a-push", LOOSE, domain("one.test", "clear", GROUP))
    seen = {who for who in ("x-pull", "b-push", "r-client", "o-eve", "a-push") if exchange.names(who, LOOSE)}
    assert seen == {"a-push"}
    assert exchange.world.sees("s-sue", "one.test")


def test_leaving_a_group_and_joining_it_travel_at_once(exchange):
    """MISP #10899, #7715, #7408, #3468, OpenCTI #4087: gone with the next request; the old ones come with new dates."""
    exchange.push("a-push", LOOSE, domain("one.test", "amber", GROUP), domain("two.test", "clear"))
    exchange.turn(Right.MEMBER, "partner:police-x", GROUP)
    assert exchange.names("x-pull", LOOSE) == {TWO}
    exchange.push("b-push", OPEN, domain("other.test", "clear"))
    reached = exchange.last_date("x-pull", LOOSE)
    exchange.turn(Right.MEMBER, "partner:police-x", GROUP)
    assert exchange.names("x-pull", LOOSE, f"added_after={reached}") == {ONE}


def test_narrowing_reaches_those_who_had_it(exchange):
    """MISP #4784, #7409: a raised marking and a deletion take the object from every feed, older versions too."""
    exchange.push("a-push", LOOSE, campaign("one", 3, "green"), campaign("two", 3, "green"))
    assert len(exchange.names("b-push", LOOSE)) == 2
    exchange.push("a-push", LOOSE, campaign("one", 4, "red"))
    exchange.ask("a-push", f"{LOOSE.id}/objects/{campaign('two', 3)['id']}/", "DELETE")
    for versions in ("all", "first", "last", "2026-11-03T00:00:00Z"):
        assert exchange.names("b-push", LOOSE, f"match[version]={versions}") == set()


@pytest.mark.parametrize("text", ["%25", "*", "' OR 1=1 --", "domain-name--%", '"]', "%00", "a,b%27"])
def test_filters_are_values_and_no_language(exchange, text):
    """MISP CVE-2022-48329, CVE-2023-48656: what looks like a query matches nothing and breaks nothing."""
    exchange.push("a-push", LOOSE, domain("one.test", "clear"))
    for name in ("id", "type", "spec_version"):
        assert exchange.ask("x-pull", f"{LOOSE.id}/objects/?match[{name}]={text}").data == b"{}"


def test_workers_share_positions_and_revocations(exchange, tmp_path):
    """Medallion #152: `next` and a revoked token mean the same in another process at once."""
    store = SqliteStore.open(tmp_path / "hub" / "hub.sqlite3", clock=exchange.wall)
    with closing(store):
        other = Exchange(
            exchange.wall, replace(exchange.twin, client=create_app(assemble(Settings(), store)).test_client())
        )
        exchange.push("a-push", LOOSE, domain("one.test", "clear"), domain("two.test", "clear"))
        page = json.loads(exchange.ask("x-xan", f"{LOOSE.id}/objects/?limit=1").data)
        assert other.names("x-xan", LOOSE, f"limit=1&next={page['next']}") == {TWO}
        tokens = Tokens(exchange.world.store)
        (token,) = tokens.list(OPERATOR, "x-xan")
        tokens.revoke(OPERATOR, token.id)
        assert [each.ask("x-xan", "").status_code for each in (other, exchange)] == [401, 401]


BROKEN = (
    b'{"type":"domain-name","spec_version":"2.1","id":"%b","id":"%b","value":"x"}' % (ONE.encode(), TWO.encode()),
    b'{"type":"domain-name","spec_version":"2.1","id":"%b","value":"x","x_a":NaN}' % ONE.encode(),
    b'{"type":"domain-name","spec_version":"2.1","id":"%b","value":"x","x_a":%b}' % (ONE.encode(), b"1" * 5_000),
    b'{"type":"domain-name","spec_version":"2.1","id":"%b","value":"x","x_a":%b%b}'
    % (ONE.encode(), b"[" * 500, b"]" * 500),
    b'{"type":"domain-name","spec_version":"2.1","id":"%b","value":"\\ud800"}' % ONE.encode(),
    b"17",
    b"null",
)


@pytest.mark.parametrize("broken", BROKEN, ids=["twice", "NaN", "digits", "deep", "surrogate", "number", "null"])
def test_one_hostile_object_costs_no_other(exchange, broken):
    """CouchDB CVE-2017-12635, Python CVE-2020-10735, orjson CVE-2024-27454: refused, and its neighbours are there."""
    sound = [json.dumps(domain(f"{number}.test", "clear")).encode() for number in range(2)]
    body = b'{"objects":[%b,%b,%b]}' % (sound[0], broken, sound[1])
    answer = exchange.ask("a-push", f"{LOOSE.id}/objects/", "POST", body)
    if answer.status_code == 202:
        assert [json.loads(answer.data)[f"{what}_count"] for what in ("success", "failure")] == [2, 1]
        assert len(exchange.names("x-pull", LOOSE)) == 2
    else:  # what can't be told apart refuses the whole, and keeps nothing
        assert answer.status_code in {400, 422}
        assert exchange.names("x-pull", LOOSE) == set()


def test_everything_acknowledged_is_found_again(exchange):
    """Whatever odd things an object says: a success that nothing holds comes back as it was sent."""
    odd = [
        domain("nul.test", "clear") | {"x_nul": "a\0b", "x_name with blanks": 1, "x_": "", "x_ключ": "значение"},
        domain("numbers.test", "clear") | {"x_big": 10**300, "x_small": -(2**63) - 1, "x_float": 1e-300},
        campaign("nine", 3, "clear") | {"modified": "2026-11-03T00:00:00.123456789Z"},
        campaign("nine", 3, "clear") | {"modified": "2026-11-03T00:00:00.123456788Z"},
        {"type": "domain-name", "id": "bad"},
        domain("value.test", "clear") | {"value": "\U0001f4a9\u202e.test"},
    ]
    for place in (LOOSE, FRAUD):
        status = exchange.push("a-push", place, *odd)
        told = {(each["id"], each["version"]) for each in status.get("successes", []) if not each.get("message")}
        found = exchange.objects("a-push", place, "limit=100&match[version]=all")
        assert told == {(each["id"], each.get("modified", "1970-01-01T00:00:00.000000Z")) for each in found}
        assert all(each in odd for each in found)
        for id_, version in told:
            answer = exchange.ask("a-push", f"{place.id}/objects/{id_}/?match[version]={version}")
            assert [each for each in odd if each["id"] == id_ and each in json.loads(answer.data)["objects"]]


@pytest.mark.enable_socket
def test_a_disk_that_fills_up_under_a_served_hub_costs_nothing(tmp_path):
    """Pushes are refused in TAXII's form while there is no room and taken again when there is; none is lost."""
    with closing(create_hub(Settings(data=tmp_path / "hub"))) as hub:
        tokens = {name: _enrol(hub, name) for name in ("maker", "reader", "dropper")}
        port = free_port()
        with serving(tmp_path / "hub", port, "serve"):
            door = Door(port, hub, tokens)
            place, taken = door.open_collection(), []
            for room in (resource.RLIM_INFINITY, 1_000, resource.RLIM_INFINITY):
                limit_files(tmp_path, room)
                pushed = unmarked(name="x" * 20_000)
                answer = door.maker.post(place.objects, [pushed])
                assert (answer.status == 202) == (room == resource.RLIM_INFINITY)
                taken += [pushed["id"]] if answer.status == 202 else []
                assert answer.status == 202 or answer.json["http_status"] == "503"
            assert door.reader.get(place.objects).names == taken


def limit_files(data: Path, room: int) -> None:
    """Let no file of the servers of this folder grow beyond some bytes."""
    listed = subprocess.run(["ps", "-ww", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout
    for pid in (int(line.split()[0]) for line in listed.splitlines() if str(data) in line):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
