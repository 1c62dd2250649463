"""W13: an object's page and its download."""

from __future__ import annotations

import json
import re

from stix_models.markings import TLP_MARKING, Level
from tests.hub.console.browsing import Site, words
from tests.hub.services.world import GROUP, LOOSE, OPERATOR, bundle, domain, domain_id

DATES = {"created": "2026-01-01T00:00:00.000Z", "modified": "2026-02-01T00:00:00.000Z"}
GREEN = [TLP_MARKING[Level.GREEN]]
STRICT = [TLP_MARKING[Level.AMBER_STRICT], GROUP]


def sdo(type_: str, number: int, markings: list[str], **more: object) -> dict[str, object]:
    """Write an object of a type."""
    id_ = f"{type_}--00000000-0000-4000-8000-{number:012d}"
    return {"type": type_, "spec_version": "2.1", "id": id_, "object_marking_refs": markings, **DATES, **more}


def path(value: dict[str, object]) -> str:
    """Give the address of an object's page."""
    return f"/objects/{value['id']}"


GANG = sdo("intrusion-set", 1, GREEN, name="Black Basta", aliases=["Cardinal"], first_seen="2024-05-01T00:00:00Z")
TOOL = sdo("tool", 2, GREEN, name="QakBot", description="a loader\nof others")
SECRET = sdo("tool", 3, STRICT, name="QakBot builder")
USES = sdo("relationship", 5, GREEN, relationship_type="uses", source_ref=GANG["id"], target_ref=TOOL["id"])
USES_SECRET = sdo("relationship", 6, STRICT, relationship_type="uses", source_ref=GANG["id"], target_ref=SECRET["id"])
REPORT = sdo("report", 7, GREEN, name="On it", published="2026-03-01T00:00:00Z", object_refs=[GANG["id"]])


def fill(site: Site) -> None:
    """Release what the tests look at."""
    site.world.push("b-push", LOOSE, GANG, TOOL, USES, REPORT, domain("a.test", "clear"))
    site.world.push("a-push", LOOSE, SECRET, USES_SECRET)


def test_a_page_tells_all_there_is_to_tell(site: Site):
    """Names, level as a word, properties, links both ways with their ends, picture, versions, raw form."""
    fill(site)
    page = site.browser("x-xan").get(path(GANG))
    said = words(page)
    assert page.status_code == 200
    for text in (
        "Black Basta",
        "TLP:GREEN",
        "Cardinal",
        "2024-05-01",
        "uses → QakBot",
        "On it",
        "QakBot builder",
        "Loose",
    ):
        assert text in said
    html = page.get_data(as_text=True)
    assert (
        html.count('<a href="/console/objects/intrusion-set--00000000-0000-4000-8000-000000000001" class="center"') == 1
    )
    assert "&#34;aliases&#34;: [" in html
    assert "bank-" not in said


def test_what_refers_to_it_the_other_way_is_told_so(site: Site):
    """The end of a relationship names who uses it; the relationship itself names both."""
    fill(site)
    assert "← uses Black Basta" in words(site.browser("x-xan").get(path(TOOL)))
    said = words(site.browser("x-xan").get(path(USES)))
    assert "Black Basta uses QakBot" in said
    assert "source_ref Black Basta" in said


def test_hidden_and_absent_have_the_same_page(site: Site):
    """Byte for byte, and whatever the id looks like."""
    fill(site)
    browser = site.browser("o-eve")
    pages = [
        browser.get(f"/objects/{id_}{tail}")
        for id_ in (SECRET["id"], "tool--00000000-0000-4000-8000-000000000099", "x")
        for tail in ("", "/stix")
    ]
    assert {page.status_code for page in pages} == {404}
    assert len({page.data for page in pages}) == 1


def test_long_lists_of_links_are_paged(site: Site):
    """The server pages them; the counts are of what is visible."""
    fill(site)
    relations = [
        sdo("relationship", number, GREEN, relationship_type="uses", source_ref=GANG["id"], target_ref=TOOL["id"])
        for number in range(100, 130)
    ]
    site.world.push("b-push", LOOSE, *relations)
    first = site.browser("o-eve")
    assert first.get(path(TOOL)).status_code == 404
    browser = site.browser("x-xan")
    said = words(browser.get(path(TOOL)))
    assert "25 shown of 31 objects that name it" in said
    assert "6 shown of 31 objects that name it" in words(browser.get(f"{path(TOOL)}?in=2"))
    assert browser.get(f"{path(TOOL)}?in=x&out=-3").status_code == 200


def test_a_download_is_a_bundle(site: Site):
    """As an attachment in STIX's own media type, with the bytes as pushed."""
    fill(site)
    answer = site.browser("x-xan").get(f"{path(TOOL)}/stix")
    assert answer.headers["Content-Type"] == "application/stix+json;version=2.1"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{TOOL["id"]}.json"'
    assert json.loads(answer.data)["objects"] == [TOOL]


def test_public_knowledge_has_a_page_too(site: Site):
    """Without a collection and versions, for everybody who may read anything."""
    site.world.reference.load(OPERATOR, bundle(TOOL))
    said = words(site.browser("o-eve").get(path(TOOL)))
    assert "Public knowledge that the hub itself holds" in said
    assert "Visible to you since" not in said


HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}</pre></svg>'


def test_no_text_of_an_object_becomes_markup(site: Site):
    """A hostile string in every property is shown as it is written, on every page that shows it."""
    evil = sdo(
        "malware",
        9,
        GREEN,
        name=HOSTILE,
        aliases=[HOSTILE],
        description=HOSTILE,
        is_family=True,
        labels=[HOSTILE],
        kill_chain_phases=[{"kill_chain_name": HOSTILE, "phase_name": HOSTILE}],
        external_references=[{"source_name": HOSTILE, "url": "javascript:alert(1)", "external_id": HOSTILE}],
        x_more={"deep": [[HOSTILE], {"deeper": HOSTILE}]},
    )
    link = sdo("relationship", 10, GREEN, relationship_type="uses", source_ref=GANG["id"], target_ref=evil["id"])
    site.world.push("b-push", LOOSE, GANG, evil, link)
    browser = site.browser("x-xan")
    for address in (path(evil), path(GANG), "/search?q=script", "/search?q=type:malware"):
        html = browser.get(address).get_data(as_text=True)
        assert "&lt;script&gt;" in html
        assert not re.search(r"<script>|<img src=x|href=\"javascript|>49<", html)
    sent = browser.post("/search", {"list": HOSTILE}).get_data(as_text=True)
    assert not re.search(r"<script>|<img src=x", sent)


def test_an_observable_shows_its_value(site: Site):
    """What has no name is called by its value; what has no versions says so."""
    fill(site)
    said = words(site.browser("x-xan").get(f"/objects/{domain_id('a.test')}"))
    assert said.startswith("a.test")
    assert "has no versions" in said
