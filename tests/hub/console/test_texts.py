"""What the console says: every word in one place, ready for another language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hub.console import texts

CONSOLE = Path(texts.__file__).resolve().parents[1]
TEMPLATES = sorted(CONSOLE.rglob("*.html"))
SOURCES = [*TEMPLATES, *sorted(CONSOLE.rglob("*.py"))]

_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_UNTRANSLATED = re.compile(r"<kbd>.*?</kbd>|<code>.*?</code>|<pre.*?</pre>|<title>.*?</title>|<meta[^>]*>", re.DOTALL)
_ATTRIBUTE = re.compile(r'\b(?:aria-label|title|placeholder|alt)="([^"]*)"')
_FIXED = re.compile(r"""["'](?P<key>[a-z_]+(?:\.[a-z0-9_]+)+)["'](?P<more>\s*~)?""")
_BUILT = re.compile(r"""["'](?P<start>[a-z_]+(?:\.[a-z0-9_]+)*\.)["']\s*~|f"(?P<begun>[a-z_]+\.[a-z0-9_.]*)\{""")


def _keys() -> set[str]:
    return set(texts.catalogue(texts.DEFAULT))


def _used() -> tuple[set[str], set[str]]:
    """Give the keys that are written out somewhere, and the beginnings of those that are put together."""
    said = "\n".join(path.read_text("utf-8") for path in SOURCES)
    begun = {found["start"] or found["begun"] for found in _BUILT.finditer(said)}
    return {found["key"] for found in _FIXED.finditer(said)}, begun


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(CONSOLE).as_posix())
def test_a_template_has_no_words_of_its_own(template):
    """What people read comes from the texts, in attributes too."""
    page = template.read_text("utf-8")
    spoken = " ".join(_JINJA.sub(" ", found) for found in _ATTRIBUTE.findall(page))
    bare = re.sub(r"<[^>]*>", " ", _UNTRANSLATED.sub(" ", _JINJA.sub(" ", page)))
    assert re.findall(r"[A-Za-z]{2,}", f"{bare} {spoken}") == []


def test_every_key_that_is_asked_for_is_there():
    """A key without a text would be an error in the middle of a page."""
    rooms = {key.partition(".")[0] for key in _keys()}
    plural = {key.rsplit(".", 1)[0] for key in _keys() if key.endswith((".one", ".other"))}
    asked = re.compile(r"""\bt\(\s*["']([a-z0-9_.]+)["']\s*[,)]""")
    missing = {key for path in SOURCES for key in asked.findall(path.read_text("utf-8")) if key not in _keys() | plural}
    assert rooms
    assert missing == set()


def test_every_text_is_used():
    """A text that nothing says any more goes."""
    written, begun = _used()
    idle = {
        key
        for key in _keys()
        if not (key in written or key.rsplit(".", 1)[0] in written or any(key.startswith(each) for each in begun))
    }
    assert {key for key in idle if not key.startswith(("done.", "navigation.", "refused."))} == set()


def test_every_notice_after_an_act_is_told_somewhere():
    """`done.KEY` is what `go(…, done="KEY")` names."""
    said = "\n".join(path.read_text("utf-8") for path in SOURCES)
    keys = {key.removeprefix("done.") for key in _keys() if key.startswith("done.")}
    assert {key for key in keys if f'"{key}"' not in said} == set()


def test_numbers_choose_between_one_and_many_and_are_grouped():
    """A sentence fits its number in every language that has the two forms."""
    assert texts.say("en", "partners.shown", n=1) == "1 partner, by name"
    assert texts.say("en", "partners.shown", n=1200) == "1,200 partners, by name"
