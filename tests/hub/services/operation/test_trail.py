"""The audit trail: what was done, whether it is whole, and who has got which version when."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from hub.errors import ForbiddenError
from hub.model.audit import Chain, Event, ReadRecord, Recorded, Wanted
from hub.model.collections import Right
from hub.services.operation.trail import Trail
from hub.store.query import ALL, Query
from tests.hub.services.world import (
    FRAUD,
    GROUP,
    LOOSE,
    NOBODY,
    OPERATOR,
    World,
    domain,
    domain_id,
    make_world,
)

ONE = domain_id("one.test")


@pytest.fixture
def trail(world):
    """Read its trail."""
    return Trail(world.store)


def holders(trail: Trail, object_id: str = ONE) -> list[tuple[str, str, str, bool]]:
    """Give account, producer and endpoint of each serving, and whether it is proven."""
    return [(each.account, each.producer, each.endpoint, each.proven) for each in trail.holders(OPERATOR, object_id)]


def test_who_has_got_an_object_is_known_whatever_happens_to_it(world: World, trail: Trail):
    """Every account it was served to and no other, after it was deleted and after rights have changed."""
    world.push("a-push", LOOSE, domain("one.test", "green"), domain("two.test", "clear"))
    assert world.feed("o-eve", LOOSE)
    assert holders(trail) == []
    assert holders(trail, domain_id("two.test")) == [("o-eve", "bank-a", "objects", True)]
    world.feed("x-pull", LOOSE)
    page = (Query(ids=frozenset({ONE})), None, 10, f"object/{ONE}")
    world.sharing.object(world.actor("b-push"), LOOSE.id, ONE, *page)
    expected = [("x-pull", "bank-a", "objects", True), ("b-push", "bank-a", f"object/{ONE}", True)]
    assert holders(trail) == expected
    world.store.commit(lambda tx: tx.registry.end_right(Right.READ, "*", LOOSE.id))
    world.sharing.delete(world.actor("s-sue"), LOOSE.id, ONE)
    assert holders(trail) == expected
    assert holders(trail, domain_id("never.test")) == []


def test_of_two_producers_the_one_that_was_served_is_named(world: World, trail: Trail):
    """S12: a reader gets one contribution of an observable, and that is the one he holds."""
    world.push("a-push", LOOSE, domain("one.test", "clear"))
    world.push("b-push", LOOSE, domain("one.test", "green"))
    world.feed("o-eve", LOOSE)
    world.feed("x-pull", LOOSE)
    found = {account: producer for account, producer, *_ in holders(trail)}
    assert found == {"o-eve": "bank-a", "x-pull": "bank-b"}


def test_a_record_of_a_page_that_was_bent_is_not_proven(world: World, trail: Trail, tmp_path):
    """The numbers beside a read record are held to its digest, which is in the chain."""
    world.push("a-push", LOOSE, domain("one.test", "clear"), domain("two.test", "clear"))
    world.sharing.page(world.actor("x-pull"), LOOSE.id, Query(versions=frozenset({ALL})), None, 1, "objects")
    with closing(sqlite3.connect(tmp_path / "reads.sqlite3")) as log, log:
        (first,) = log.execute("SELECT low FROM served").fetchone()
        other = 3 - first
        log.execute(
            "UPDATE served SET low = ?, high = ?, places = ?", (other, other, b"b" + other.to_bytes(8, "little"))
        )
    found = [proven for id_ in (ONE, domain_id("two.test")) for *_, proven in holders(trail, id_)]
    assert found == [False]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), ["object:add", "object:add", "collection:read"]),
        (Wanted(actor="a-push"), ["object:add", "object:add"]),
        (Wanted(actor="x-pull"), ["collection:read"]),
        (Wanted(action="collection:read"), ["collection:read"]),
        (Wanted(action="object:add", actor="x-pull"), []),
        (Wanted(object=LOOSE.id), ["collection:read"]),
        (Wanted(since=2**60), []),
        (Wanted(until=1), []),
    ],
)
def test_acts_and_reads_are_found_by_who_what_and_when(world: World, trail: Trail, wanted: Wanted, expected):
    """Every filter narrows, all of them together too; order is that of time."""
    world.push("a-push", LOOSE, domain("one.test", "clear"))
    world.push("a-push", FRAUD, domain("two.test", "amber", GROUP))
    world.feed("x-pull", LOOSE)
    assert [each.event.action for each in trail.records(OPERATOR, wanted)] == expected


def test_the_chain_can_be_recomputed_from_what_is_given_out(world: World, trail: Trail):
    """Whoever has the records can check every hash with a sha-256 and a JSON writer."""
    world.push("a-push", LOOSE, domain("one.test", "clear"))
    world.push("a-push", LOOSE, domain("two.test", "clear"))
    world.feed("x-pull", LOOSE)
    before = dict.fromkeys(Chain, b"")
    for each in trail.records(OPERATOR, Wanted()):
        values = [value.hex() if isinstance(value, bytes) else value for value in each.fields.values()]
        text = json.dumps(values, separators=(",", ":")).encode()
        assert hashlib.sha256(before[each.chain] + text).digest() == each.hash
        before[each.chain] = each.hash
    assert {chain: hash_ for chain, (_, hash_) in trail.heads(OPERATOR).items()} == {
        chain: last.hex() for chain, last in before.items()
    }


def test_a_trail_that_was_changed_or_cut_off_is_noticed(world: World, trail: Trail):
    """A changed record breaks the chain; one that lost its end is found out by a head noted elsewhere."""
    for name in ("one.test", "two.test"):
        world.push("a-push", LOOSE, domain(name, "clear"))
    head = trail.heads(OPERATOR)[Chain.ACTS]
    assert trail.verify(OPERATOR, head) == ()
    with closing(sqlite3.connect(world.path)) as file, file:
        file.execute("DELETE FROM audit WHERE seq = ?", (head[0],))
    assert trail.verify(OPERATOR) == ()
    assert [each.place for each in trail.verify(OPERATOR, head)] == [f"audit {head[0]}"]
    with closing(sqlite3.connect(world.path)) as file, file:
        file.execute("UPDATE audit SET actor = 'nobody'")
    assert [each.place for each in trail.verify(OPERATOR)] == ["audit 1"]


def test_the_trail_is_for_those_who_answer_for_the_hub(world: World, trail: Trail):
    """Who holds what, and whether the chain is whole, is nobody else's business."""
    for act in (
        lambda who: trail.holders(who, ONE),
        trail.verify,
        trail.heads,
    ):
        act(world.actor("s-sue"))
        with pytest.raises(ForbiddenError):
            act(world.actor("x-pull"))


