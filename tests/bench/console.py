"""The console's pages on a loaded hub, as the application answers them: no network, no browser."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from hub.application import build_hub
from hub.console.app import create_app
from hub.console.doorkeeper import COOKIE
from hub.errors import StoreBusyError
from hub.model.entrance import Session
from hub.model.members import SECRETARIAT, Account, AccountKind, Actor, Partner, PartnerKind, Role
from hub.settings import Settings
from tests.bench.community import READER
from tests.bench.rounds import Measure, Samples, in_turn, p50_ms, seconds
from tests.bench.table import Table, at_most

if TYPE_CHECKING:
    from hub.application import Hub
    from tests.bench.loading import Loaded

SECTION = "console"
LARGEST = 100_000
"""Objects of the hub that the target is for."""

_OPERATOR = Actor("operator (bench)")
_PERSON, _SECRETARY = "reader-person", "secretary"
_CALLS = 10
_LINES = 200
_PAGES = {
    _PERSON: {
        "search, one word that many have": "/search?q=example",
        "search, a word and filters": "/search?q=example+type:indicator+tlp:green&sort=newest",
        "search, all of a type": "/search?q=type:relationship",
        "search, nothing found": "/search?q=nothing-like-it",
        "an object with its surroundings": "/objects/{id}",
        "home": "/",
    },
    _SECRETARY: {
        "home, secretariat": "/",
        "partners": "/partners",
        "who can pull what": "/access",
        "intake": "/intake",
        "why": "/why?object={id}",
        "audit": "/audit",
        "feed health": "/feeds",
    },
}


def make_ready(loaded: Loaded, table: Table) -> None:
    """Make the search of a loaded hub, so that nothing that is measured later does it meanwhile."""
    with closing(build_hub(Settings(data=loaded.data))) as hub:
        took = seconds(partial(_wait_for_search, hub))
    name = f"make the search, {loaded.objects:,}"
    table.add("loading", name, "obj/s", Samples((loaded.objects / took,)))


def _wait_for_search(hub: Hub) -> None:
    """Search until it is made: a search waits only so long."""
    with suppress(StoreBusyError):
        hub.exploring.search(hub.membership.acting(READER), "anything")
        return
    _wait_for_search(hub)


def console(loaded: Loaded, table: Table, *, rounds: int) -> None:
    """Time the pages of a member and of the secretariat."""
    with closing(build_hub(Settings(data=loaded.data))) as hub:
        _take_up(hub)
        found = in_turn(_measures(hub), rounds)
    for name, samples in found.items():
        table.add(SECTION, f"{name}, {loaded.objects:,} objects", "ms", samples, at_most(300))


def _take_up(hub: Hub) -> None:
    """Take up a person of the reader's partner and one of the secretariat."""
    members = hub.membership.members
    members.add_partner(_OPERATOR, Partner(SECRETARIAT, PartnerKind.MEMBER))
    reading, leading = frozenset({Role.READER}), frozenset({Role.SECRETARIAT})
    members.add_account(_OPERATOR, Account(_PERSON, READER, AccountKind.PERSON, reading))
    members.add_account(_OPERATOR, Account(_SECRETARY, SECRETARIAT, AccountKind.PERSON, leading))


def _measures(hub: Hub) -> dict[str, Measure]:
    person = hub.membership.acting(_PERSON)
    some_id = hub.exploring.search(person, "type:relationship").rows[0].id
    ends = hub.exploring.search(person, some_id).rows[0].id
    measures: dict[str, Measure] = {}
    for account, pages in _PAGES.items():
        browser = _Browser(hub, account)
        for name, path in pages.items():
            measures[name] = p50_ms(partial(browser.get, path.format(id=ends)), _CALLS)
    listed = "\n".join(f"value-{number}.example" for number in range(_LINES))
    measures[f"a list of {_LINES} values looked up"] = p50_ms(partial(_Browser(hub, _PERSON).look_up, listed), _CALLS)
    return measures


class _Browser:
    """One who is signed in."""

    def __init__(self, hub: Hub, account: str) -> None:
        secret, now = secrets.token_hex(32), datetime.now(UTC)
        self._csrf = secrets.token_hex(16)
        hub.store.sessions.start(Session(hashlib.sha256(secret.encode()).digest(), account, now, now, self._csrf))
        self._client = create_app(hub).test_client()
        self._client.set_cookie(COOKIE, secret)

    def get(self, path: str) -> None:
        """Ask for a page. Raises: RuntimeError: it is not what is to be measured."""
        self._check(path, self._client.get(path).status_code)

    def look_up(self, listed: str) -> None:
        """Send a list."""
        self._check("/search", self._client.post("/search", data={"csrf": self._csrf, "list": listed}).status_code)

    def _check(self, path: str, status: int) -> None:
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
