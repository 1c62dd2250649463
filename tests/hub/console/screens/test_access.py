"""Who can pull what, on screen: cells staged together, one look, one apply, and what must hold (W4)."""

from __future__ import annotations

import re
from html import unescape

import pytest

from hub.model.collections import Right
from tests.hub.console.browsing import Site, words
from tests.hub.services.world import FRAUD, LOOSE, domain


def cells(page, *, all_hidden: bool = False) -> dict[str, str]:
    """Give the cells of a matrix as a browser would send them, or what a confirmation carries."""
    text = page.get_data(as_text=True)
    if all_hidden:
        found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', text)
        return {unescape(name): unescape(value) for name, value in found if name != "csrf"}
    selects = re.findall(r'<select [^>]*name="(cell:[^"]+)".*?</select>', text, re.DOTALL)
    chosen = re.findall(r'<select [^>]*name="cell:.*?<option value="(\w+)" selected', text, re.DOTALL)
    return dict(zip(map(unescape, selects), chosen, strict=True))


@pytest.fixture
def full(site: Site) -> Site:
    """Release an object into each collection."""
    world, sue = site.world, site.world.actor("s-sue")
    world.push("a-push", FRAUD, domain("one.test", "clear"))
    world.review.release(sue, world.review.queue(sue)[0].submission.id)
    world.push("a-push", LOOSE, domain("three.test", "green"))
    return site


def test_several_cells_are_looked_at_and_applied_as_one(full: Site):
    """The matrix shows what is held; the cells that were edited are previewed together, then done together."""
    sue = full.browser("s-sue")
    now = cells(sue.get("/access"))
    assert (now[f"cell:{FRAUD.id}:@g-fraud"], now[f"cell:{LOOSE.id}:*"]) == ("read", "read")
    assert now[f"cell:{FRAUD.id}:bank-a"] == "write"
    edits = {f"cell:{FRAUD.id}:bank-b": "all", f"cell:{FRAUD.id}:watch-o": "none", f"cell:{LOOSE.id}:bank-b": "trusted"}
    looked = sue.post("/access/preview", now | edits)
    for said in ("b-push bank-b +1 0", "o-eve watch-o 0 -1", "Apply 3 changes", "grant trusted on Loose: bank-b"):
        assert said in words(looked)
    carried = cells(looked, all_hidden=True)
    assert carried.keys() - edits.keys() == {"stamp"}
    assert sue.post("/access/apply", carried | {"reason": "as agreed"}).location.endswith("/access?done=applied")
    assert cells(sue.get("/access")) == now | edits
    assert full.world.sees("b-push", "one.test")
    assert not full.world.sees("o-eve", "one.test")


def test_an_edit_that_breaks_a_check_is_refused_and_the_check_shown(full: Site):
    """The look says which check, why, and who would read; there is nothing to apply, and applying is refused."""
    sue = full.browser("s-sue")
    kept = sue.post("/access/must-hold", {"subject": "bank-b", "collection": FRAUD.id, "why": "they asked"})
    assert kept.location.endswith("/access?done=check_kept")
    assert "bank-b never reads Fraud they asked holds" in words(sue.get("/access"))
    edit = {f"cell:{FRAUD.id}:bank-b": "read"}
    looked = sue.post("/access/preview", edit)
    said = words(looked)
    assert "This must hold: bank-b never reads Fraud. Reason: they asked. It would not any more: b-push" in said
    assert "Apply" not in said
    assert sue.post("/access/apply", edit | {"stamp": "1-x", "reason": "still"}).status_code == 409
    (check,) = full.hub.membership.must_hold.list(full.world.actor("s-sue"))
    assert sue.post(f"/access/must-hold/{check.rule.id}/remove").location.endswith("/access?done=check_removed")
    assert "Apply 1 change" in words(sue.post("/access/preview", edit))


def test_a_check_that_does_not_hold_is_refused_with_its_form(full: Site):
    """Who reads already is named, and what was typed is kept."""
    form = {"subject": "@g-fraud", "collection": FRAUD.id, "why": "never"}
    answer = full.browser("s-sue").post("/access/must-hold", form)
    assert answer.status_code == 409
    assert "x-xan would read it" in words(answer)
    assert 'value="never"' in answer.get_data(as_text=True)


