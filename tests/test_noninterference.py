"""S17 at the served door: two hubs that differ only in what a reader may not see answer him byte for byte alike.

The acts that everybody may know of are played on both hubs, a second of the test clock apart; between them one hub
gets all that is hidden from the readers: it moves its hub clock by less than a second, and nothing else.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hub.application import assemble
from hub.model.collections import Collection, Right
from hub.model.members import Account, AccountKind, Partner, PartnerKind, Role
from hub.services.membership.tokens import Cut
from hub.settings import Settings
from hub.store.sqlite import SqliteStore
from stix_models.markings import Level
from taxii_server.app import create_app
from tests.hub.services import world as community
from tests.hub.services.world import FRAUD, LOOSE, OPERATOR, UNKNOWN, World, bundle, domain, domain_id, statement

TAXII = "application/taxii+json;version=2.1"
SECOND = 1_000_000
NEWYEAR = 1_800_000_000 * SECOND
OTHER_GROUP = "marking-definition--0e2d8bd5-6f46-4d51-a7be-9d7e4b6d3c11"
SECRET = Collection("7c1f0f1c-93a4-4a0e-8d6d-3a9d1c1b7a01", "Secret")
READERS = ("x-pull", "o-eve", "b-push")
KEY = bytes(range(64))


@dataclass
class Wall:
    """The wall clock of both hubs."""

    now: int = NEWYEAR

    def __call__(self) -> int:
        """Give µs since 1970."""
        return self.now


@dataclass
class Twin:
    """A hub, its served door, and a token for each reader."""

    world: World
    client: FlaskClient
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(self, who: str, method: str, path: str, body: bytes | None = None) -> TestResponse:
        """Send a request as an account."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}", "Accept": TAXII, "Content-Type": TAXII}
        return self.client.open(path, method=method, headers=headers, data=body)


def make(folder: Path, wall: Wall) -> Twin:
    """Make the community of the service tests on the test clock, with the cursor key that both hubs share."""
    folder.mkdir()
    path = folder / "hub.sqlite3"
    SqliteStore.create(path, clock=wall).close()
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE meta SET value = ? WHERE key = 'cursor_key'", (KEY,))
        file.commit()
    store = SqliteStore.open(path, clock=wall)
    store.commit(community._set_up)
    hub = assemble(Settings(data=folder), store)
    twin = Twin(World(store, path), create_app(hub).test_client())
    for name in (*READERS, "a-push"):
        twin.tokens[name] = hub.membership.tokens.issue(OPERATOR, name, Cut(), None).secret
    return twin


def visible(wall: Wall, *twins: Twin) -> Iterator[None]:
    """Play what the readers may know of, act by act, a second apart."""
    steps = (
        lambda w: w.store.commit(lambda tx: tx.registry.open_right(Right.TRUSTED, "partner:bank-a", FRAUD.id)),
        lambda w: w.push("a-push", FRAUD, *(domain(f"clear{n}.test", "clear") for n in range(4))),
        lambda w: w.push(
            "a-push", LOOSE, *(domain(f"green{n}.test", "green") for n in range(4)), domain("both.test", "green")
        ),
        lambda w: w.push("a-push", FRAUD, domain("clear4.test", "clear"), domain("clear5.test", "clear")),
        lambda w: w.push("a-push", LOOSE, domain("clear6.test", "clear", refs=(domain_id("green0.test"),))),
        lambda w: w.push("b-push", LOOSE, domain("b.test", "clear"), domain("b-green.test", "green")),
    )
    for step in steps:
        wall.now += SECOND
        for twin in twins:
            step(twin.world)
        yield


def hidden(twin: Twin, step: int) -> None:
    """Play, on one hub, what none of the readers may see or know of."""
    world = twin.world
    if step == 0:
        world.store.commit(_strangers)
    red = domain(f"red{step}.test", "red")
    world.push("a-push", FRAUD, red, domain(f"dangling{step}.test", "clear", refs=(domain_id("nowhere.test"),)))
    world.push("a-push", LOOSE, domain(f"of-red{step}.test", "clear", refs=(domain_id(f"red{step}.test"),)))
    world.push("a-push", LOOSE, domain(f"withheld{step}.test", "clear", UNKNOWN))
    world.push("a-push", LOOSE, domain(f"amber{step}.test", "amber", OTHER_GROUP), domain(f"alone{step}.test", "amber"))
    world.push("c-push", LOOSE, domain("both.test", "red"), domain(f"c{step}.test", "green", OTHER_GROUP))
    world.push("c-push", SECRET, domain(f"secret{step}.test", "clear"), statement(UNKNOWN))
    world.push("d-push", FRAUD, domain(f"waits{step}.test", "clear"), domain("clear0.test", "clear"))
    waiting = world.push("d-push", FRAUD, domain(f"rejected{step}.test", "clear"))
    world.review.reject(world.actor("s-sue"), waiting.id, "no")
    if step:
        world.sharing.delete(world.actor("a-push"), LOOSE.id, domain_id(f"amber{step - 1}.test"))
        world.marking.raise_level(world.actor("s-sue"), domain_id(f"dangling{step - 1}.test"), Level.RED, "hidden")
    world.feed("a-push", LOOSE)


