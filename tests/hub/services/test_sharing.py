"""Sharing: each actor's collections, pages and deletions."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from hub.errors import ForbiddenError, NotFoundError
from hub.model.collections import Right
from hub.store.query import Query
from tests.hub.services.world import FRAUD, LOOSE, NOBODY, OPERATOR, World, domain, domain_id


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a-push", {"Fraud": (True, True), "Loose": (True, True)}),
        ("b-push", {"Loose": (True, True)}),
        ("x-pull", {"Fraud": (True, False), "Loose": (True, False)}),
        ("s-sue", {"Fraud": (True, False), "Loose": (True, False)}),
    ],
)
def test_collections_are_cut_to_the_account(world: World, name, expected):
    """TAXII 2.1 section 5.1: what one has no right on is absent; the flags are per account."""
    found = world.sharing.collections(world.actor(name))
    assert {each.collection.title: (each.can_read, each.can_write) for each in found} == expected


def test_a_token_cuts_further(world: World):
    """A read-only token writes nowhere, one cut to a collection knows no other."""
    actor = world.actor("a-push", read_only=True, collections=frozenset({FRAUD.id}))
    assert [(each.collection.id, each.can_write) for each in world.sharing.collections(actor)] == [(FRAUD.id, False)]
    with pytest.raises(NotFoundError):
        world.sharing.page(actor, LOOSE.id, Query(), None, 10, "objects")


def test_a_right_is_good_from_the_moment_it_is_given(world: World):
    """S1: rights are judged at each request, whatever the hub clock says."""
    b = world.actor("b-push")
    world.store.commit(lambda tx: tx.registry.open_right(Right.READ, "partner:bank-b", FRAUD.id))
    assert world.sharing.collection(b, "fraud").can_read
    world.store.commit(lambda tx: tx.registry.end_right(Right.READ, "partner:bank-b", FRAUD.id))
    with pytest.raises(NotFoundError):
        world.sharing.collection(b, "fraud")


def test_who_may_only_write_does_not_read(world: World):
    """TAXII 2.1 section 5.4: can_read false is refused, the collection is there all the same."""
    world.store.commit(lambda tx: tx.registry.end_right(Right.MEMBER, "partner:bank-a", FRAUD.default_group or ""))
    actor = world.actor("a-push")
    access = world.sharing.collection(actor, FRAUD.id)
    assert (access.can_read, access.can_write) == (False, True)
    with pytest.raises(ForbiddenError):
        world.sharing.page(actor, FRAUD.id, Query(), None, 10, "objects")


def test_without_signing_in_clear_comes_from_public_collections(world: World):
    """S4, note 1: nothing else, and nothing at all before a collection is switched public."""
    world.push("a-push", LOOSE, domain("one.test", "clear"), domain("two.test", "green"))
    assert world.sharing.collections(NOBODY) == ()
    world.store.commit(lambda tx: tx.registry.open_right(Right.READ, "anonymous", LOOSE.id))
    assert [entry.object_id for entry in world.feed("", LOOSE)] == [domain_id("one.test")]


def test_the_operator_never_reads(world: World):
    """He sets up; content is not for him."""
    with pytest.raises(ForbiddenError, match="operator"):
        world.sharing.collections(OPERATOR)


def test_each_page_that_served_objects_is_recorded(world: World, tmp_path):
    """Who has got this object is a query: account, collection, endpoint, span of dates, count."""
    world.push("a-push", LOOSE, domain("one.test", "clear"), domain("two.test", "clear"))
    first, last = (entry.date_added for entry in world.feed("x-pull", LOOSE))
    world.feed("x-pull", FRAUD)
    with closing(sqlite3.connect(tmp_path / "reads.sqlite3")) as log:
        rows = log.execute("SELECT account, collection, endpoint, first, last, count FROM read").fetchall()
    assert rows == [("x-pull", LOOSE.id, "objects", first, last, 2)]


def test_an_object_is_found_or_absent(world: World):
    """TAXII 2.1 section 5.6: hidden and never seen are the same."""
    world.push("a-push", LOOSE, domain("one.test", "clear"), domain("two.test", "amber"))
    actor = world.actor("x-pull")

    def get(value: str) -> int:
        query = Query(ids=frozenset({domain_id(value)}))
        return len(world.sharing.object(actor, LOOSE.id, domain_id(value), query, None, 10, "object").entries)

    assert get("one.test") == 1
    for value in ("two.test", "three.test"):
        with pytest.raises(NotFoundError, match="no object"):
            get(value)


def test_a_producer_deletes_its_own(world: World):
    """Another producer's contribution of the id stays."""
    world.push("a-push", LOOSE, domain("one.test", "clear"))
    world.push("b-push", LOOSE, domain("one.test", "clear"))
    assert world.sharing.delete(world.actor("a-ada"), "Loose", domain_id("one.test")) == 1
    assert len(world.feed("x-pull", LOOSE)) == 1
    assert world.sharing.delete(world.actor("b-push"), "Loose", domain_id("one.test")) == 1
    assert world.feed("x-pull", LOOSE) == ()


def test_deleting_tells_nothing_of_what_is_hidden(world: World):
    """S15: 403 for what one sees and does not own, 404 for what one can't see."""
    world.push("a-push", LOOSE, domain("one.test", "clear"), domain("two.test", "amber"))
    b = world.actor("b-push")
    with pytest.raises(ForbiddenError):
        world.sharing.delete(b, LOOSE.id, domain_id("one.test"))
    for value in ("two.test", "three.test"):
        with pytest.raises(NotFoundError):
            world.sharing.delete(b, LOOSE.id, domain_id(value))


def test_a_colleagues_red_object_is_not_there(world: World):
    """S8: RED is its submitter's; a colleague can't delete what he can't see."""
    world.push("a-push", LOOSE, domain("one.test", "red"))
    with pytest.raises(NotFoundError):
        world.sharing.delete(world.actor("a-ada"), LOOSE.id, domain_id("one.test"))
    assert world.sharing.delete(world.actor("a-push"), LOOSE.id, domain_id("one.test")) == 1


def test_the_secretariat_deletes_without_a_grant(world: World):
    """S15: audited; what it knows by metadata too."""
    world.push("a-push", LOOSE, domain("one.test", "red"))
    assert world.sharing.delete(world.actor("s-sue"), LOOSE.id, domain_id("one.test")) == 1


def test_who_only_reads_deletes_nothing(world: World):
    """TAXII 2.1 section 5.7."""
    world.push("a-push", LOOSE, domain("one.test", "clear"))
    for actor in (world.actor("x-pull"), world.actor("a-push", read_only=True)):
        with pytest.raises(ForbiddenError):
            world.sharing.delete(actor, LOOSE.id, domain_id("one.test"))


def test_named_versions_are_deleted_alone(world: World):
    """TAXII 2.1 sections 3.4 and 5.7: first, last or one version; the others stay."""
    id_ = "tool--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
    created = "2026-11-01T00:00:00.000Z"
    for day in (1, 2, 3):
        tool = {"type": "tool", "spec_version": "2.1", "id": id_, "created": created, "name": "x"}
        tool["modified"] = f"2026-11-0{day}T00:00:00.000Z"
        world.push("a-push", LOOSE, {**tool, **domain("", "clear"), **tool, "value": "y"})
    actor = world.actor("a-push")
    assert world.sharing.delete(actor, LOOSE.id, id_, frozenset({"last"})) == 1
    assert world.sharing.delete(actor, LOOSE.id, id_, frozenset({"first"})) == 1
    with world.store.snapshot() as snapshot:
        assert [each.version[:10] for each in snapshot.contributions([id_])] == ["2026-11-02"]
