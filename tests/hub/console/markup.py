"""What a page's markup may be: the elements and attributes of our own templates, and labels for everybody."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import hub.console
from hub.doors import PREFIX

_TEMPLATES = Path(hub.console.__file__).with_name("templates")
_JINJA = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
_ASSETS = {("script", "src"), ("script", "integrity"), ("script", "defer"), ("link", "integrity")}
"""What hub.console.assets adds."""

_QR = {("svg", name) for name in ("width", "height", "class", "stroke", "xmlns")} | {
    (tag, name) for tag in ("path", "g") for name in ("", "transform", "class", "fill", "stroke", "d")
}
"""What segno draws."""

_ADDRESSES = {"href", "src", "action", "formaction"}
_VOID = {"meta", "link", "img", "input", "br", "hr"}
_FIELDS = {"input", "select", "textarea"}


@dataclass
class Page(HTMLParser):
    """A page's tree as far as the laws go. elements: tag and attributes of each, in order."""

    text: str
    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _in_labels: list[int] = field(default_factory=list)
    labelled: set[int] = field(default_factory=set)
    captioned: set[int] = field(default_factory=set)
    _tables: list[int] = field(default_factory=list)
    unbalanced: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.feed(self.text)
        self.close()
        self.unbalanced += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element in."""
        number = len(self.elements)
        self.elements.append((tag, dict(attrs)))
        if tag in _FIELDS and "label" in self._open:
            self.labelled.add(number)
        if tag == "table":
            self._tables.append(number)
        if tag == "caption" and self._tables:
            self.captioned.add(self._tables[-1])
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in an element that closes itself, as those of SVG do."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close an element."""
        if self._open and self._open[-1] == tag:
            self._open.pop()
        else:
            self.unbalanced.append(f"/{tag}")
        if tag == "table" and self._tables:
            self._tables.pop()


def strangers(page: Page) -> Iterator[str]:
    """Say what of a page is no markup of ours: an element, an attribute, an address, a tag that closes nothing."""
    known = vocabulary()
    tags = {tag for tag, _ in known}
    yield from page.unbalanced
    for tag, attributes in page.elements:
        if tag not in tags:
            yield f"<{tag}>"
        for name, value in attributes.items():
            if (tag, name) not in known or name.startswith("on") or name in {"style", "srcdoc"}:
                yield f"<{tag} {name}>"
            if name in _ADDRESSES and not _is_ours(value or ""):
                yield f"<{tag} {name}={value!r}>"


@cache
def vocabulary() -> frozenset[tuple[str, str]]:
    """Give every element of our templates with every attribute it has in any of them; "" for the element itself."""
    found = {(tag, name) for tag, name in _ASSETS | _QR}
    for file in _TEMPLATES.rglob("*.html"):
        for tag, attributes in Page(_JINJA.sub("", file.read_text("utf-8"))).elements:
            found |= {(tag, ""), *((tag, name) for name in attributes)}
    return frozenset(found)


def barriers(page: Page) -> Iterator[str]:
    """Say what of a page shuts somebody out: fields without a label, tables without a caption, ids that repeat."""
    tags, ids = [tag for tag, _ in page.elements], Counter(a["id"] for _, a in page.elements if a.get("id"))
    labels = {a.get("for") for tag, a in page.elements if tag == "label"}
    if tags.count("h1") != 1:
        yield f"{tags.count('h1')} h1"
    yield from (f"id {id_} {count} times" for id_, count in ids.items() if count > 1)
    for number, (tag, a) in enumerate(page.elements):
        named = number in page.labelled or a.get("id") in labels or a.get("aria-label") or a.get("aria-labelledby")
        if tag in _FIELDS and a.get("type") not in {"hidden", "submit"} and not named:
            yield f"<{tag} name={a.get('name')!r}> without a label"
        if tag == "table" and number not in page.captioned:
            yield f"table {number} without a caption"
        if tag == "th" and not a.get("scope"):
            yield "th without a scope"
        if tag == "img" and a.get("alt") is None:
            yield "img without a text"
        if tag == "form" and a.get("method") == "post" and "csrf" not in _names_after(page, number):
            yield f"form {a.get('action')!r} without a token"


def _names_after(page: Page, number: int) -> set[str | None]:
    """Give the names of the fields of a form."""
    names = set()
    for tag, attributes in page.elements[number + 1 :]:
        if tag == "form":
            break
        names.add(attributes.get("name"))
    return names


def _is_ours(address: str) -> bool:
    return address == "" or address.startswith((f"{PREFIX}/", "#"))
