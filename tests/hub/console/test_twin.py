"""S17 for pages: two consoles that differ only in what an account may not see show it the same bytes.

What everybody may know of is played on both hubs, a second of the test clock apart; in between one hub gets all that
is hidden from the readers. Then each reader walks: from every page he is offered to every page it leads to.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import unified_diff
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.test import TestResponse

from hub.console.doorkeeper import COOKIE
from hub.doors import PREFIX
from hub.model.entrance import Session
from stix_models.markings import TLP_MARKING, Level
from tests.hub.console.browsing import Browser
from tests.hub.console.twins import HERON, OTHER_GROUP, OWL, READERS, SECOND, SECRET, Twin, hide, make, sdo_id, visible
from tests.hub.services.world import (
    FRAUD,
    GROUP,
    UNKNOWN,
    bundle,
    domain,
    domain_id,
)

MOST_PAGES = 350
"""How many pages a reader opens; what is named in `asked` comes first."""

_LINK = re.compile(rf'(?:href|action)="{PREFIX}(/[^"#]*)')
_BY_CHANCE = ("/you/",)
"""Pages that offer a new secret each time."""


@pytest.fixture
def twins(tmp_path: Path) -> Iterator[tuple[Twin, Twin]]:
    """Make both hubs and play them to the end."""
    with ExitStack() as stack:
        plain, full = (make(tmp_path / name, stack) for name in ("plain", "full"))
        for step, _ in enumerate(zip(visible(plain), visible(full), strict=True)):
            full.wall.now += SECOND
            hide(full, step)
            plain.wall.now = full.wall.now = full.wall.now + SECOND
        yield plain, full


@dataclass
class Pair:
    """One reader's browsers at both hubs, under the same secrets."""

    who: str
    twins: tuple[Twin, Twin]
    browsers: tuple[Browser, Browser] = field(init=False)

    def __post_init__(self) -> None:
        now = datetime.fromtimestamp(self.twins[0].wall.now / SECOND, UTC)
        self.browsers = (self._seat(self.twins[0], now), self._seat(self.twins[1], now))

    def _seat(self, twin: Twin, now: datetime) -> Browser:
        secret, csrf, client = "5" * 64, "c" * 32, twin.site.app.test_client()
        twin.world.store.sessions.start(Session(hashlib.sha256(secret.encode()).digest(), self.who, now, now, csrf))
        client.set_cookie(COOKIE, secret, path=PREFIX)
        return Browser(client, csrf)

    def ask(
        self, path: str, form: dict[str, Any] | None = None, file: bytes | None = None
    ) -> tuple[list[str], list[str]]:
        """Send the same to both hubs; give what each tells."""
        answers = []
        for twin, browser in zip(self.twins, self.browsers, strict=True):
            where = twin.full(self.who, path)
            sent = None if form is None else form | ({"file": (io.BytesIO(file), "own.json")} if file else {})
            answer = browser.get(where) if sent is None else browser.post(where, sent)
            answers.append(self._told(twin, answer))
        return answers[0], answers[1]

    def same(self, path: str, form: dict[str, Any] | None = None, file: bytes | None = None) -> str:
        """Send the same to both and compare every byte; give the page."""
        first, second = self.ask(path, form, file)
        if first != second and form is None:  # the minute that some pages tell of had ended in between
            first, second = self.ask(path)
        assert "\n".join(unified_diff(first, second, self.who, path, lineterm="", n=0)) == ""
        return "\n".join(first)

    def _told(self, twin: Twin, answer: TestResponse) -> list[str]:
        """Give status, headers and body, line by line."""
        headers = [f"{name}: {value}" for name, value in sorted(answer.headers.items())]
        lines = [answer.status, *headers, *answer.get_data(as_text=True).split("\n")]
        return [twin.plain(self.who, line) for line in lines]


