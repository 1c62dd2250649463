"""Random acts and reads before the store and the oracle at once; a store's test file gives it a stage."""

from __future__ import annotations

import os
import sys
from abc import abstractmethod
from dataclasses import dataclass, field, replace
from itertools import cycle

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub.model.collections import Right
from hub.model.contributions import Label
from hub.store.base import Store
from hub.store.query import ALL, FIRST, LAST, Position, Query
from stix_models.markings import Level
from tests.hub.store.oracle import Dated, Held, Member
from tests.hub.store.stage import (
    CAST,
    MAIN,
    ONE,
    PARTNERS,
    READERS,
    SECOND,
    SIDE,
    TWO,
    Act,
    Clock,
    Delete,
    Hold,
    Offered,
    Pin,
    Push,
    Relabel,
    Rights,
    Stage,
    identify,
    listed,
    outline_of,
)
from tests.hub.store.twin import compare

SETTINGS = settings(
    max_examples=int(os.environ.get("HUB_EXAMPLES", "120")),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
EVERYTHING = frozenset({ALL})
PUBLIC = [identify("attack-pattern", number) for number in range(2)]
PINNED = identify("marking-definition", 0)
NEVER = identify("malware", 9)
OBSERVABLES = [identify("domain-name", number) for number in range(2)] + [identify("ipv4-addr", 0)]
VERSIONED = [identify(type_, number) for type_ in ("indicator", "note", "relationship") for number in range(2)]

objects = st.sampled_from([*VERSIONED, *VERSIONED, *OBSERVABLES, PUBLIC[0]])
pushers = st.sampled_from([CAST[name] for name in ("a-ada", "a-ada", "a-bot", "b-bob", "r-rik", "s-ann", "a-own")])
collections = st.sampled_from([MAIN, MAIN, MAIN, SIDE])
accounts = st.sampled_from(sorted(CAST))
readers = st.sampled_from(["b-bob", "b-bob", "r-rik", *READERS])
moves = st.sampled_from([3, 3, SECOND, SECOND, SECOND, 60 * SECOND, -3, -SECOND, -90 * SECOND])
levels = st.sampled_from([Level.CLEAR, Level.GREEN, *3 * [Level.AMBER], *Level])
group_sets = st.sampled_from([frozenset({ONE}), frozenset({ONE}), frozenset({TWO}), frozenset({ONE, TWO})])
references: st.SearchStrategy[list[str]] = (
    st.just([])
    | st.just([])
    | st.lists(st.sampled_from([*VERSIONED, *OBSERVABLES, *PUBLIC, PINNED, NEVER]), min_size=1, max_size=2, unique=True)
)
MEMBERSHIPS = [
    Held(Right.MEMBER, f"partner:{partner}", group)
    for partner in ("bank-b", "bank-b", "bank-b", "relay-r", "relay-r", *PARTNERS)
    for group in (ONE, ONE, TWO)
]
READS = [Held(Right.READ, subject, MAIN) for subject in ("*", "partner:bank-b", "group:g-two", "anonymous")]
READS += [Held(Right.READ, subject, SIDE) for subject in ("*", "partner:watch-o", "group:g-one")]
CLEARANCES = [Held(Right.RED_CAPABLE, f"account:{name}") for name in ("b-red", "s-bot")]
rights = (
    st.sampled_from(MEMBERSHIPS).map(lambda it: {it})
    | st.sets(st.sampled_from([*MEMBERSHIPS, *READS, *CLEARANCES]), min_size=1, max_size=3)
    | st.sampled_from([set(READS[:2]), set(READS[1:3]), set(READS[4:6]), {MEMBERSHIPS[0], MEMBERSHIPS[2]}])
)
queries = st.builds(
    Query,
    ids=st.none() | st.sets(st.sampled_from([*VERSIONED, *OBSERVABLES]), min_size=1, max_size=4).map(frozenset),
    types=st.none() | st.sampled_from([frozenset({"indicator"}), frozenset({"note", "domain-name"})]),
    versions=st.sampled_from(
        [EVERYTHING, EVERYTHING, frozenset({LAST}), frozenset({FIRST}), frozenset({FIRST, LAST})]
        + [frozenset({outline_of(VERSIONED[0], number).version_key, LAST}) for number in (1, 2)]
    ),
    spec_versions=st.sampled_from([None, None, None, frozenset({"2.1"}), frozenset({"2.0"})]),
)


@st.composite
def labels(draw: st.DrawFn, collection: str, producer: str, account: str) -> Label:
    """Draw a label as the service gives them: groups where the level or a marking asks for them (S4, S5)."""
    level = draw(levels)
    if level in (Level.AMBER, Level.AMBER_STRICT):
        return Label(collection, level, producer, groups=draw(group_sets | group_sets | st.none()))
    groups = draw(st.just(frozenset[str]()) | st.just(frozenset[str]()) | group_sets)
    if level is not Level.RED:
        return Label(collection, level, producer, groups=groups)
    named = draw(st.sets(accounts, max_size=3).map(frozenset))
    return Label(collection, level, producer, account, groups, named)


@dataclass(slots=True)
class Poller:
    """One who keeps the last date_added and nothing else; what he got is kept to check him by."""

    last: int = 0
    got: dict[int, int] = field(default_factory=dict)  # place to the block it was got with


@dataclass(slots=True)
class Walk:
    """A reader in the middle of a feed."""

    account: str
    collection: str
    query: Query
    position: Position | None = None


class StoreMachine(RuleBasedStateMachine):
    """What may happen to a hub, in any order; each read is compared with the definition's answer."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = self.raise_stage()
        self.workers = cycle([self.stage.store, self.another_worker()])
        self.pollers = {(name, where): Poller() for name in READERS for where in (MAIN, SIDE)}
        self.walks: list[Walk] = []
        self.bodies = 0
        self.turn = 0

    @abstractmethod
    def raise_stage(self) -> Stage:
        """Give a stage with an empty store."""

    @abstractmethod
    def another_worker(self) -> Store:
        """Open the first stage's data once more, as another worker has it."""

    @initialize()
    def settle(self) -> None:
        """Bring in the cast."""
        self.stage.settle()

    def body(self) -> bytes:
        """Give bytes that no other contribution has."""
        self.bodies += 1
        return b'{"n": %d}' % self.bodies

    # Acts ---------------------------------------------------------------------------------------------
    @rule(data=st.data(), who=pushers, where=collections, move=moves, held=st.booleans())
    def push(self, data: st.DataObject, who: Member, where: str, move: int, held: bool) -> None:
        """Push one to six objects: of all types, in any order of versions, with or without references."""
        offered = []
        for object_id in data.draw(st.lists(objects, min_size=1, max_size=6)):
            version = 0 if object_id in OBSERVABLES else data.draw(st.integers(1, 3))
            revoked = version > 1 and data.draw(st.integers(0, 5)) == 0
            outline = outline_of(object_id, version, tuple(data.draw(references)), revoked=revoked)
            label = data.draw(labels(where, who.partner, who.account))
            offered.append(Offered(outline, self.body(), label))
        self.act(Push(who.account, where, tuple(offered), held), move)

    @precondition(lambda self: self.stage.history.now.standing)
    @rule(data=st.data(), move=moves, where=collections)
    def push_again(self, data: st.DataObject, move: int, where: str) -> None:
        """Push the very bytes of a standing contribution again, by its producer or another, here or there."""
        it = data.draw(st.sampled_from(self.stage.history.now.standing))
        who = data.draw(st.sampled_from([CAST[it.account], CAST["a-ada"], CAST["b-bob"]]))
        label = data.draw(labels(where, who.partner, who.account))
        self.act(Push(who.account, where, (Offered(it.outline, it.body, label),)), move)

    @precondition(lambda self: self.stage.history.now.standing)
    @rule(data=st.data(), move=moves)
    def relabel(self, data: st.DataObject, move: int) -> None:
        """Raise, lower or turn the markings of one to four contributions."""
        chosen = data.draw(
            st.lists(st.sampled_from(self.stage.history.now.standing), min_size=1, max_size=4, unique=True)
        )
        drawn = [(it.key, data.draw(labels(it.collection, it.producer, it.account))) for it in chosen]
        self.act(Relabel(tuple(drawn)), move)

    @precondition(lambda self: self.stage.history.now.standing)
    @rule(data=st.data(), move=moves, whole=st.booleans())
    def delete(self, data: st.DataObject, move: int, whole: bool) -> None:
        """Delete single versions or a producer's whole object."""
        standing = self.stage.history.now.standing
        chosen = data.draw(st.lists(st.sampled_from(standing), min_size=1, max_size=2, unique=True))
        objects = {(it.producer, it.outline.id) for it in chosen}
        keys = [it.key for it in standing if it in chosen or (whole and (it.producer, it.outline.id) in objects)]
        self.act(Delete(tuple(keys)), move)

    @rule(drawn=rights, move=moves)
    def change_rights(self, drawn: set[Held], move: int) -> None:
        """Turn one to three rights round: what is open ends, what is not begins."""
        held = self.stage.history.now.rights
        opened = tuple(sorted(drawn - held, key=repr))
        self.act(Rights(opened, tuple(sorted(drawn & held, key=repr))), move)

    @rule(object_id=st.sampled_from([*PUBLIC, PINNED]), move=moves)
    def open_to_all(self, object_id: str, move: int) -> None:
        """Make something public knowledge that others may refer to already."""
        if any(it.outline.id == object_id for it in self.stage.history.now.standing):
            return
        self.act(Pin(PINNED) if object_id == PINNED else Hold(outline_of(object_id, 1), self.body()), move)

    def act(self, act: Act, move: int) -> None:
        """Move the clock and perform the act."""
        self.stage.play(Clock(move))
        self.stage.play(act)

    # Reads --------------------------------------------------------------------------------------------
    @rule(data=st.data(), account=readers, where=collections, limit=st.integers(1, 7), anew=st.booleans())
    def read(self, data: st.DataObject, account: str, where: str, limit: int, anew: bool) -> None:
        """Read one more page, whatever has happened since the last one, or begin with another query."""
        if anew or not self.walks:
            self.walks.append(Walk(account, where, data.draw(self.queries_of(account, where))))
        walk = data.draw(st.sampled_from(range(len(self.walks))).map(self.walks.__getitem__))
        view = self.stage.store.view(self.stage.reader(walk.account))
        page = view.page(walk.collection, walk.query, walk.position, limit)
        passed = walk.position.block + walk.position.index if walk.position else 0
        rest = self.stage.history.answer(READERS[walk.account], walk.collection, walk.query, passed)
        found = [(entry.date_added, entry.body) for entry in page.entries]
        assert found == listed(rest[:limit]), f"{walk}, limit {limit}"
        assert (page.next is not None) == (len(rest) > limit), f"{walk}, limit {limit}: {page.next}"
        if page.next is None:
            self.walks.remove(walk)
        else:
            assert page.next.block + page.next.index == rest[limit - 1].date_added
            walk.position = page.next

    def queries_of(self, account: str, where: str) -> st.SearchStrategy[Query]:
        """Give queries from the beginning or after a date at, in or around a block."""
        dates = [it.date_added for it in self.stage.history.feed(READERS[account], where)]
        if not dates:
            return queries
        beyond = st.none() | st.sampled_from(dates).flatmap(lambda date: st.integers(date - 2, date + 3))
        return st.builds(lambda query, date: replace(query, added_after=date), queries, beyond)

    @rule(account=readers, object_id=st.sampled_from([*VERSIONED, *OBSERVABLES, *PUBLIC, PINNED, NEVER]))
    def look_up(self, account: str, object_id: str) -> None:
        """Ask for one object: all its versions here, and whether it is to be seen at all."""
        view = self.stage.store.view(self.stage.reader(account))
        for where in (MAIN, SIDE):
            query = Query(ids=frozenset({object_id}), versions=EVERYTHING)
            expected = self.stage.history.answer(READERS[account], where, query)
            found = view.versions(where, object_id)
            assert [(entry.date_added, entry.body) for entry in found] == listed(expected)
        assert view.sees(object_id) == self.stage.history.sees(READERS[account], object_id)

    @rule(account=readers, where=collections)
    def poll(self, account: str, where: str) -> None:
        """Ask for everything after the last date_added there was."""
        poller = self.pollers[account, where]
        view = self.stage.store.view(self.stage.reader(account))
        page = view.page(where, Query(versions=EVERYTHING, added_after=poller.last), None, 1000)
        by_date = {it.date_added: it for it in self.stage.history.feed(READERS[account], where)}
        for entry in page.entries:
            assert entry.date_added > poller.last, "dates rise"
            poller.last = entry.date_added
            self.receive(poller, by_date[entry.date_added])

    def receive(self, poller: Poller, it: Dated) -> None:
        """Check that nothing comes twice while the view is unbroken."""
        place, block = it.standing.place, it.block
        assert poller.got.get(place) != block, "got twice without a break"
        poller.got[place] = block

    # Laws ---------------------------------------------------------------------------------------------
    @invariant()
    def feeds_agree(self) -> None:
        """Each reader in turn gets the feed of the definition, whichever worker acted and whichever answers."""
        self.stage.store = next(self.workers)
        names = sorted(READERS)
        for _ in range(2):
            self.turn += 1
            self.stage.check(names[self.turn % len(names)], MAIN if self.turn % 3 else SIDE)

    def teardown(self) -> None:
        """In the end feeds are the definition's, pollers have all they see, and twins are alike."""
        if sys.exc_info()[0] is not None:
            return  # a rule has failed: what would be found now only hides it
        self.stage.check_all()
        for account, where in self.pollers:
            self.poll(account, where)
            got = self.pollers[account, where].got
            for it in self.stage.history.feed(READERS[account], where):
                assert got.get(it.standing.place) == it.block, f"{account} missed {it.standing.key}"
        member = READERS[sorted(READERS)[self.turn % len(READERS)]]
        compare(self.stage.acts, self.stage.history, member, self.raise_stage)
