"""Stored and reflected XSS: whatever partners write, type or call their files, pages show it and nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html import unescape
from threading import Thread
from urllib.parse import quote

import pytest
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

from hub.console.doorkeeper import COOKIE
from hub.doors import PREFIX
from hub.model.collections import Collection, Intake, Right
from hub.model.members import Account, AccountKind, Role
from hub.store.base import Transaction
from stix_models.markings import Level
from tests.hub.console.browsing import Browser, Site
from tests.hub.console.chromium import MISSING, chromium
from tests.hub.console.conftest import site_of
from tests.hub.console.hostile import EVALUATED, HOSTILE, LINK, PROBE, objects
from tests.hub.console.markup import Page, barriers, strangers
from tests.hub.services.world import FRAUD, LOOSE, bundle, make_world

PERSONS = ("s-sue", "a-ada", "b-bob", "x-xan", "o-eve")
ODD = Collection("4d6d3a0e-5b0f-4c63-9d0a-7c1f1c5b8b77", HOSTILE[:190], intake=Intake.TRUSTED)
MOST_PAGES = 90
_TYPED = ("q", "object", "account", "start", "page", "before", "next", "done", "sort", "in", "out", "at", "given")
_RAN = "return [window.pwned ?? null, document.querySelectorAll(arguments[0]).length]"
_UPLOADS = (
    ("'><img src=x onerror=window.pwned=8>{{7*3119}}%s.json", "json", 303),
    ("<script>window.pwned=9</script>.csv", "csv", 303),
    ("../../../etc/<svg onload=1>.csv", "csv", 303),
    (f"{HOSTILE}.json", "json", 422),
    ('"; filename="<img src=x>.bin', "csv", 303),
    ("\u202e<script>.csv\u0000.exe", "csv", 303),
)
"""What files are called, what is in them, and how they are answered."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Fill a community with hostile things in every state: released, waiting, returned, drafted, asked, set up."""
    folder = tmp_path_factory.mktemp("hostile")
    with closing(make_world(folder)) as world:
        site = site_of(world, folder)
        fill(site)
        yield site


@pytest.fixture(scope="module")
def walked(site: Site) -> dict[str, dict[str, str]]:
    """Give the pages each person finds, by address."""
    return {name: dict(walk(site.browser(name), *starts())) for name in PERSONS}


def fill(site: Site) -> None:
    """Push, set up, ask and draft what is hostile."""
    world, hub = site.world, site.hub
    world.store.commit(_newcomers)
    world.push("b-push", LOOSE, *objects())
    world.push("b-push", ODD, *objects()[:3])
    waiting = world.push("a-push", FRAUD, *objects(Level.GREEN))
    sue, bob, xan = (world.actor(name) for name in ("s-sue", "b-bob", "x-xan"))
    ids = [item.object_id for item in waiting.items]
    world.review.send_back(sue, waiting.id, _reason(HOSTILE), frozenset(ids[:3]))
    world.review.reject(sue, waiting.id, _reason(LINK), frozenset(ids[3:6]))
    world.review.release(sue, waiting.id, frozenset(ids[6:9]))
    asked = hub.questions.ask(xan, str(objects()[0]["id"]), _reason(HOSTILE, 2_000))
    hub.questions.answer(bob, asked.id, _reason(HOSTILE, 2_000))
    sheet = (
        b"Domain,Seen,<img src=x>\none.example,2026-11-01,=1\ntwo.example,2026-11-01,x\n<svg onload=1>,2026-11-01,%s\n"
    )
    content = {"json": bundle(*objects()), "csv": sheet}
    ada = site.browser("a-ada")
    form = {"collection": FRAUD.id, "level": "green", "as_of": "2026-11-24", "act": "read", "producer": LINK[:200]}
    for name, kind, status in _UPLOADS:
        assert ada.post("/push", form | {"file": (io.BytesIO(content[kind]), name)}).status_code == status, name
    browser = site.browser("s-sue")
    browser.post("/partners", {"name": "odd", "kind": "member", "contact": HOSTILE, "agreement_ends": "2027-01-01"})
    browser.post("/access/must-hold", {"subject": "watch-o", "collection": FRAUD.id, "above": "clear", "why": HOSTILE})
    for name in PERSONS:
        site.browser(name).get("/", headers={"User-Agent": _reason(HOSTILE)})


