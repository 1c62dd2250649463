"""What the browser loads: shipped with the hub, known by hash, nothing inline."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from hub.console import assets

CONSOLE = Path(assets.__file__).resolve().parent
STATIC = CONSOLE / "static"
TEMPLATES = sorted(CONSOLE.rglob("*.html"))


@pytest.mark.parametrize("name", list(assets.manifest()))
def test_every_asset_is_what_the_manifest_says(name):
    """Its SHA-384 is made anew here; it has a licence and a source, and a version if it is somebody else's."""
    known = assets.manifest()[name]
    digest = base64.b64encode(hashlib.sha384((STATIC / known["file"]).read_bytes()).digest()).decode()
    assert known["integrity"] == f"sha384-{digest}"
    assert known["licence"]
    assert known["source"] == "ours" or known["version"] in known["file"]


def test_nothing_is_shipped_that_the_manifest_does_not_name():
    """A file without a licence and a hash has no place in the package."""
    named = {each["file"] for each in assets.manifest().values()}
    assert {path.name for path in STATIC.iterdir()} == named | {"manifest.json"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(CONSOLE).as_posix())
def test_a_template_has_no_script_or_style_of_its_own(template):
    """The policy would block them, and a page that needs an exception has a hole."""
    page = re.sub(r"\{#.*?#\}", "", template.read_text("utf-8"), flags=re.DOTALL)
    assert re.findall(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:|\|\s*safe\b|hx-on", page) == []


def test_assets_are_for_everybody_and_kept_by_the_browser(site):
    """They are loaded before anybody signs in; their address changes with their content."""
    answer = site.browser().get("/static/app.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    assert site.browser().get("/static/manifest.json").status_code == 404
    assert site.browser().get("/static/..%2fapp.py").status_code != 200