def test_a_collection_is_opened_and_its_terms_set_after_a_look(full: Site):
    """A new one is granted to nobody; making one public shows what opens to whoever has not signed in."""
    sue = full.browser("s-sue")
    opened = sue.post("/access/collections", {"title": "Mules", "alias": "mules"})
    assert "granted to nobody" in words(sue.get(opened.location.removeprefix("/console"))).lower().replace(
        "nobody: it is closed", "granted to nobody"
    )
    terms = {"title": "Loose ends", "alias": "", "default_tlp": "green", "default_group": "", "intake": "review"}
    full.world.push("a-push", LOOSE, domain("open.test", "clear"))
    looked = sue.post(f"/access/{LOOSE.id}/preview", terms | {"public": "yes"})
    assert "whoever has not signed in — +1 0" in words(looked)
    assert "title Loose → Loose ends" in words(looked)
    done = sue.post(f"/access/{LOOSE.id}/apply", cells(looked, all_hidden=True) | {"reason": "public by now"})
    assert done.location.endswith(f"/access/{LOOSE.id}?done=applied")
    (found,) = (each for each in full.hub.membership.agreements.list(full.world.actor("s-sue")) if each.id == LOOSE.id)
    assert (found.title, found.default_tlp, found.public) == ("Loose ends", "green", True)
    wrong = sue.post(f"/access/{LOOSE.id}/preview", terms | {"title": "Fraud"})
    assert (wrong.status_code, "answers to Fraud already" in words(wrong)) == (409, True)


def test_a_cell_that_is_refused_is_shown_again_as_it_was_edited(full: Site):
    """Where two reviewers decide nobody is trusted: the matrix says so and keeps the edits."""
    sue = full.world.actor("s-sue")
    full.hub.community.apply('[[collection]]\ntitle = "Pairs"\nintake = "two-reviewers"\n', sue)
    (pairs,) = (each for each in full.hub.membership.agreements.list(sue) if each.title == "Pairs")
    edits = {f"cell:{pairs.id}:bank-b": "trusted", f"cell:{FRAUD.id}:bank-b": "both"}
    answer = full.browser("s-sue").post("/access/preview", edits)
    assert (answer.status_code, "nobody is trusted there" in words(answer)) == (422, True)
    assert cells(answer).items() >= edits.items()


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        (f"cell:{FRAUD.id}:bank-b", "everything", 422),
        (f"cell:{FRAUD.id}:nobody", "read", 404),
        ("cell:x:*", "read", 404),
    ],
)
def test_a_cell_that_is_none_changes_nothing(full: Site, field, value, status):
    """What no matrix has is refused, whatever it names."""
    sue = full.browser("s-sue")
    assert sue.post("/access/preview", {field: value}).status_code == status
    held = full.hub.membership.agreements.held(full.world.actor("s-sue"))
    assert held[FRAUD.id, "bank-a"] == {Right.WRITE}


def test_many_subjects_come_page_by_page(site: Site):
    """Everybody, the groups, then partners by name, fifty a page; each page says how many there are."""
    sue = site.world.actor("s-sue")
    for number in range(60):
        site.hub.community.apply(f'[[partner]]\nname = "p-{number:03}"\nkind = "member"\n', sue)
    browser = site.browser("s-sue")
    first, second = browser.get("/access"), browser.get("/access?start=50")
    assert "50 of 67 shown" in words(first)
    assert "17 of 67 shown" in words(second)
    assert "/console/access?start=50" in first.get_data(as_text=True)
    subjects = [name.split(":")[2] for name in [*cells(first), *cells(second)]]
    assert len(set(subjects)) == 67
    assert words(browser.get("/access?start=9999")) == words(second)


def test_the_matrix_is_the_secretariats(full: Site):
    """Nobody else sees who may what, known collection or not."""
    for name in ("a-ada", "x-xan", "o-eve"):
        browser = full.browser(name)
        for path in ("/access", f"/access/{FRAUD.id}", "/access/none"):
            assert browser.get(path).status_code == 403
        assert browser.post("/access/preview", {f"cell:{FRAUD.id}:bank-b": "read"}).status_code == 403
        assert browser.post("/access/must-hold", {"subject": "bank-b", "collection": FRAUD.id}).status_code == 403