def _newcomers(tx: Transaction) -> None:
    both = frozenset({Role.READER, Role.CONTRIBUTOR, Role.REVIEWER})
    tx.registry.put_account(Account("b-bob", "bank-b", AccountKind.PERSON, both))
    tx.registry.put_collection(ODD)
    tx.registry.open_right(Right.READ, "*", ODD.id)
    tx.registry.open_right(Right.WRITE, "partner:bank-b", ODD.id)


def _reason(text: str, most: int = 400) -> str:
    """Give the text as a person may type it: on one line, printable."""
    return "".join(sign for sign in text if sign.isprintable())[:most]


def walk(browser: Browser, *starts: str) -> Iterator[tuple[str, str]]:
    """Give pages with their addresses: those named, and what they lead to, each kind of address a few times."""
    queue, known, kinds = list(starts), set(starts), dict[str, int]()
    for at in range(MOST_PAGES):
        if at == len(queue):
            return
        answer = browser.get(queue[at])
        assert answer.status_code < 500, queue[at]
        if answer.mimetype != "text/html" or answer.location:
            continue
        yield queue[at], answer.text
        for tag, attributes in Page(answer.text).elements:
            path = unescape(attributes.get("href") or "").removeprefix("/console")
            kind = "/".join(path.partition("?")[0].split("/")[:2]) + str(path.count("/")) + str("?" in path)
            if tag == "a" and path.startswith("/") and path not in known and kinds.get(kind, 0) < 5:
                kinds[kind] = kinds.get(kind, 0) + 1
                known.add(path)
                queue.append(path)


def starts() -> Iterator[str]:
    """Give every list, and every object's page, with its neighbours."""
    yield from ("/", "/search?q=type:tool", f"/search?q={PROBE}", "/contributions", "/intake", "/questions", "/push")
    yield from ("/audit", "/feeds", "/tokens", "/groups", "/partners", "/access", "/why", "/you", "/view-as")
    yield from (f"/access/{ODD.id}", f"/access/{FRAUD.id}", "/partners/odd", "/tokens/setup")
    for each in objects():
        if each["type"] != "relationship":
            yield f"/objects/{each['id']}"


def assert_only_text(path: str, page: str) -> None:
    """Hold a page to our own markup."""
    assert list(strangers(Page(page))) == [], path
    assert EVALUATED not in page, path


@pytest.mark.parametrize("name", PERSONS)
def test_no_page_shows_anything_but_text(walked, name):
    """Every element, attribute and address of every page is one of our templates'; all that was written is there."""
    for path, page in walked[name].items():
        assert_only_text(path, page)
    assert sum(f"&lt;{PROBE}&gt;" in page for page in walked[name].values()) > 20


@pytest.mark.parametrize("name", PERSONS)
def test_every_page_is_open_to_everybody(walked, name):
    """Each field has a label, each table a caption, ids are there once, one heading says what the page is."""
    assert [f"{path}: {each}" for path, page in walked[name].items() for each in barriers(Page(page))] == []


@pytest.mark.parametrize("page", [f"<p>{HOSTILE}</p>", f'<a href="{LINK}">x</a>', '<p title="" onclick="x">x</p>'])
def test_what_is_not_escaped_would_be_found(page):
    """The comparison with our own markup catches what it is for."""
    assert list(strangers(Page(page))) != []


@pytest.mark.skipif(bool(MISSING), reason=MISSING)
def test_nothing_runs_in_a_browser(site, walked, tmp_path):
    """A real browser runs no script but ours, asks nobody else and breaks no rule of the policy, page by page."""
    with served(site) as base, chromium(base, tmp_path) as watched:
        for name in ("s-sue", "x-xan"):
            watched.open("/sign-in")
            cookie = site.browser(name).client.get_cookie(COOKIE, path=PREFIX)
            watched.driver.add_cookie({"name": COOKIE, "value": cookie.value, "path": PREFIX})
            for path in list(walked[name])[:60:2]:
                watched.open(path)
                assert watched.faults() == [], path
                assert watched.driver.execute_script(_RAN, PROBE) == [None, 0], path


