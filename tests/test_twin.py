"""S17 by chance: two hubs play the same random script, one of them with random hidden acts in between.

Where test_noninterference.py asks everything of one history, this asks a little of many: rights that come and go,
versions, deletions, raised markings, reviews, references that dangle or lead to hidden objects, and readers who poll
and page all the while. The precedence of S12 and withdrawals (S14) are exceptions of S17: hidden versions are older
than what is visible, and come only from who alone has the id.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from werkzeug.test import TestResponse

from hub.errors import HubError
from hub.model.collections import Collection, Right
from hub.model.members import Account, AccountKind, Partner, PartnerKind, Role
from hub.services.membership.tokens import Tokens
from hub.store.base import Transaction
from stix_models.markings import Level
from tests.hub.services.world import (
    FRAUD,
    GROUP,
    LOOSE,
    OPERATOR,
    UNKNOWN,
    XAN_ONLY,
    bundle,
    domain,
    domain_id,
    statement,
)
from tests.test_noninterference import OTHER_GROUP, SECOND, SECRET, TAXII, Twin, Wall, _strangers, make, told

Stix = dict[str, Any]
ROUNDS = 40
OPEN = Collection("2d6d3a0e-5b0f-4c63-9d0a-7c1f1c5b8b00", "Open", default_tlp=Level.CLEAR, public=True)
PLACES = (FRAUD, LOOSE, OPEN)
READERS = ("x-pull", "x-xan", "o-eve", "b-push", "r-client", "")
PUSHERS = ("a-push", "b-push")
OPENLY = (
    (),
    ("clear",),
    ("green",),
    ("amber",),
    ("amber", GROUP),
    ("amber+strict", GROUP),
    ("clear", GROUP),
    ("red",),
    ("green", XAN_ONLY),
    ("red", XAN_ONLY),
)
SECRETLY = (("red",), ("amber", OTHER_GROUP), ("clear", OTHER_GROUP), ("amber+strict", OTHER_GROUP), ("green", UNKNOWN))
SHARED = [f"shared{number}.test" for number in range(8)]
HIDDEN = [f"hidden{number}.test" for number in range(5)]
PLAYS = {pusher: [f"{pusher} plays {number}" for number in range(4)] for pusher in PUSHERS}
RIGHTS = (
    (Right.READ, "partner:police-x", FRAUD.id),
    (Right.READ, "partner:watch-o", FRAUD.id),
    (Right.READ, "*", LOOSE.id),
    (Right.MEMBER, "partner:police-x", GROUP),
    (Right.MEMBER, "partner:bank-b", GROUP),
    (Right.MEMBER, "partner:net-r", GROUP),
    (Right.RED_CAPABLE, "account:x-pull", ""),
)


def campaign(name: str, day: int, *levels: str, **more: Any) -> Stix:
    """Write a version of a campaign: the day of November it was modified on."""
    marked = domain("", *levels).get("object_marking_refs")
    stix = {
        "type": "campaign",
        "spec_version": "2.1",
        "id": named("campaign", name),
        "created": "2026-11-01T00:00:00.000Z",
        "modified": f"2026-11-{day:02}T00:00:00.000Z",
        "name": name,
    }
    return stix | ({"object_marking_refs": marked} if marked else {}) | more


def link(name: str, source: str, target: str, level: str) -> Stix:
    """Write a relationship."""
    ends = {"relationship_type": "related-to", "source_ref": source, "target_ref": target}
    stix = campaign(name, 1, level, **ends) | {"type": "relationship", "id": named("relationship", name)}
    del stix["name"]
    return stix


def named(type_: str, name: str) -> str:
    """Give the id of what has this name."""
    return f"{type_}--{uuid5(NAMESPACE_URL, name)}"


def some_id(chance: Random) -> str:
    """Give an id that is there, hidden or nowhere."""
    campaigns = [named("campaign", name) for names in PLAYS.values() for name in names]
    return chance.choice([*map(domain_id, (*SHARED, *HIDDEN, "nowhere.test", "public.test")), *campaigns])


def newcomers(tx: Transaction) -> None:
    """Add a relay's client and a public collection to the community; both banks write everywhere."""
    registry = tx.registry
    registry.put_partner(Partner("net-r", PartnerKind.RELAY))
    registry.put_account(Account("r-client", "net-r", AccountKind.CLIENT, frozenset({Role.READER})))
    registry.put_collection(OPEN)
    for subject, place in (("*", OPEN), ("anonymous", OPEN), ("partner:net-r", FRAUD)):
        registry.open_right(Right.READ, subject, place.id)
    for place in PLACES:
        for partner in ("bank-a", "bank-b"):
            registry.open_right(Right.WRITE, f"partner:{partner}", place.id)
        registry.open_right(Right.TRUSTED, "partner:bank-a", place.id)
    registry.open_right(Right.TRUSTED, "partner:bank-b", FRAUD.id)


