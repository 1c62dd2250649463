"""S17 for pages, by chance: the random histories of tests/test_twin.py, looked at by persons all the while."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest

from hub.console.doorkeeper import COOKIE
from hub.doors import PREFIX
from hub.model.entrance import Session
from hub.model.members import Account, AccountKind, Role
from hub.services.membership.tokens import Tokens
from tests.hub.console.browsing import Browser
from tests.hub.console.conftest import site_of
from tests.hub.services.world import OPERATOR
from tests.test_noninterference import SECOND, Twin, Wall, make
from tests.test_twin import HIDDEN, PLAYS, SHARED, Script, newcomers, some_id, strangers

PERSONS = ("x-xan", "o-eve", "b-bob")
ROUNDS, LOOKS = 30, 10
_LISTS = (
    "/search",
    "/questions",
    "/groups",
    "/feeds",
    "/audit",
    "/tokens/setup",
    "/you",
    "/audit/trail.jsonl",
)


@dataclass
class Watched(Script):
    """A history that is looked at through the console. browsers: by person, at the plain hub and at the full one."""

    browsers: dict[str, tuple[Browser, Browser]] = field(default_factory=dict)

    def look(self) -> None:
        """Open one page as one person at both hubs, or poll as a machine does."""
        chance = self.chance
        if chance.random() < 0.2:
            super().look()
            return
        who, path = chance.choice(PERSONS), self._path()
        plain, full = (browser.get(path) for browser in self.browsers[who])
        assert (plain.status_code, list(plain.headers)) == (full.status_code, list(full.headers)), (who, path)
        assert plain.data == full.data, (who, path)

    def _path(self) -> str:
        chance, id_ = self.chance, some_id(self.chance)
        names = [*SHARED, *HIDDEN, *(name for names in PLAYS.values() for name in names), "plays", "shared", "link 1"]
        asked = chance.choice(
            [*names, id_, "type:campaign", "type:relationship tlp:clear", "seen:2026-11", "source:Loose"]
        )
        search = f"/search?q={quote(asked)}{chance.choice(('', '&sort=newest', '&page=2'))}"
        of_one = [f"/objects/{id_}", f"/objects/{id_}/stix", f"/why?object={id_}", f"/questions?object={id_}"]
        return chance.choice([search, search, *of_one, *of_one[:1], chance.choice(_LISTS)])


@pytest.fixture
def twins(tmp_path: Path) -> Iterator[tuple[Wall, Twin, Twin]]:
    """Make both hubs with the same community and a person of bank-b, who only reads."""
    wall = Wall()
    with ExitStack() as stack:
        plain, full = make(tmp_path / "plain", wall), make(tmp_path / "full", wall)
        for twin in (plain, full):
            stack.callback(twin.world.close)
            twin.world.store.commit(newcomers)
            bob = Account("b-bob", "bank-b", AccountKind.PERSON, frozenset({Role.READER}))
            twin.world.store.commit(lambda tx, bob=bob: tx.registry.put_account(bob))
            for name in ("x-xan", "r-client"):
                twin.tokens[name] = Tokens(twin.world.store).issue(OPERATOR, name).secret
        full.world.store.commit(strangers)
        yield wall, plain, full


def seat(twin: Twin, who: str, now: datetime) -> Browser:
    """Give a browser that is signed in under the secrets that both hubs share."""
    secret, csrf = who * 10, "c" * 32
    client = site_of(twin.world, twin.world.path.parent).app.test_client()
    twin.world.store.sessions.start(Session(hashlib.sha256(secret.encode()).digest(), who, now, now, csrf))
    client.set_cookie(COOKIE, secret, path=PREFIX)
    return Browser(client, csrf)


@pytest.mark.parametrize("seed", range(3))
def test_no_history_tells_a_person_of_what_is_hidden(twins, seed):
    """Whatever happens, every page that is opened meanwhile is the twin's, byte for byte."""
    wall, plain, full = twins
    script = Watched(Random(seed), wall, plain, full)  # noqa: S311 - chance, no secret
    now = datetime.fromtimestamp(wall.now / SECOND, UTC)
    script.browsers = {who: (seat(plain, who, now), seat(full, who, now)) for who in PERSONS}
    acts = [script.push] * 10 + [script.turn] * 4 + [script.delete, script.review] * 2 + [script.mark, script.publish]
    for _ in range(ROUNDS):
        wall.now += SECOND
        script.chance.choice(acts)()
        for _ in range(script.chance.randint(0, 3)):
            script.hide()
        wall.now += SECOND
        for _ in range(LOOKS):
            script.look()
