"""Pushing a file from the browser, as its sender sees it."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest

from hub.model.collections import Collection
from stix_models.markings import Level
from tests.hub.console.browsing import Browser, Site, words
from tests.hub.services.world import FRAUD, LOOSE, bundle, domain

HIDDEN = Collection("2c6d3a0e-5b0f-4c63-9d0a-7c1f1c5b8b55", "Hidden")
SHEET = b"Domain,Seen\none.example,2026-11-01\ntwo.example,2026-11-02\nno domain,2026-11-03\n"


def push(browser: Browser, name: str, content: bytes, **fields: str):
    """Send the form with a file."""
    form = {"collection": FRAUD.id, "level": "amber", "as_of": "2026-11-24", "act": "read", **fields}
    return browser.post("/push", {**form, "file": (io.BytesIO(content), name)})


def draft_of(answer) -> str:
    """Give the address of the draft that was made, as it stands after /console."""
    assert answer.status_code == 303, words(answer)
    return answer.location.partition("/console")[2]


def test_a_file_is_read_shown_and_sent(site: Site):
    """A sheet is read, its findings and readers are shown, nothing is in the hub; sent, it waits for a reviewer."""
    ada = site.browser("a-ada")
    address = draft_of(push(ada, "iocs.csv", SHEET))
    said = words(ada.get(address))
    assert "3 read: 2 made into objects, 1 rejected" in said
    assert "row 4" in said
    assert "Only in all of these groups: g-fraud." in said
    assert "waits there for a reviewer" in said
    assert site.world.events() == []
    assert "iocs.csv" in words(ada.get("/push"))
    assert "It is sent." in words(ada.post(f"{address}/send", follow_redirects=True))
    assert ada.post(f"{address}/send").status_code == 303
    assert [action for _, action, _, _ in site.world.events()] == ["object:add"]
    assert "iocs.csv" not in words(ada.get("/push"))


def test_stix_goes_through_as_it_is(site: Site):
    """A bundle to a collection that trusts its pushers is with its readers at once, byte for byte."""
    ada, raw = site.browser("a-ada"), json.dumps(domain("kept.test", "clear"), indent=3).encode()
    body = b'{"type":"bundle","objects":[' + raw + b"]}"
    address = draft_of(push(ada, "bundle.json", body, collection=LOOSE.id))
    assert "to its readers at once" in words(ada.get(address))
    ada.post(f"{address}/send")
    assert [entry.body for entry in site.world.feed("x-pull", LOOSE)] == [raw]


@pytest.mark.parametrize(
    ("level", "recipients", "says"),
    [
        ("clear", "", "Everybody who may read Loose."),
        ("green", "", "Members and relays who may read Loose."),
        ("amber", "", "Only your organisation"),
        ("red", "", "Only your own account."),
        ("red", "x-xan, x-pull", "x-pull, x-xan: those of them who may read Loose"),
    ],
)
def test_who_would_get_it_is_said_in_words(site: Site, level, recipients, says):
    """The page names readers before anything is sent, the level always with its word."""
    ada = site.browser("a-ada")
    content = bundle(domain("one.test", Level(level)))
    said = words(ada.get(draft_of(push(ada, "b.json", content, collection=LOOSE.id, recipients=recipients))))
    assert says in said
    assert f"TLP:{level.upper()}" in said


def test_a_draft_is_thrown_away(site: Site):
    """Discarded, it is gone for good, and its page is like that of one that never was."""
    ada = site.browser("a-ada")
    address = draft_of(push(ada, "iocs.csv", SHEET))
    assert "thrown away" in words(ada.post(f"{address}/discard", follow_redirects=True))
    never = ada.get("/push/8f7f5a0e-5b0f-4c63-9d0a-7c1f1c5b8b55")
    assert (ada.get(address).status_code, ada.get(address).data) == (404, never.data)


def test_nobody_else_sees_a_draft(site: Site):
    """To a colleague with the same rights it is as if it were not there; the secretariat prepares none."""
    address = draft_of(push(site.browser("a-ada"), "iocs.csv", SHEET))
    for name in ("x-xan", "s-sue", "o-eve"):
        browser = site.browser(name)
        assert browser.get(address).status_code in {403, 404}
        assert browser.post(f"{address}/send").status_code in {403, 404}
        assert browser.get("/push").status_code == 403
    assert site.world.events() == []


def bomb() -> bytes:
    """Write a workbook of a few kilobytes that becomes many megabytes."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("xl/workbook.xml", b" " * (200 << 20))
    return kept.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("deep.json", b'{"objects":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested"),
        ("bomb.xlsx", None, "bomb.xlsx"),
        ("none.csv", b"Name,Age\nAda,36\n", "There are: Name, Age"),
        ("<b>.csv", b"Name,Age\nAda,36\n", "<b>.csv"),
        ("", SHEET, "choose a file"),
    ],
)
def test_what_can_not_be_read_says_why_and_keeps_the_form(site: Site, name, content, says):
    """A bomb, deep nesting, an unknown file: the page names the file and what to do, and what was typed stands."""
    ada = site.browser("a-ada")
    answer = push(ada, name, bomb() if content is None else content, recipients="x-xan", producer="ACME <b>")
    assert answer.status_code in {413, 422}
    assert says in words(answer)
    assert 'value="x-xan"' in answer.text
    assert "ACME &lt;b&gt;" in answer.text
    assert "<b>" not in answer.text
    assert "hub-upload" not in answer.text
    assert site.world.store.drafts.of("a-ada") == ()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("level", "purple"),
        ("group", "g-secret"),
        ("recipients", "No Name!"),
        ("as_of", "tomorrow"),
        ("format", "docx"),
        ("producer", "x" * 201),
    ],
)
def test_a_wrong_field_is_named(site: Site, field, value):
    """The finding stands at its field; nothing is kept."""
    answer = push(site.browser("a-ada"), "iocs.csv", SHEET, **{field: value})
    assert answer.status_code == 422
    assert f'id="wrong-{field}"' in answer.text
    assert site.world.store.drafts.of("a-ada") == ()


