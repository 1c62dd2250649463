"""Sharing groups on screen: formed, joined and left after a look at who gains and loses (W3, S5)."""

from __future__ import annotations

import re

from tests.hub.console.browsing import Site, words
from tests.hub.services.world import FRAUD, GROUP, LOOSE, UNKNOWN, domain


def fill(site: Site) -> None:
    """Release a CLEAR and an AMBER domain name into the collection of the group."""
    world = site.world
    world.push("a-push", FRAUD, domain("one.test", "clear"), domain("two.test", "amber"))
    sue = world.actor("s-sue")
    world.review.release(sue, world.review.queue(sue)[0].submission.id)


def hidden(page, *names: str) -> dict[str, str]:
    """Give what a confirmation carries of the form before it."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.get_data(as_text=True))
    return {name: value for name, value in found if name in {*names, "stamp"}}


def test_a_group_is_formed_and_partners_let_in_after_a_look(site: Site):
    """The look names accounts with numbers, objects by name, and wants a reason; then all is as shown."""
    fill(site)
    sue = site.browser("s-sue")
    assert sue.post("/groups", {"name": "g-new"}).location.endswith("/groups/g-new?done=group_added")
    looked = sue.post("/groups/g-fraud/preview", {"join": "bank-b"})
    for said in ("bank-b joins g-fraud", "b-push bank-b +2 0", "2 objects open to somebody", "one.test", "two.test"):
        assert said in words(looked)
    assert not site.world.sees("b-push", "two.test")
    bare = sue.post("/groups/g-fraud/apply", hidden(looked, "join"))
    assert (bare.status_code, "needs a reason" in words(bare)) == (422, True)
    done = sue.post("/groups/g-fraud/apply", hidden(bare, "join") | {"reason": "they asked"})
    assert (done.status_code, site.world.sees("b-push", "two.test")) == (303, True)
    assert "It is done" in words(sue.get("/groups/g-fraud?done=applied"))


def test_leaving_shows_who_loses_and_wants_no_reason(site: Site):
    """Whoever loses is named; a look that is out of date is shown again instead of done."""
    fill(site)
    sue = site.browser("s-sue")
    looked = sue.post("/groups/g-fraud/preview", {"leave": "police-x"})
    assert "x-pull police-x 0 -2" in words(looked)
    assert "Why it is opened" not in words(looked)
    site.hub.membership.groups.join(site.world.actor("s-sue"), "g-fraud", ["bank-b"])
    late = sue.post("/groups/g-fraud/apply", hidden(looked, "leave"))
    assert (late.status_code, "look at it again" in words(late)) == (409, True)
    assert sue.post("/groups/g-fraud/apply", hidden(late, "leave")).status_code == 303
    assert not site.world.sees("x-pull", "two.test")


def test_what_is_so_already_changes_nothing(site: Site):
    """A look without a change says so and offers nothing to apply."""
    looked = site.browser("s-sue").post("/groups/g-fraud/preview", {"join": "bank-a"})
    assert "Nothing changes: it is so already" in words(looked)
    assert "stamp" not in hidden(looked)


def test_a_group_by_a_marking_that_is_used_already_is_looked_at_first(site: Site):
    """What carries the marking is released from being withheld: to whom is shown before."""
    site.world.push("a-push", LOOSE, domain("held.test", UNKNOWN))
    sue = site.browser("s-sue")
    looked = sue.post("/groups", {"name": "g-new", "marking": UNKNOWN})
    assert "s-sue secretariat +1 0" in words(looked)
    done = sue.post("/groups/form", hidden(looked, "name", "marking") | {"reason": "it is theirs"})
    assert done.location.endswith("/groups/g-new?done=group_added")
    assert UNKNOWN in words(sue.get("/groups"))


def test_what_is_wrong_is_said_where_it_was_typed(site: Site):
    """A bad name or a taken one keeps the form as it was."""
    sue = site.browser("s-sue")
    for form, status in (
        ({"name": "Not A Name"}, 422),
        ({"name": "g-fraud"}, 409),
        ({"name": "g", "marking": "x"}, 422),
    ):
        answer = sue.post("/groups", form)
        assert answer.status_code == status
        assert f'value="{form["name"]}"' in answer.get_data(as_text=True)


def test_partners_see_their_own_groups_and_nothing_of_others(site: Site):
    """A member learns name and marking of its groups, never who else is in them; others learn of none."""
    own = words(site.browser("a-ada").get("/groups"))
    assert "g-fraud" in own
    assert GROUP in own
    assert "police-x" not in own
    assert "g-fraud" not in words(site.browser("o-eve").get("/groups"))
    pages = {site.browser("a-ada").get(f"/groups/{name}").get_data() for name in ("g-fraud", "g-none")}
    assert len({re.sub(rb'value="[0-9a-f]{32}"', b"", page) for page in pages}) == 1
    assert site.browser("a-ada").post("/groups/g-fraud/preview", {"join": "bank-b"}).status_code == 403