def _strangers(tx: object) -> None:
    """Add partners, a group and a collection that the readers have no part in."""
    registry = tx.registry  # type: ignore[attr-defined]  # a transaction
    registry.put_group("g-other", OTHER_GROUP)
    registry.put_collection(SECRET)
    for name in ("corp-c", "corp-d"):
        account = Account(f"{name[-1]}-push", name, AccountKind.SERVICE, frozenset({Role.CONTRIBUTOR, Role.READER}))
        registry.put_partner(Partner(name, PartnerKind.MEMBER))
        registry.put_account(account)
        registry.open_right(Right.MEMBER, f"partner:{name}", OTHER_GROUP)
    for subject, target in (("corp-c", LOOSE), ("corp-c", SECRET), ("corp-d", FRAUD)):
        registry.open_right(Right.WRITE, f"partner:{subject}", target.id)
    for target in (LOOSE, SECRET):
        registry.open_right(Right.TRUSTED, "partner:corp-c", target.id)
    registry.open_right(Right.TRUSTED, "partner:bank-a", LOOSE.id)


@pytest.fixture
def twins(tmp_path: Path) -> Iterator[tuple[Twin, Twin]]:
    """Make both hubs and play them to the end."""
    wall = Wall()
    plain, full = make(tmp_path / "plain", wall), make(tmp_path / "full", wall)
    for step, _ in enumerate(visible(wall, plain, full)):
        hidden(full, step)
    wall.now += SECOND
    yield plain, full
    for twin in (plain, full):
        twin.world.close()


def told(answer: TestResponse) -> tuple[int, list[tuple[str, str]], str]:
    """Give all of an answer but what is a secret of its own: the ids of statuses and the text of cursors."""
    body = re.sub(r'"next":\s*"[^"]+"', '"next":"…"', answer.get_data(as_text=True))
    if answer.status_code == 202:
        body = re.sub(r'"id":\s*"[0-9a-f-]{36}"', '"id":"…"', body, count=1)
    return answer.status_code, sorted(answer.headers.items()), body


def walk(twin: Twin, who: str, path: str) -> list[tuple[int, list[tuple[str, str]], str]]:
    """Follow `next` to the end."""
    answers, more = [], ""
    while True:
        answer = twin.ask(who, "GET", path + more)
        answers.append(told(answer))
        cursor = json.loads(answer.data).get("next") if answer.status_code == 200 else None
        if cursor is None:
            return answers
        more = f"&next={cursor}"


def questions() -> Iterator[str]:
    """Give the paths of every reading endpoint, with every kind of query."""
    yield from ("/taxii2/", "/api/", "/api/collections/", f"/api/collections/{SECRET.id}/", "/api/status/nothing/")
    yield f"/api/collections/{SECRET.id}/objects/?"
    dates = [f"&added_after=2027-01-15T08:00:0{second}.00000{micro}Z" for second in range(1, 8) for micro in (0, 2)]
    kinds = [
        "",
        "&match[type]=domain-name",
        "&match[type]=indicator",
        "&match[version]=all",
        "&match[spec_version]=2.1",
    ]
    named = ",".join(domain_id(f"{name}.test") for name in ("clear0", "red0", "both", "amber1", "nowhere"))
    for collection, endpoint in product((FRAUD, LOOSE), ("objects", "manifest")):
        root = f"/api/collections/{collection.id}/{endpoint}/?"
        for extra in (*dates, *kinds, f"&match[id]={named}"):
            yield from (f"{root}limit={limit}{extra}" for limit in (1, 3, 1000))
    for collection, name in product(
        (FRAUD, LOOSE), ("clear0", "both", "red0", "dangling1", "withheld0", "waits0", "nowhere")
    ):
        root = f"/api/collections/{collection.id}/objects/{domain_id(name + '.test')}/"
        yield from (f"{root}?", f"{root}?match[version]=all&limit=1", f"{root}versions/?")
    yield f"/api/collections/{LOOSE.id}/objects/domain-name--nonsense/?"


@pytest.mark.parametrize("who", READERS)
def test_reading_tells_nothing_of_what_is_hidden(twins, who):
    """Bodies, order, headers, page breaks, dates and errors are the same with and without the hidden data."""
    plain, full = twins
    for path in questions():
        assert walk(plain, who, path) == walk(full, who, path), path


def test_writing_tells_nothing_of_what_is_hidden(twins):
    """A push of an id that exists unseen, and a delete of one, answer as if it did not exist."""
    plain, full = twins
    hidden_ones = [domain(f"{name}.test", "green") for name in ("red1", "amber2", "alone0", "c1", "secret1", "fresh")]
    for objects in (hidden_ones, hidden_ones, [domain("both.test", "clear")], [domain("b.test", "red")]):
        path = f"/api/collections/{LOOSE.id}/objects/"
        assert told(plain.ask("b-push", "POST", path, bundle(*objects))) == told(
            full.ask("b-push", "POST", path, bundle(*objects))
        )
    for name, who in product(("red3", "withheld0", "waits0", "nowhere", "clear0", "b"), READERS):
        path = f"/api/collections/{LOOSE.id}/objects/{domain_id(name + '.test')}/"
        assert told(plain.ask(who, "DELETE", path)) == told(full.ask(who, "DELETE", path)), (name, who)


def test_the_hubs_do_differ(twins):
    """The account that may see it gets what the other hub has not: the comparison compares something."""
    plain, full = twins
    path = f"/api/collections/{LOOSE.id}/objects/?limit=1000"
    assert walk(plain, "a-push", path) != walk(full, "a-push", path)