def test_a_collection_one_may_not_push_to_is_not_there(site: Site):
    """An absent collection and one that is only another's give the same page, byte for byte."""
    site.world.store.commit(lambda tx: tx.registry.put_collection(HIDDEN))
    ada = site.browser("a-ada")
    absent = push(ada, "iocs.csv", SHEET, collection="1c6d3a0e-5b0f-4c63-9d0a-000000000000")
    hidden = push(ada, "iocs.csv", SHEET, collection=HIDDEN.id)
    assert (absent.status_code, absent.data) == (404, hidden.data)
    assert "Hidden" not in ada.get("/push").text


def test_a_first_mapping_is_shown_and_can_be_changed(site: Site):
    """The form comes back with the mapping in its field, ready to be sent with the file again."""
    ada = site.browser("a-ada")
    answer = push(ada, "iocs.csv", SHEET, act="mapping")
    typed = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.text, re.DOTALL)
    assert answer.status_code == 200
    assert typed is not None
    assert "Domain" in typed[1]
    assert site.world.store.drafts.of("a-ada") == ()


def test_too_many_drafts_are_a_clash(site: Site):
    """A sixth file waits for one of the others to go; the page says so."""
    ada = site.browser("a-ada")
    for _ in range(5):
        draft_of(push(ada, "b.json", bundle(domain("one.test", "clear"))))
    answer = push(ada, "b.json", bundle(domain("one.test", "clear")))
    assert answer.status_code == 409
    assert "discard one first" in words(answer)


def test_no_text_of_a_file_becomes_a_part_of_the_page(site: Site):
    """What a hostile sheet says in its cells and columns is shown as text (stored XSS)."""
    ada = site.browser("a-ada")
    content = b"Domain,Seen,<img src=x onerror=alert(1)>\none.example,2026-11-01,x\n"
    content += b'two.example,2026-11-02,\n"<script>alert(2)</script>",2026-11-01,y\n'
    page = ada.get(draft_of(push(ada, "<svg onload=alert(3)>.csv", content))).text
    assert "&lt;script&gt;alert(2)" in page
    for hostile in ("<img", "<script>alert", "<svg onload"):
        assert hostile not in page.partition("<main")[2]
