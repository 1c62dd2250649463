"""Uploads that are made to hurt: each is answered with a page that says what is wrong, and nothing of it is kept."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, stream_encode_multipart

from hub.application import assemble
from hub.settings import Settings
from tests.hub.console.browsing import ORIGIN, Browser, Site, words
from tests.hub.console.markup import Page, strangers
from tests.hub.services.world import FRAUD, bundle, domain, make_world

LIMIT = 2_000_000
"""The most bytes of a push, here."""

_TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Override PartName="/xl/workbook.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    b'<Override PartName="/xl/worksheets/sheet1.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="{}" Target="{}"/></Relationships>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET = '<sheet name="S" sheetId="1" r:id="rId1"/>'
_BOOK = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{_SHEET}</sheets></workbook>'
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
_DTD = f'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY l0 "ha">{_LAUGHS}]>'
_OUTSIDE = '<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY l11 SYSTEM "file:///etc/passwd">]>'


def workbook(*pieces: bytes, times: int = 1) -> bytes:
    """Write a workbook of one sheet whose XML is the pieces, the middle ones many times."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS.format(f"{_OFFICE}/officeDocument", "xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", _BOOK)
        archive.writestr(
            "xl/_rels/workbook.xml.rels", _RELATIONS.format(f"{_OFFICE}/worksheet", "worksheets/sheet1.xml")
        )
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(pieces[0])
            for _ in range(times):
                sheet.write(b"".join(pieces[1:-1]))
            sheet.write(pieces[-1])
    return kept.getvalue()


def sheet_of(rows: bytes, times: int) -> bytes:
    """Write a workbook with rows again and again."""
    head = f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode()
    return workbook(head, rows, b"</sheetData></worksheet>", times=times)


def entities(prologue: str) -> bytes:
    """Write a workbook whose cell is an entity of its own document type."""
    head = f'{prologue}<worksheet xmlns="{_MAIN}"><sheetData>'.encode()
    return workbook(head, b'<row><c t="inlineStr"><is><t>&l11;</t></is></c></row>', b"</sheetData></worksheet>")


def many_parts() -> bytes:
    """Write an archive of thousands of empty parts."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        for number in range(15_000):
            archive.writestr(f"xl/{number}", b"")
    return kept.getvalue()


_CELLS = b"<row>" + b"<c><v>1</v></c>" * 1_000 + b"</row>"
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "ten million cells": ("b.xlsx", lambda: sheet_of(_CELLS, 10_000)),
    "two cells far apart": ("b.xlsx", lambda: sheet_of(b"<row r='1'><c/></row><row><c r='XFD1048576'/></row>", 1)),
    "a sheet of blanks": ("b.xlsx", lambda: sheet_of(b" " * 1_000_000, 300)),
    "a billion laughs": ("b.xlsx", lambda: entities(_DTD)),
    "a file of this machine": ("b.xlsx", lambda: entities(_OUTSIDE)),
    "many parts": ("b.xlsx", many_parts),
    "no archive": ("b.xlsx", lambda: b"PK\x03\x04" + b"\xff" * 1_000),
    "deep lists": ("b.json", lambda: b'{"objects":' + b"[" * 500_000 + b"]" * 500_000 + b"}"),
    "deep objects": ("b.json", lambda: b'{"objects":[' + b'{"a":' * 200_000 + b"1" + b"}" * 200_000 + b"]}"),
    "never closed": ("b.json", lambda: b'{"objects":[' + b"[" * 1_000_000),
    "many lists": ("b.json", lambda: b'{"type":"bundle","objects":[' + b"[]," * 600_000 + b"[]]}"),
    "a number of a million digits": ("b.json", lambda: b'{"type":"bundle","objects":[' + b"9" * 1_000_000 + b"]}"),
    "no number": ("b.json", lambda: b'{"type":"bundle","objects":[{"type":NaN,"x_a":Infinity}]}'),
    "half a character": ("b.json", lambda: b'{"type":"bundle","objects":[{"type":"\\ud800","id":"\xff\xfe"}]}'),
    "a line without an end": ("b.csv", lambda: b"Domain,Seen\n" + b"a" * 1_900_000),
    "a column a letter": ("b.csv", lambda: b"a," * 400_000 + b"\n" + b"1," * 400_000),
    "a quote without an end": ("b.csv", lambda: b'Domain,Seen\n"' + b"one.example,2026\n" * 50_000),
    "zeros": ("b.csv", lambda: b"\0" * 1_000_000),
    "nothing": ("b.csv", lambda: b""),
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Open a console that takes small pushes, with a folder of its own for what it keeps for a moment."""
    (tmp_path / "moment").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "moment"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "moment"))
    with closing(make_world(tmp_path)) as world:
        settings = Settings(data=tmp_path, max_content_bytes=LIMIT, max_object_bytes=LIMIT)
        yield Site(world, assemble(settings, world.store))
        assert list((tmp_path / "moment").iterdir()) == []


