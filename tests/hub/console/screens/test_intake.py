"""W6, intake: what waits is judged beside what the hub has, and goes one of three ways."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.console.screens.intake import OBJECTS
from hub.model.collections import Intake
from hub.model.submissions import ItemState
from tests.hub.console.browsing import Site, words
from tests.hub.services.world import FRAUD, UNKNOWN, domain, domain_id

ONE, TWO = domain_id("one.test"), domain_id("two.test")


def states(site: Site, submission: str) -> list[ItemState]:
    """Give where the objects of a push of a-push stand."""
    return [item.state for item in site.world.intake.status(site.world.actor("a-push"), submission).items]


def test_the_queue_says_what_waits_oldest_first(site: Site):
    """With sender, collection, level and findings, and what to do when it is empty."""
    sue = site.browser("s-sue")
    assert "Nothing waits for you" in words(sue.get("/intake"))
    first = site.world.push("a-push", FRAUD, domain("one.test", "green"), domain("two.test", UNKNOWN))
    second = site.world.push("a-ada", FRAUD, domain("three.test", "red"))
    page = sue.get("/intake")
    assert "2 of 2 shown, oldest first" in words(page)
    html = page.get_data(as_text=True)
    assert html.index(first.id) < html.index(second.id)
    assert "a-push of bank-a Fraud 2 TLP:WITHHELD 2 you" in words(page)


def test_a_reviewer_of_another_organisation_is_not_told_whose_it_is(site: Site):
    """Neither who pushed it nor who approved it, on any page of the way."""
    site.world.store.commit(lambda tx: tx.registry.put_collection(replace(FRAUD, intake=Intake.TWO_REVIEWERS)))
    pushed = site.world.push("a-push", FRAUD, domain("one.test", "green"))
    site.world.review.release(site.world.actor("a-ada"), pushed.id)
    xan, (item,) = site.browser("x-xan"), pushed.items
    queue, one = xan.get("/intake"), xan.get(f"/intake/{pushed.id}")
    assert "not told Fraud 1 TLP:GREEN — you, as the second" in words(queue)
    assert "Pushed by not told Collection Fraud" in words(one)
    assert "approved once The hub has no version" in words(one)
    raw = xan.get(f"/intake/{pushed.id}/raw?object={item.object_id}&version={item.version}")
    asked = xan.post(f"/intake/{pushed.id}/release")
    done = xan.post(f"/intake/{pushed.id}/release", {"confirmed": "yes"})
    after = xan.get(done.location.removeprefix("/console"))
    for page in (queue, one, raw, asked, done, after):
        assert all(name not in page.get_data(as_text=True) for name in ("a-push", "a-ada", "bank-a"))


def test_a_reviewer_gets_what_he_would_see_and_hears_of_nothing_else(site: Site):
    """What is hidden from him has no number, no id, and the page of what never was."""
    pushed = site.world.push("a-push", FRAUD, domain("one.test", "green"), domain("two.test", "red"))
    xan = site.browser("x-xan")
    page = xan.get(f"/intake/{pushed.id}")
    assert "1 object of 1 shown" in words(page)
    assert TWO not in page.get_data(as_text=True)
    alone = site.world.push("a-push", FRAUD, domain("three.test", "red"))
    never, hidden = xan.get("/intake/8f0f9f3a-6a66-4f3c-9d4e-6f2a3b1c0d9e"), xan.get(f"/intake/{alone.id}")
    assert (hidden.status_code, hidden.data) == (404, never.data)


def test_an_object_is_shown_beside_what_the_hub_has(site: Site):
    """Findings, who would get it, what changes, and the bytes as they came."""
    first = site.world.push("a-push", FRAUD, domain("one.test", "amber"))
    site.world.review.release(site.world.actor("s-sue"), first.id)
    site.world.push("a-push", FRAUD, domain("two.test"))
    (case,) = site.world.review.queue(site.world.actor("s-sue"))
    sue = site.browser("s-sue")
    page = words(sue.get(f"/intake/{case.submission.id}"))
    assert "no TLP marking: taken as AMBER" in page
    assert "TLP:AMBER accounts, except observers', that read Fraud and are in g-fraud" in page
    assert "The hub has no version of it that you see." in page
    raw = sue.get(
        f"/intake/{case.submission.id}/raw", query_string={"object": TWO, "version": case.submission.items[0].version}
    )
    assert '"value": "two.test"' in words(raw)
    absent = sue.get(f"/intake/{case.submission.id}/raw", query_string={"object": ONE, "version": ""})
    assert absent.status_code == 404


def test_a_release_is_confirmed_with_objects_and_partners(site: Site):
    """The first form only asks; the second lets out what was ticked."""
    pushed = site.world.push("a-push", FRAUD, domain("one.test", "green"), domain("two.test", "green"))
    sue = site.browser("s-sue")
    asked = sue.post(f"/intake/{pushed.id}/release", {"objects": [ONE]})
    assert asked.status_code == 200
    assert "1 object goes out 2 organisations get some of it or all: police-x, secretariat" in words(asked)
    assert ONE in words(asked)
    assert states(site, pushed.id) == [ItemState.REVIEW] * 2
    done = sue.post(f"/intake/{pushed.id}/release", {"objects": [ONE], "confirmed": "yes"})
    assert done.status_code == 303
    assert states(site, pushed.id) == [ItemState.RELEASED, ItemState.REVIEW]
    assert "Released:" in words(sue.get(done.location.removeprefix("/console")))
    assert "get some" not in words(site.browser("x-xan").post(f"/intake/{pushed.id}/release"))


@pytest.mark.parametrize(("act", "state"), [("return", ItemState.RETURNED), ("reject", ItemState.REJECTED)])
def test_returning_and_rejecting_want_a_reason(site: Site, act: str, state: ItemState):
    """Without one nothing is decided, and the ticks are kept; with one the sender reads it."""
    pushed = site.world.push("a-push", FRAUD, domain("one.test", "green"), domain("two.test", "green"))
    xan = site.browser("x-xan")
    refused = xan.post(f"/intake/{pushed.id}/{act}", {"objects": [TWO], "reason": " "})
    assert refused.status_code == 422
    assert "a reason is one line of 1 to 1000 characters" in words(refused)
    assert f'value="{TWO}" checked' in refused.get_data(as_text=True)
    done = xan.post(f"/intake/{pushed.id}/{act}", {"objects": [TWO], "reason": "no source"})
    assert done.status_code == 303
    assert states(site, pushed.id) == [ItemState.REVIEW, state]


def test_what_another_decided_meanwhile_is_said(site: Site):
    """A second reviewer who is late reads so, on the page of what is left or alone."""
    pushed = site.world.push("a-push", FRAUD, domain("one.test", "green"), domain("two.test", "green"))
    sue, xan = site.world.actor("s-sue"), site.browser("x-xan")
    site.world.review.release(sue, pushed.id, frozenset({ONE}))
    late = xan.post(f"/intake/{pushed.id}/reject", {"objects": [ONE], "reason": "no source"})
    assert (late.status_code, f"{ONE} does not wait for you (any more)" in words(late)) == (409, True)
    assert "no source" in late.get_data(as_text=True)
    site.world.review.release(sue, pushed.id)
    over = site.browser("s-sue").post(f"/intake/{pushed.id}/reject", {"reason": "no source"})
    assert (over.status_code, "is decided" in words(over)) == (409, True)


def test_two_reviewers_see_each_others_word(site: Site):
    """The first approves; the second reads who did; the first is told why he is not the second."""
    site.world.store.commit(lambda tx: tx.registry.put_collection(replace(FRAUD, intake=Intake.TWO_REVIEWERS)))
    pushed = site.world.push("a-push", FRAUD, domain("one.test", "green"))
    xan, sue = site.browser("x-xan"), site.browser("s-sue")
    asked = xan.post(f"/intake/{pushed.id}/release")
    assert "1 object gets your approval" in words(asked)
    xan.post(f"/intake/{pushed.id}/release", {"confirmed": "yes"})
    assert "another organisation" in words(xan.get("/intake"))
    assert "To release it: the second reviewer is of another organisation" in words(xan.get(f"/intake/{pushed.id}"))
    assert xan.post(f"/intake/{pushed.id}/release", {"confirmed": "yes"}).status_code == 403
    assert "you, as the second" in words(sue.get("/intake"))
    assert "approved once x-xan of police-x." in words(sue.get(f"/intake/{pushed.id}"))
    sue.post(f"/intake/{pushed.id}/release", {"confirmed": "yes"})
    assert states(site, pushed.id) == [ItemState.RELEASED]


def test_many_objects_come_in_pages(site: Site):
    """Some on a page, all counted."""
    many = [domain(f"{number}.test", "green") for number in range(OBJECTS + 2)]
    pushed = site.world.push("a-push", FRAUD, *many)
    xan = site.browser("x-xan")
    assert f"{OBJECTS} objects of {OBJECTS + 2} shown" in words(xan.get(f"/intake/{pushed.id}"))
    assert f"2 objects of {OBJECTS + 2} shown" in words(xan.get(f"/intake/{pushed.id}?start={OBJECTS}"))
    assert xan.get(f"/intake/{pushed.id}?start=-1").status_code == 200


def test_what_an_object_says_is_only_shown(site: Site):
    """Script and markup in any field arrive as text."""
    evil = domain("<script>alert(1)</script>", "green") | {"x_note": '"><img src=x onerror=alert(1)>'}
    pushed = site.world.push("a-push", FRAUD, evil)
    (item,) = pushed.items
    xan = site.browser("x-xan")
    raw = f"/intake/{pushed.id}/raw?object={item.object_id}&version={item.version}"
    for path in (f"/intake/{pushed.id}", raw):
        html = xan.get(path).get_data(as_text=True)
        assert "&lt;script&gt;" in html
        assert "<script>alert" not in html
        assert "<img src=x" not in html
