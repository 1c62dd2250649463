"""Raising a marking on screen: who would lose it, who has got it, then for good (W7, S8)."""

from __future__ import annotations

import re

from tests.hub.console.browsing import Site, words
from tests.hub.services.world import LOOSE, domain, domain_id

ONE = domain_id("one.test")
RAISE = {"level": "amber+strict", "reason": "a case depends on it"}


def test_raising_is_looked_at_then_done(site: Site):
    """The look tells who loses it and who was served it; applying raises it and is recorded with the reason."""
    world = site.world
    world.push("a-push", LOOSE, domain("one.test", "green"))
    world.feed("x-pull", LOOSE)
    sue = site.browser("s-sue")
    page = words(sue.get(f"/objects/{ONE}/marking"))
    assert "one.test" in page
    assert "In force TLP:GREEN" in page
    looked = sue.post(f"/objects/{ONE}/marking/preview", RAISE)
    assert "x-pull police-x 0 -1 has got it already" in words(looked)
    assert "b-push bank-b 0 -1 —" in words(looked)
    assert "1 object closes to somebody one.test" in words(looked)
    assert world.sees("x-pull", "one.test")
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', looked.get_data(as_text=True)))
    assert sue.post(f"/objects/{ONE}/marking/apply", carried).location.endswith("?done=marking_raised")
    assert not world.sees("x-pull", "one.test")
    marked = [detail for _, action, _, detail in world.events() if action == "object:mark"]
    assert [(each["level"], each["reason"]) for each in marked] == [("amber+strict", "a case depends on it")]


def test_lowering_is_refused_and_no_reason_too(site: Site):
    """The form comes back with what was typed and what is wrong."""
    site.world.push("a-push", LOOSE, domain("one.test", "green"))
    sue = site.browser("s-sue")
    lower = sue.post(f"/objects/{ONE}/marking/preview", RAISE | {"level": "clear"})
    assert (lower.status_code, "needs the producer's recorded consent" in words(lower)) == (403, True)
    assert "a case depends on it" in lower.get_data(as_text=True)
    assert sue.post(f"/objects/{ONE}/marking/preview", RAISE | {"reason": " "}).status_code == 422
    assert sue.post(f"/objects/{ONE}/marking/preview", RAISE | {"level": "purple"}).status_code == 422


def test_red_content_is_raised_without_being_seen(site: Site):
    """A secretariat person gets the level and the id of what names others, and no word of its content (S8)."""
    site.world.push("a-push", LOOSE, domain("one.test", "red"), recipients=("x-xan",))
    page = words(site.browser("s-sue").get(f"/objects/{ONE}/marking"))
    assert "In force TLP:RED" in page
    assert "one.test" not in page


def test_markings_are_the_secretariats(site: Site):
    """To all others an object that is there and one that is not give the same page."""
    site.world.push("a-push", LOOSE, domain("one.test", "green"))
    browser = site.browser("x-xan")
    pages = [browser.get(f"/objects/{id_}/marking") for id_ in (ONE, domain_id("none.test"))]
    assert [page.status_code for page in pages] == [403, 403]
    assert pages[0].get_data() == pages[1].get_data()
    assert site.browser("s-sue").get(f"/objects/{domain_id('none.test')}/marking").status_code == 404