def strangers(tx: Transaction) -> None:
    """Add, on one hub, who pushes what nobody else gets; corp-c writes everywhere."""
    _strangers(tx)
    for right in (Right.WRITE, Right.TRUSTED):
        for place in (FRAUD, OPEN):
            tx.registry.open_right(right, "partner:corp-c", place.id)


@dataclass
class Script:
    """One random history on both hubs, and what its readers remember."""

    chance: Random
    wall: Wall
    plain: Twin
    full: Twin
    pushes: list[tuple[str, str, str]] = field(default_factory=list)
    """Who pushed, and the status id on each hub."""
    dates: dict[tuple[str, str], str] = field(default_factory=dict)
    """The last date_added each reader was served in each collection."""

    def send(self, twin: Twin, who: str, method: str, path: str, body: bytes | None = None) -> TestResponse:
        """Send a request to one hub; "" is who has not signed in."""
        headers = {"Accept": TAXII, "Content-Type": TAXII}
        headers |= {"Authorization": f"Bearer {twin.tokens[who]}"} if who else {}
        return twin.client.open(path, method=method, headers=headers, data=body)

    def ask(self, who: str, method: str, path: str, body: bytes | None = None) -> list[TestResponse]:
        """Send a request to both hubs; a reader gets the same answer."""
        answers = [self.send(twin, who, method, path, body) for twin in (self.plain, self.full)]
        assert who not in READERS or told(answers[0]) == told(answers[1]), (who, method, path)
        return answers

    def both(self, act: Callable[[Twin, int], object]) -> None:
        """Act on both hubs; what is refused is refused on both."""
        outcomes = []
        for which, twin in enumerate((self.plain, self.full)):
            try:
                act(twin, which)
                outcomes.append("")
            except HubError as error:
                outcomes.append(type(error).__name__)
        assert outcomes[0] == outcomes[1]

    # What everybody may know of ---------------------------------------------------------------------

    def push(self) -> None:
        """Push some objects by the door, in one of the collections."""
        who, place = self.chance.choice(PUSHERS), self.chance.choice(PLACES)
        objects = bundle(*(self.stix(who) for _ in range(self.chance.randint(1, 4))))
        answers = self.ask(who, "POST", f"/api/collections/{place.id}/objects/", objects)
        self.pushes.append((who, *(json.loads(answer.data)["id"] for answer in answers)))

    def stix(self, who: str) -> Stix:
        """Make up an object: a domain name, a version of a campaign or a relationship."""
        chance = self.chance
        levels, refs = chance.choice(OPENLY), (some_id(chance),) if chance.random() < 0.4 else ()
        kind = chance.choice(("domain", "domain", "campaign", "campaign", "link"))
        if kind == "domain":
            leads = (domain_id(chance.choice(SHARED + HIDDEN)),) if refs else ()
            return domain(chance.choice(SHARED), *levels, refs=leads)
        if kind == "campaign":
            more = {"x_seen_refs": list(refs)} if refs else {}
            return campaign(chance.choice(PLAYS[who]), chance.randint(3, 8), *levels, **more)
        return link(f"link {chance.randint(0, 5)}", some_id(chance), some_id(chance), chance.choice(("clear", "green")))

    def delete(self) -> None:
        """Delete an object, or its last version, by the door."""
        who, place = self.chance.choice(PUSHERS), self.chance.choice(PLACES)
        path = f"/api/collections/{place.id}/objects/{some_id(self.chance)}/"
        self.ask(who, "DELETE", path + self.chance.choice(("", "?match[version]=last")))

    def turn(self) -> None:
        """Begin a right, or end it if it is held."""
        right = self.chance.choice(RIGHTS)
        self.both(lambda twin, _: twin.world.store.commit(lambda tx: turned(tx, *right)))

    def mark(self) -> None:
        """Raise an object to RED."""
        id_ = named("campaign", self.chance.choice(PLAYS["a-push"]))
        with self.plain.world.store.snapshot() as snapshot:
            stands = snapshot.contributions([id_])
        if stands:
            self.both(lambda twin, _: twin.world.marking.raise_level(sue(twin), id_, Level.RED, "raised"))

    def review(self) -> None:
        """Release or reject one of the pushes."""
        if self.pushes:
            push, rejects = self.chance.choice(self.pushes), self.chance.random() < 0.4
            self.both(lambda twin, which: reviewed(twin, push[1 + which], rejects=rejects))

    def publish(self) -> None:
        """Hold an object as public knowledge."""
        self.both(lambda twin, _: twin.world.reference.load(OPERATOR, bundle(domain("public.test", "clear"))))

    # What nobody may know of ------------------------------------------------------------------------

    def hide(self) -> None:
        """Play, on one hub, an act that none of the readers has to do with."""
        chance, world = self.chance, self.full.world
        place, levels, hidden = chance.choice(PLACES), chance.choice(SECRETLY), chance.choice(HIDDEN)
        mine, theirs = chance.choice(PLAYS["a-push"]), chance.choice(PLAYS["b-push"])
        dangling = domain(f"dangling-{hidden}", "clear", refs=(domain_id("nowhere.test"),))
        acts: tuple[Callable[[], object], ...] = (
            lambda: world.push("a-push", place, domain(hidden, *levels), dangling),
            lambda: world.push("a-push", place, campaign(mine, 1, *levels)),
            lambda: world.push("c-push", place, domain(chance.choice(SHARED), *levels), campaign(mine, 9, *levels)),
            lambda: world.push(
                "c-push", place, link(f"link {chance.randint(0, 5)}", some_id(chance), some_id(chance), "red")
            ),
            lambda: world.push("c-push", SECRET, domain(hidden, "clear"), campaign(theirs, 9, "clear")),
            lambda: world.push("c-push", SECRET, statement(UNKNOWN[:-1] + "7")),
            lambda: world.push("d-push", FRAUD, domain(hidden, "clear"), domain(chance.choice(SHARED), "clear")),
            lambda: world.sharing.delete(world.actor("c-push"), place.id, domain_id(chance.choice(SHARED))),
            lambda: world.sharing.delete(world.actor("a-push"), place.id, domain_id(hidden)),
            lambda: world.store.commit(lambda tx: turned(tx, Right.MEMBER, "partner:corp-c", OTHER_GROUP)),
            lambda: world.marking.raise_level(sue(self.full), domain_id(hidden), Level.RED, "raised"),
            lambda: world.feed(chance.choice(PUSHERS[:1]), place),
        )
        with suppress(HubError):  # nothing there to act on: that is fine as well
            chance.choice(acts)()

    # What the readers find --------------------------------------------------------------------------

    def look(self) -> None:
        """Ask one reading endpoint as one reader, to the end, and compare every answer."""
        chance, who, place = self.chance, self.chance.choice(READERS), self.chance.choice((*PLACES, SECRET))
        root = f"/api/collections/{place.id}/"
        query = "&".join(filters(chance))
        kind = chance.choice(("objects/", "objects/", "manifest/", "object", "object", "resource"))
        if kind == "object":
            self.walk(who, f"{root}objects/{some_id(chance)}/{chance.choice(('', 'versions/'))}?{query}")
        elif kind == "resource":
            self.walk(who, chance.choice((root, "/api/collections/", "/api/", "/taxii2/", "/api/status/none/")) + "?")
        else:
            date = self.dates.get((who, place.id)) if chance.random() < 0.5 else None
            last = self.walk(who, f"{root}{kind}?{query}{f'&added_after={date}' if date else ''}")
            self.dates[who, place.id] = last.headers.get("X-TAXII-Date-Added-Last") or date or "1970-01-01T00:00:00Z"

    def walk(self, who: str, path: str) -> TestResponse:
        """Follow `next` on both hubs; give the last answer."""
        more = ["", ""]
        while True:
            plain, full = (
                self.send(twin, who, "GET", path + cursor)
                for twin, cursor in zip((self.plain, self.full), more, strict=True)
            )
            assert told(plain) == told(full), (who, path)
            cursors = [json.loads(answer.data).get("next") for answer in (plain, full)]
            if cursors == [None, None]:
                return plain
            more = [f"&next={cursor}" for cursor in cursors]

    def statuses(self) -> None:
        """Ask again what became of the readers' pushes."""
        for who, *ids in self.pushes:
            if who in READERS:
                answers = [
                    json.loads(self.send(twin, who, "GET", f"/api/status/{id_}/").data)
                    for twin, id_ in zip((self.plain, self.full), ids, strict=True)
                ]
                assert answers[0] | {"id": ""} == answers[1] | {"id": ""}


