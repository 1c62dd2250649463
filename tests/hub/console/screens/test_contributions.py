"""Contributions: what became of each object of an organisation's pushes, and why."""

from __future__ import annotations

from tests.hub.console.browsing import Site, words
from tests.hub.services.world import FRAUD, LOOSE, domain, domain_id


def test_a_person_reads_what_became_of_each_object(site: Site):
    """States in numbers, then object by object with the reason."""
    ada = site.browser("a-ada")
    assert "pushed nothing" in words(ada.get("/contributions"))
    pushed = site.world.push("a-push", FRAUD, domain("one.test", "green"), domain("two.test", "green"))
    xan = site.world.actor("x-xan")
    site.world.review.send_back(xan, pushed.id, "who says so?", frozenset({domain_id("one.test")}))
    site.world.review.release(xan, pushed.id)
    listed = words(ada.get("/contributions"))
    assert "1 push shown, newest first" in listed
    assert "a-push Fraud 1 released 1 returned" in listed
    shown = words(ada.get(f"/contributions/{pushed.id}"))
    assert "2 objects of 2 shown" in shown
    assert "returned returned: who says so?; mend it and send it again" in shown
    assert "1 object came back" in shown


def test_hidden_and_absent_pushes_are_one_page(site: Site):
    """Another partner's, a colleague's RED and one that never was: byte for byte."""
    red = site.world.push("a-push", FRAUD, domain("red.test", "red"))
    theirs = site.world.push("b-push", LOOSE, domain("one.test", "green"))
    ada = site.browser("a-ada")
    pages = [ada.get(f"/contributions/{id_}") for id_ in (red.id, theirs.id, "8f0f9f3a-6a66-4f3c-9d4e-6f2a3b1c0d9e")]
    assert [page.status_code for page in pages] == [404] * 3
    assert len({page.data for page in pages}) == 1
    assert "pushed nothing" in words(ada.get("/contributions"))


def test_older_pushes_are_on_the_next_page(site: Site):
    """Nothing twice, nothing lost; an odd place in the list is its beginning."""
    for number in range(52):
        site.world.push("a-push", LOOSE, domain(f"{number}.test", "green"))
    ada = site.browser("a-ada")
    page = ada.get("/contributions")
    assert "50 pushes shown, newest first; there are older ones" in words(page)
    following = page.get_data(as_text=True).split("/contributions?before=")[1].split('"')[0]
    assert "2 pushes shown, newest first" in words(ada.get(f"/contributions?before={following}"))
    assert words(ada.get("/contributions?before=nonsense")) == words(page)