def test_an_account_reads_what_it_did_itself(world: World, trail: Trail):
    """And nothing else, whatever it asks for; who is no account and does not set up reads nothing."""
    world.push("a-push", LOOSE, domain("one.test", "clear"))
    world.feed("x-pull", LOOSE)
    pull = world.actor("x-pull")
    assert [each.event.action for each in trail.records(pull, Wanted())] == ["collection:read"]
    assert [each.event.actor for each in trail.page(pull, Wanted()).records] == ["x-pull"]
    assert list(trail.records(pull, Wanted(actor="a-push"))) == []
    assert trail.page(pull, Wanted(actor="a-push")).records == ()
    for read in (trail.page, trail.records, trail.backwards):
        with pytest.raises(ForbiddenError):
            read(NOBODY, Wanted())


def test_pages_are_the_trail_from_its_end(tmp_path):
    """Every record once, newest first, in pages of any size, also where many bear the same time."""
    ticks = iter([1_000] * 12 + [2_000] * 500)
    with closing(make_world(tmp_path, clock=lambda: next(ticks))) as world:
        trail = Trail(world.store)
        for number in range(9):
            world.store.commit(lambda tx, n=number: tx.record(Event("s-sue", "act:do", str(n))))
        for _ in range(4):
            world.store.record_read(ReadRecord("x-pull", LOOSE.id, "objects", 1, 1, 1, b"", 1, 1))
        everything = sorted(trail.records(OPERATOR, Wanted()), key=_place, reverse=True)
        assert len({each.at for each in everything}) == 2
        for size in (1, 2, 5, 50):
            assert list(_pages(trail, Wanted(), size)) == everything
        assert list(trail.backwards(OPERATOR, Wanted())) == everything
        since = Wanted(since=2_000)
        assert list(_pages(trail, since, 2)) == [each for each in everything if each.at >= 2_000]
        until = Wanted(until=2_000, actor="s-sue")
        assert list(_pages(trail, until, 2)) == [
            each for each in everything if each.at < 2_000 and each.event.actor == "s-sue"
        ]


def _place(record: Recorded) -> tuple[int, Chain, int]:
    return record.at, record.chain, record.seq


def _pages(trail: Trail, wanted: Wanted, size: int) -> Iterator[Recorded]:
    page = trail.page(OPERATOR, wanted, None, size)
    while True:
        yield from page.records
        if page.next is None:
            return
        page = trail.page(OPERATOR, wanted, page.next, size)