@contextmanager
def served(site: Site) -> Iterator[str]:
    """Serve the console from a thread; give scheme, host and port."""
    server = make_server("127.0.0.1", 0, DispatcherMiddleware(NotFound(), {PREFIX: site.app}), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_objects_are_looked_at_while_they_wait(site):
    """The queue, a submission, its raw objects, its release and what becomes of it show text alone."""
    sue, ada = site.browser("s-sue"), site.browser("a-ada")
    waiting = re.findall('/console(/intake/[^"]*)', sue.get("/intake").text)[0]
    pages = {path: page for path, page in walk(sue, waiting) if "/intake" in path}
    release = sue.post(f"{waiting}/release")
    assert release.status_code == 200
    pages["release"] = release.text
    pages["refused"] = sue.post(f"{waiting}/reject", {"reason": ""}).text
    pages["told"] = ada.get(waiting.replace("/intake", "/contributions")).text
    for path, page in pages.items():
        assert_only_text(path, page)
    assert sum(f"&lt;{PROBE}&gt;" in page for page in pages.values()) > 5


@pytest.mark.parametrize("name", ["", "s-sue", "a-ada", "x-xan"])
def test_nothing_comes_back_from_an_address_but_text(site, name):
    """Reflected XSS: every page with every parameter hostile, and every part of an address."""
    browser, typed = site.browser(name), "&".join(f"{each}={quote(HOSTILE)}" for each in _TYPED)
    for rule in site.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "assets.show":
            continue
        path = rule.rule
        for part in rule.arguments:
            path = path.replace(f"<{part}>", quote(HOSTILE, safe="")).replace(f"<uuid:{part}>", quote(HOSTILE, safe=""))
        for address in (path, f"{path}?{typed}", f"{path}?q={quote(LINK)}&object={quote(LINK)}&next={quote(LINK)}"):
            answer = browser.get(address)
            assert answer.status_code < 500, address
            assert "pwned" not in " ".join(answer.headers.get_all("Set-Cookie"))
            assert not (answer.location or "/").startswith(("javascript:", "//"))
            if answer.mimetype == "text/html" and not answer.location:
                assert_only_text(address, answer.text)


@pytest.mark.parametrize("name", ["", "s-sue", "a-ada", "x-xan"])
def test_nothing_comes_back_from_a_form_but_text(tmp_path, name):
    """Every form with every field hostile: shown again as it was typed, or refused; never a fault of the hub's."""
    with closing(make_world(tmp_path)) as world:
        site = site_of(world, tmp_path)
        for rule in site.app.url_map.iter_rules():
            if "POST" not in (rule.methods or ()):
                continue
            browser, path = site.browser(name), rule.rule
            for part in rule.arguments:
                path = path.replace(f"<{part}>", _some(part, rule.endpoint))
            for text in (HOSTILE, LINK):
                answer = browser.post(path, dict.fromkeys(FIELDS, text))
                assert answer.status_code < 500, rule
                if answer.mimetype == "text/html" and not answer.location:
                    assert_only_text(path, answer.text)


FIELDS = (
    *(
        "account",
        "name",
        "kind",
        "contact",
        "agreement_ends",
        "roles",
        "identities",
        "reason",
        "marking",
        "join",
        "leave",
    ),
    *("title", "alias", "default_tlp", "default_group", "intake", "public", "subject", "collection", "above", "why"),
    *(
        "level",
        "group",
        "recipients",
        "producer",
        "as_of",
        "mapping",
        "format",
        "act",
        "object",
        "text",
        "list",
        "stamp",
    ),
    *(
        "networks",
        "expires",
        "collections",
        "overlap_hours",
        "password",
        "repeated",
        "current",
        "code",
        "label",
        "answer",
    ),
    *("next", "state", "objects", "kept_path", "kept.name", "kept_file", "elsewhere", f"cell:{FRAUD.id}:bank-a"),
)


def _some(part: str, endpoint: str) -> str:
    """Give what is there under a part of an address."""
    names = {"partners.account": "x-xan", "partners": "bank-a", "groups": "g-fraud", "access": FRAUD.id}
    room = endpoint.partition(".")[0]
    if endpoint in {"partners.change_account", "partners.cast", "partners.invite", "partners.rest_account"}:
        return "o-eve"
    return names.get(room, "nothing") if part in {"name", "id"} else "nothing"


def test_downloads_are_no_pages_and_hold_no_formula(site):
    """STIX, CSV and JSON lines are files of their own kind that a browser keeps, and no cell of one is a formula."""
    sue = site.browser("s-sue")
    sue.get(f"/search?q={quote(HOSTILE[:200])}")
    for path in (f"/objects/{objects()[0]['id']}/stix", "/audit/trail.csv", "/audit/trail.jsonl"):
        answer = sue.get(path)
        assert answer.mimetype not in {"text/html", "image/svg+xml", "text/xml"}
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(sue.get("/audit/trail.csv").text)))
    assert len(rows) > 5
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    for line in sue.get("/audit/trail.jsonl").text.splitlines():
        json.loads(line)
