"""The second opinion: the definition of blocks and lanes, evaluated object by object (docs/lanes.md).

Nothing here is fast and nothing is shared with the store or the policy: a history is a list of states, a
state is all that was true from one stamp on, and every answer is worked out from the text of the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hub.model.collections import Right
from hub.model.contributions import Label
from hub.model.members import SECRETARIAT, AccountKind, PartnerKind
from hub.store.query import ALL, FIRST, LAST, Query
from stix_models.markings import Level

if TYPE_CHECKING:
    from stix_models.outline import Outline


@dataclass(frozen=True, slots=True)
class Member:
    """One who reads: an account with all of it that has no history."""

    account: str
    partner: str
    partner_kind: PartnerKind
    kind: AccountKind


@dataclass(frozen=True, slots=True)
class Held:
    """A right somebody has (see hub.model.collections.Right for subjects and objects)."""

    right: Right
    subject: str
    object: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """What tells standing contributions apart."""

    producer: str
    collection: str
    object_id: str
    version_key: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A contribution that is released and not deleted. `place`: by first appearance over the hub."""

    place: int
    collection: str
    producer: str
    account: str
    outline: Outline
    label: Label
    body: bytes

    @property
    def key(self) -> Key:
        """Give what tells it apart."""
        return Key(self.producer, self.collection, self.outline.id, self.outline.version_key)


@dataclass(frozen=True, slots=True)
class Dated:
    """A contribution as one reader has it: `block` is B, `index` is k (S13)."""

    block: int
    index: int
    standing: Standing

    @property
    def date_added(self) -> int:
        """Give B + k, in µs of the hub clock."""
        return self.block + self.index


@dataclass(frozen=True, slots=True)
class State:
    """All that is true from `stamp` on. groups: name to marking id; known: ids of reference objects (S11)."""

    stamp: int
    standing: tuple[Standing, ...] = ()
    rights: frozenset[Held] = frozenset()
    known: frozenset[str] = frozenset()
    groups: tuple[tuple[str, str], ...] = ()

    def reads(self, member: Member, collection: str) -> bool:
        """Whether the reader has the reading right on the collection, by whatever way (S1)."""
        if not member.account:
            return Held(Right.READ, "anonymous", collection) in self.rights
        subjects = {"*", f"partner:{member.partner}"}
        subjects |= {f"group:{name}" for name, marking in self.groups if self.belongs(member, marking)}
        return any(Held(Right.READ, subject, collection) in self.rights for subject in subjects)

    def belongs(self, member: Member, marking: str) -> bool:
        """Whether the reader's partner is in the group (S5)."""
        return Held(Right.MEMBER, f"partner:{member.partner}", marking) in self.rights

    def secretariat(self, member: Member) -> bool:
        """Whether the reader is one of the secretariat's persons with that role (Terms)."""
        role = Held(Right.SECRETARIAT, f"account:{member.account}")
        return member.partner == SECRETARIAT and member.kind is AccountKind.PERSON and role in self.rights

    def red_capable(self, member: Member) -> bool:
        """Whether S4's footnote lets the named account have RED."""
        if member.partner_kind is not PartnerKind.MEMBER or not member.account:
            return False
        capable = Held(Right.RED_CAPABLE, f"account:{member.account}") in self.rights
        return member.kind is AccountKind.PERSON or (member.kind is AccountKind.SERVICE and capable)


def owns(member: Member, label: Label) -> bool:
    """Whether it is one of the producer's persons and services, who get their own whatever it is (S8).

    A label keeps its submitter where RED was among the markings: then it is he and the named ones.
    """
    if member.partner != label.producer or member.kind not in (AccountKind.PERSON, AccountKind.SERVICE):
        return False
    return label.account in ("", member.account) or member.account in (label.recipients or ())


def permits(state: State, member: Member, label: Label) -> bool:
    """Whether a label alone lets the reader have what carries it: one cell of S4's table, with S1 and S5."""
    if owns(member, label):
        return True
    if state.secretariat(member):
        named = member.account in (label.recipients or ())
        return named if label.level is Level.RED else label.level is not Level.WITHHELD
    return _meets_lists(state, member, label) and _meets_level(state, member, label)


def _meets_lists(state: State, member: Member, label: Label) -> bool:
    """Whether an ordinary reader has the reading right, is in every group and, if there is a list, on it."""
    return (
        (label.collection is None or state.reads(member, label.collection))
        and label.groups is not None
        and all(state.belongs(member, group) for group in label.groups)
        and (label.recipients is None or member.account in label.recipients)
    )


def _meets_level(state: State, member: Member, label: Label) -> bool:
    """Whether the level gives it to an ordinary reader who meets every group and list it carries."""
    if label.level is Level.CLEAR:
        return True
    if member.partner_kind is PartnerKind.OBSERVER or not member.account:
        return False
    if label.level is Level.GREEN:
        return True
    if label.level is Level.RED:
        return label.recipients is not None and state.red_capable(member)
    if label.level is Level.WITHHELD or not label.groups:
        return False
    staff = member.partner_kind is PartnerKind.MEMBER and member.kind is not AccountKind.CLIENT
    return staff or label.level is Level.AMBER


def sees(state: State, member: Member) -> frozenset[int]:
    """Give the places of all the reader sees in a state: of what he may see, what S12 prefers."""
    places = _may_see(state, member)
    visible = [it for it in state.standing if it.place in places]
    families: dict[tuple[str, str], list[Standing]] = {}
    for it in visible:
        families.setdefault((it.collection, it.outline.id), []).append(it)
    return frozenset(it.place for family in families.values() for it in preferred(state, member, family))


