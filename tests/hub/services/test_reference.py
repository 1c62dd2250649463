"""Reference objects: public knowledge that holds up what refers to it (visibility.md S11)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.errors import ForbiddenError
from hub.model.submissions import ItemState
from hub.store.query import Query
from tests.hub.services.world import LOOSE, OPERATOR, World, bundle, domain, domain_id


def test_what_refers_to_public_knowledge_is_seen(world: World):
    """A load opens what waited; a partner's push of the id succeeds and changes nothing."""
    world.push("a-push", LOOSE, domain("one.test", "clear", refs=(domain_id("two.test"),)))
    assert not world.sees("x-pull", "one.test")
    loaded = world.reference.load(OPERATOR, bundle(domain("two.test")))
    assert (loaded.added, loaded.held, loaded.findings) == (1, 0, ())
    assert world.sees("x-pull", "one.test")
    assert world.push("a-push", LOOSE, domain("two.test", "red")).items[0].state is ItemState.KNOWN


def test_public_knowledge_is_had_by_its_id_and_is_in_no_feed(world: World):
    """Whoever may read a collection may ask there for a reference object; no feed carries it."""
    world.reference.load(OPERATOR, bundle(domain("two.test")))
    id_, reader = domain_id("two.test"), world.actor("x-pull")
    query = Query(ids=frozenset({id_}))
    (entry,) = world.sharing.object(reader, LOOSE.id, id_, query, None, 10, "object").entries
    assert entry.object_id == id_
    later = replace(query, added_after=entry.date_added)
    assert world.sharing.object(reader, LOOSE.id, id_, later, None, 10, "object").entries == ()
    for elsewhere in ({"versions": frozenset({"2026-01-01T00:00:00"})}, {"spec_versions": frozenset({"2.0"})}):
        asked = replace(query, **elsewhere)
        assert world.sharing.object(reader, LOOSE.id, id_, asked, None, 10, "object").entries == ()
    assert world.feed("x-pull", LOOSE) == ()


def test_a_second_load_adds_nothing(world: World):
    """Loading is idempotent, and says what it left out."""
    bad = {"type": "domain-name", "spec_version": "2.1", "id": domain_id("bad.test")}
    body = bundle(domain("two.test"), bad)
    first, second = (world.reference.load(OPERATOR, body) for _ in range(2))
    assert (first.added, second.added, second.held, len(second.findings)) == (1, 0, 1, 1)


def test_only_who_sets_up_loads(world: World):
    """A partner's word is no public knowledge."""
    with pytest.raises(ForbiddenError):
        world.reference.load(world.actor("a-ada"), bundle(domain("two.test")))