def filters(chance: Random) -> Iterator[str]:
    """Make up a query string's parts."""
    yield f"limit={chance.choice((1, 2, 3, 100))}"
    if chance.random() < 0.3:
        yield f"match[type]={chance.choice(('campaign', 'domain-name', 'relationship', 'campaign,relationship'))}"
    if chance.random() < 0.4:
        yield f"match[version]={chance.choice(('all', 'first', 'last', 'first,last', '2026-11-05T00:00:00Z'))}"
    if chance.random() < 0.3:
        yield f"match[id]={','.join(some_id(chance) for _ in range(5))}"
    if chance.random() < 0.2:
        yield f"match[spec_version]={chance.choice(('2.1', '2.0'))}"


def turned(tx: Transaction, right: Right, subject: str, target: str) -> bool:
    """Begin a right, or end it if it is held."""
    return tx.registry.open_right(right, subject, target) or tx.registry.end_right(right, subject, target)


def sue(twin: Twin) -> Any:
    """Give the person of the secretariat."""
    return twin.world.actor("s-sue")


def reviewed(twin: Twin, status: str, *, rejects: bool) -> None:
    """Decide about a push."""
    if rejects:
        twin.world.review.reject(sue(twin), status, "no source")
    else:
        twin.world.review.release(sue(twin), status)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Wall, Twin, Twin]]:
    """Make both hubs with the same community."""
    wall = Wall()
    twins = make(tmp_path / "plain", wall), make(tmp_path / "full", wall)
    for twin in twins:
        twin.world.store.commit(newcomers)
        for name in ("x-xan", "r-client"):
            twin.tokens[name] = Tokens(twin.world.store).issue(OPERATOR, name).secret
    twins[1].world.store.commit(strangers)
    yield wall, *twins
    for twin in twins:
        twin.world.close()


@pytest.mark.parametrize("seed", range(6))
def test_no_history_tells_of_what_is_hidden(pair, seed):
    """Whatever happens and whatever is asked meanwhile: status, headers and bytes are those of the twin."""
    wall, plain, full = pair
    script = Script(Random(seed), wall, plain, full)  # noqa: S311 - chance, no secret
    acts = [script.push] * 10 + [script.turn] * 4 + [script.delete, script.review] * 2 + [script.mark, script.publish]
    for _ in range(ROUNDS):
        wall.now += SECOND
        script.chance.choice(acts)()
        for _ in range(script.chance.randint(0, 3)):
            script.hide()
        wall.now += SECOND
        for _ in range(12):
            script.look()
    script.statuses()
    assert list(full.world.store.verify()) == []