def asked() -> Iterator[str]:
    """Give the addresses that a reader may type, whatever he is offered."""
    yield from ("/", "/search", "/contributions", "/intake", "/questions", "/groups", "/feeds", "/audit", "/tokens")
    yield from ("/partners", "/access", "/push", "/why", "/you", "/view-as", "/tokens/setup", "/audit/trail.csv")
    queries: tuple[str, ...] = (
        "heron",
        "hero",
        "herons",
        "red0.test",
        "shop",
        "shop.test",
        "type:tool",
        "type:domain-name",
        "tlp:red",
    )
    queries += ("tlp:clear", "source:bank-a", "source:corp-c", "source:Secret", "seen:2026-11", "hidden", "domain")
    queries += (domain_id("red0.test"), domain_id("nowhere.test"), "Night Owl", "c1.test", "drafted")
    for query in queries:
        yield f"/search?q={quote(query)}"
        yield f"/search?q={quote(query)}&sort=newest"
    yield from (f"/search?q=shop&page={page}" for page in (2, 3))
    values = ("red0", "of-red0", "withheld0", "amber0", "alone0", "c0", "secret0", "waits0", "dangling0", "shop-3")
    ids = [HERON, OWL, *(domain_id(f"{value}.test") for value in values), sdo_id("report", "Hidden heron report 0")]
    ids += [domain_id("nowhere.test"), sdo_id("campaign", "Heron of a machine 0"), "report--nonsense", UNKNOWN]
    ids += [OTHER_GROUP, GROUP, TLP_MARKING[Level.GREEN]]
    for id_ in ids:
        yield from (f"/objects/{id_}", f"/objects/{id_}/stix", f"/why?object={id_}", f"/questions?object={id_}")
    yield from (f"/objects/{HERON}/marking", "/groups/g-other", "/groups/g-none", "/accounts/c-cil", "/partners/corp-c")
    yield from (f"/access/{SECRET.id}", "/tokens/setup?account=c-push", "/tokens/setup?account=nobody")


def walk(pair: Pair) -> None:
    """Open what a reader may ask for and what those pages lead to, and compare it."""
    queue = list(dict.fromkeys(asked()))
    known = set(queue)
    for at in range(MOST_PAGES):
        if at == len(queue):
            return
        found = map(unescape, _LINK.findall(pair.same(queue[at])))
        new = [path for path in dict.fromkeys(found) if not path.startswith(_BY_CHANCE) and path not in known]
        known.update(new)
        queue += new


@pytest.mark.parametrize("who", READERS)
def test_no_page_tells_of_what_is_hidden(twins, who):
    """Every page, download, search, count, order, page break, graph and header is the twin's, byte for byte."""
    walk(Pair(who, twins))


@pytest.mark.parametrize("account", ["x-xan", "b-bob"])
def test_who_looks_as_an_account_is_told_no_more_than_it(twins, account):
    """S8: the secretariat, looking as an account, finds on both hubs what both may see, and the same count beyond."""
    for twin in twins:
        twin.own["s-sue"] = twin.own[account]
    pair = Pair("s-sue", twins)
    assert "303" in pair.same("/view-as", {"account": account, "reason": "a call"})
    assert f"You look as {account}" in pair.same("/search?q=heron")
    walk(pair)


@pytest.mark.parametrize("who", READERS)
def test_no_form_tells_of_what_is_hidden(twins, who):
    """Looked up, asked about, pushed, decided or renewed: what is hidden answers as if it were not there."""
    pair = Pair(who, twins)
    names = ("red0", "amber1", "c1", "withheld0", "secret0", "shop-1", "nowhere", "waits1")
    pair.same("/search", {"list": "\n".join([*(f"{name}.test" for name in names), "Glass Heron", "heron"])})
    for name in (*names[:5], *names[6:]):
        pair.same("/questions", {"object": domain_id(f"{name}.test"), "text": "What is it?"})
    pair.same(f"/objects/{domain_id('red0.test')}/marking/preview", {"level": "red", "reason": "why not"})
    pair.same("/groups", {"name": "g-other"})
    pair.same("/tokens", {"account": "c-push"})
    for collection in (SECRET.id, FRAUD.id, "00000000-0000-4000-8000-000000000000"):
        form = {"collection": collection, "level": "green", "as_of": "2026-11-24", "act": "read", "group": "g-other"}
        pair.same("/push", form, bundle(domain("red0.test", "clear")))


def test_a_push_over_hidden_ids_is_told_of_alike(twins):
    """A draft, its sending and what became of it say nothing of others' objects of the same ids."""
    pair = Pair("b-bob", twins)
    (draft,) = [number for number, _ in enumerate(twins[0].own["b-bob"])][-1:]
    assert "3" in pair.same(f"/push/OWN-{draft}-")
    pair.same(f"/push/OWN-{draft}-/send", {})
    page = pair.same(f"/contributions/OWN-{draft}-")
    assert domain_id("alone0.test") in page
    for path in ("/", "/contributions", "/search?q=alone0.test", f"/objects/{domain_id('alone0.test')}"):
        pair.same(path)


def test_the_consoles_do_differ(twins):
    """Who may see it is shown what the other hub has not: the comparison compares something."""
    pair = Pair("s-sue", twins)
    for twin in twins:
        twin.own["s-sue"] = []
    for path in ("/search?q=heron", "/intake", "/partners", "/groups", f"/objects/{HERON}", "/audit", "/questions"):
        first, second = pair.ask(path)
        assert first != second, path