def push(browser: Browser, name: str, content: bytes, **more: object) -> TestResponse:
    """Send the form with a file."""
    form: dict[str, object] = {
        "csrf": browser.csrf,
        "collection": FRAUD.id,
        "level": "green",
        "as_of": "2026-11-24",
        "act": "read",
    }
    file = FileStorage(io.BytesIO(content), name)
    # Written in memory: the client itself would leave a large body to a file that it forgets to close.
    body, _, boundary = stream_encode_multipart({**form, **more, "file": file}, use_tempfile=False)
    return browser.client.post(
        "/push",
        base_url=f"{ORIGIN}/console",
        data=body.read(),
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={"Origin": ORIGIN},
    )


def assert_refused(site: Site, answer: TestResponse, *statuses: int) -> None:
    """Hold an answer to what a refusal is: a page of ours with the right status, and nothing kept."""
    assert answer.status_code in statuses, words(answer)[:500]
    assert list(strangers(Page(answer.text))) == []
    assert "<h1>" in answer.text
    assert "Traceback" not in answer.text
    assert "/moment" not in answer.text
    assert site.world.store.drafts.of("a-ada") == ()
    assert site.world.events() == []


@pytest.mark.parametrize("bomb", BOMBS)
def test_what_is_made_to_hurt_is_refused(site, bomb):
    """The file is named, what was typed stands, nothing is kept; the next file is read as if nothing had been."""
    name, content = BOMBS[bomb]
    ada = site.browser("a-ada")
    answer = push(ada, name, content(), producer="Typed before")
    assert_refused(site, answer, 413, 422)
    assert "Typed before" in answer.text
    assert "root:" not in answer.text
    assert push(ada, "good.json", bundle(domain("good.test", "green"))).status_code == 303


def test_a_file_above_the_limit_is_refused_at_its_form(site):
    """Just above what a push may have: the page says how much that is."""
    answer = push(site.browser("a-ada"), "large.csv", b"a" * (LIMIT + 1))
    assert_refused(site, answer, 413)
    assert f"more than the {LIMIT}" in words(answer)


def test_a_body_above_all_limits_is_not_read(site):
    """Far above, the hub reads none of it, and has a page for that too."""
    assert_refused(site, push(site.browser("a-ada"), "large.csv", b"a" * (LIMIT + 2_000_000)), 413)


def test_a_field_as_large_as_a_file_is_refused(site):
    """What is no file stays small."""
    assert_refused(site, push(site.browser("a-ada"), "a.csv", b"x", mapping="a" * 1_500_000), 413)


def test_five_thousand_parts_are_refused(site):
    """A form has no more fields than a page of ours may have."""
    many = {f"field{number}": "x" for number in range(5_000)}
    assert_refused(site, push(site.browser("a-ada"), "a.csv", b"x", **many), 413)


def test_a_form_that_breaks_off_is_refused(site):
    """A body that is no form, or not whole, is one without a token."""
    ada = site.browser("a-ada")
    token = b'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n' + ada.csrf.encode()
    for body in (b"", b"--b\r\n", token):
        answer = ada.client.post(
            "/push",
            base_url=f"{ORIGIN}/console",
            data=body,
            content_type="multipart/form-data; boundary=b",
            headers={"Origin": ORIGIN},
        )
        assert_refused(site, answer, 400, 403)


def test_who_has_not_signed_in_leaves_nothing(site):
    """Without a session a file is not kept, whatever its size."""
    for size in (10, LIMIT + 500_000):
        answer = push(site.browser(), "a.csv", b"a" * size)
        assert answer.status_code in {200, 303, 302, 401, 413}
        assert site.world.events() == []