def _may_see(state: State, member: Member) -> frozenset[int]:
    """Give the greatest set of places that holds itself up: every reference is in it or public (S11)."""
    own = {it.place for it in state.standing if owns(member, it.label)}
    versions: dict[tuple[str, str], list[Standing]] = {}
    for it in state.standing:
        versions.setdefault((it.producer, it.outline.id), []).append(it)
    seen = own | {
        it.place
        for it in state.standing
        if permits(state, member, it.label)
        and all(
            permits(state, member, _markings_of(label))
            for label in latest_labels(versions[it.producer, it.outline.id], it)
        )
    }
    while True:
        ids = {it.outline.id for it in state.standing if it.place in seen} | state.known
        fallen = {
            it.place for it in state.standing if it.place in seen - own and not ids.issuperset(it.outline.references)
        }
        if not fallen:
            return frozenset(seen)
        seen -= fallen


def preferred(state: State, member: Member, family: list[Standing]) -> list[Standing]:
    """Of the contributions of one id in one collection that a reader may see, give those he gets (S12).

    His own come first; of observables then the most restrictive, then the earliest; of other types all
    versions of the producer who was first here.
    """
    candidates = [it for it in family if owns(member, it.label)] or family
    if candidates[0].outline.observable:
        return [min(candidates, key=lambda it: (-it.label.level.rank, it.place))]
    came = {
        it.producer: it.place
        for it in reversed(state.standing)
        if (it.collection, it.outline.id) == (family[0].collection, family[0].outline.id)
    }
    first = min((it.producer for it in candidates), key=lambda producer: came[producer])
    return [it for it in candidates if it.producer == first]


def latest_labels(versions: list[Standing], it: Standing) -> list[Label]:
    """Give the labels of the latest of a producer's standing versions of an id, where that is another (S14).

    Where it stands in several collections, the one beside the contribution counts; if none is, they all do.
    """
    key = max(x.outline.version_key for x in versions)
    if key == it.outline.version_key:
        return []
    latest = [x for x in versions if x.outline.version_key == key]
    return [x.label for x in latest if x.collection == it.collection] or [x.label for x in latest]


def _markings_of(label: Label) -> Label:
    """Give the label without the collection, whose reading right is not part of the markings."""
    return Label(None, label.level, label.producer, label.account, label.groups, label.recipients)


@dataclass(slots=True)
class History:
    """Every state there was, oldest first, and the answers that follow from them."""

    states: list[State] = field(default_factory=lambda: [State(0)])
    _seen: dict[tuple[int, Member], frozenset[int]] = field(default_factory=dict)

    @property
    def now(self) -> State:
        """Give the state of now."""
        return self.states[-1]

    def then(self, state: State) -> None:
        """Let the next state begin."""
        self.states.append(state)

    def seen(self, step: int, member: Member) -> frozenset[int]:
        """Give what the reader saw in the state of the given number."""
        if (step, member) not in self._seen:
            self._seen[step, member] = sees(self.states[step], member)
        return self._seen[step, member]

    def sees(self, member: Member, object_id: str) -> bool:
        """Whether any contribution of the id is visible in any collection, or everybody may see it (S11)."""
        seen = self.seen(len(self.states) - 1, member)
        ids = {it.outline.id for it in self.now.standing if it.place in seen}
        return object_id in ids | self.now.known

    def feed(self, member: Member, collection: str) -> tuple[Dated, ...]:
        """Give all the reader sees in the collection with its block and index, oldest first (S13)."""
        seen = self.seen(len(self.states) - 1, member)
        found = [
            self._date(member, collection, it)
            for it in self.now.standing
            if it.collection == collection and it.place in seen
        ]
        return tuple(sorted(found, key=lambda it: it.date_added))

    def _date(self, member: Member, collection: str, it: Standing) -> Dated:
        """Find the beginning of the reader's unbroken view of it and its index there."""
        step = len(self.states) - 1
        while it.place in self.seen(step - 1, member):
            step -= 1
        begun = self.seen(step, member) - self.seen(step - 1, member)
        here = {x.place for x in self.states[step].standing if x.collection == collection}
        index = sum(place < it.place for place in begun & here)
        return Dated(self.states[step].stamp, index, it)

    def answer(self, member: Member, collection: str, query: Query, after: int = 0) -> tuple[Dated, ...]:
        """Give what a query selects of the feed beyond a date (TAXII 2.1 section 3.4)."""
        feed = self.feed(member, collection)
        beyond = max(after, query.added_after or 0)
        keys: dict[str, set[str]] = {}
        for it in feed:
            keys.setdefault(it.standing.outline.id, set()).add(it.standing.outline.version_key)
        return tuple(it for it in feed if it.date_added > beyond and _selected(query, it.standing.outline, keys))


def _selected(query: Query, outline: Outline, keys: dict[str, set[str]]) -> bool:
    """Whether the filters let an object version through; first and last range over the visible ones (S14)."""
    wanted = query.versions & {outline.version_key, ALL}
    wanted |= {FIRST} & query.versions if outline.version_key == min(keys[outline.id]) else frozenset()
    wanted |= {LAST} & query.versions if outline.version_key == max(keys[outline.id]) else frozenset()
    return (
        bool(wanted)
        and (query.ids is None or outline.id in query.ids)
        and (query.types is None or outline.type in query.types)
        and (query.spec_versions is None or outline.spec_version in query.spec_versions)
    )
