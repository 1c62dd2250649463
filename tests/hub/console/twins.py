"""Two hubs with the same open history, one of them with much in between that its readers may not see (S17)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from hub.application import assemble
from hub.model.collections import Collection, Right
from hub.model.members import Account, AccountKind, Partner, PartnerKind, Role
from hub.services.membership.tokens import Cut
from hub.services.submitting.wishes import Wish
from hub.settings import Settings
from hub.store.base import Transaction
from stix_models.markings import Level
from tests.hub.console.browsing import Site
from tests.hub.services.world import (
    FRAUD,
    LOOSE,
    OPERATOR,
    UNKNOWN,
    World,
    bundle,
    domain,
    domain_id,
    make_world,
    statement,
)

SECOND = 1_000_000
NEWYEAR = 1_800_000_000 * SECOND
OTHER_GROUP = "marking-definition--0e2d8bd5-6f46-4d51-a7be-9d7e4b6d3c11"
SECRET = Collection("7c1f0f1c-93a4-4a0e-8d6d-3a9d1c1b7a01", "Secret")
READERS = ("x-xan", "b-bob", "o-eve", "n-nil")

Stix = dict[str, object]


@dataclass
class Wall:
    """The wall clock of a hub."""

    now: int = NEWYEAR

    def __call__(self) -> int:
        """Give µs since 1970."""
        return self.now


@dataclass
class Twin:
    """One of the hubs. own: by reader, ids that are made by chance and are his to know, in the order they were made."""

    wall: Wall
    site: Site
    own: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in READERS})

    @property
    def world(self) -> World:
        """Give its services."""
        return self.site.world

    def plain(self, who: str, text: str) -> str:
        """Put numbers in the place of the reader's own ids."""
        for number, id_ in enumerate(self.own[who]):
            text = text.replace(id_, f"OWN-{number}-")
        return text

    def full(self, who: str, text: str) -> str:
        """Put the reader's own ids in the place of numbers."""
        return re.sub(r"OWN-(\d+)-", lambda found: self.own[who][int(found[1])], text)


def sdo(type_: str, name: str, *levels: Level | str, **more: object) -> Stix:
    """Write an object with versions; its id is by its type and name."""
    marked = domain("", *levels).get("object_marking_refs")
    stix: Stix = {
        "type": type_,
        "spec_version": "2.1",
        "id": sdo_id(type_, name),
        "created": "2026-11-01T00:00:00.000Z",
        "modified": "2026-11-01T00:00:00.000Z",
    }
    if type_ not in {"relationship", "sighting", "note"}:
        stix["name"] = name
    return stix | ({"object_marking_refs": marked} if marked else {}) | more


def sdo_id(type_: str, name: str) -> str:
    """Give its id."""
    return f"{type_}--{uuid5(NAMESPACE_URL, name)}"


def link(name: str, source: str, target: str, *levels: Level | str) -> Stix:
    """Write a relationship."""
    return sdo("relationship", name, *levels, relationship_type="related-to", source_ref=source, target_ref=target)


HERON, OWL = sdo_id("intrusion-set", "Glass Heron"), sdo_id("malware", "Night Owl")


def visible(twin: Twin) -> Iterator[object]:
    """Play what the readers may know of, act by act."""
    world, hub = twin.world, twin.site.hub
    aliases = {"aliases": ["Grey Heron"], "description": "a heron of glass"}
    heron = sdo("intrusion-set", "Glass Heron", "clear", **aliases)
    owl = sdo("malware", "Night Owl", "clear", is_family=True, description="owl, called heron by some")
    yield push(twin, "b-push", heron, owl, link("heron uses owl", HERON, OWL, "clear"))
    yield push(twin, "b-push", *(sdo("tool", f"heron {word}", "green") for word in ("kit", "panel", "heron kit heron")))
    yield push(twin, "b-push", *(domain(f"shop-{number}.test", "clear") for number in range(30)))
    yield push(twin, "b-push", link("shop is heron's", domain_id("shop-1.test"), HERON, "clear"))
    yield push(twin, "b-bob", sdo("campaign", "Own of Bob", "red"), domain("by-bob.test", "green"))
    for who in ("x-xan", "o-eve"):
        asked = hub.questions.ask(world.actor(who), HERON, "Since when is it seen, and who says so?")
        twin.own[who].append(asked.id)
        twin.own["b-bob"].append(asked.id)
        yield asked
    hub.questions.answer(world.actor("b-bob"), twin.own["x-xan"][-1], "Since May.")
    for who, machine in (("x-xan", "x-pull"), ("b-bob", "b-push")):
        token = hub.membership.tokens.issue(world.actor("s-sue"), machine).token
        twin.own[who] += [token.id, f"…{token.hint}"]
        yield token
    yield world.feed("b-push", LOOSE)
    yield push(twin, "b-push", heron | {"modified": "2026-11-09T00:00:00.000Z", "description": "it has changed"})
    yield world.feed("x-pull", LOOSE)
    file = world.path.parent / "bob.json"
    file.write_bytes(bundle(*(domain(f"{name}.test", "green") for name in ("drafted", "alone0", "c1"))))
    draft = hub.drafting.make(world.actor("b-bob"), file, Wish(LOOSE.id, "bob.json", Level.GREEN))
    twin.own["b-bob"].append(draft.id)
    yield draft


def push(twin: Twin, who: str, *objects: Stix) -> str:
    """Push for bank-b, whose person knows the id of the push."""
    id_ = twin.world.push(who, LOOSE, *objects).id
    twin.own["b-bob"].append(id_)
    return id_


def hide(twin: Twin, step: int) -> None:
    """Play what none of the readers may see or know of."""
    world, hub = twin.world, twin.site.hub
    if step == 0:
        world.store.commit(_strangers)
    red, closed = domain(f"red{step}.test", "red"), ("amber", OTHER_GROUP)
    # Content of every kind of being hidden; words of visible things, to sway search and what is alike.
    herons = [sdo("tool", f"heron heron {step} {word}", "red") for word in "abc"]
    world.push(
        "a-push", LOOSE, red, *herons, domain(f"dangling{step}.test", "clear", refs=(domain_id("nowhere.test"),))
    )
    world.push("a-push", LOOSE, domain(f"of-red{step}.test", "clear", refs=(domain_id(f"red{step}.test"),)))
    world.push("a-push", LOOSE, domain(f"withheld{step}.test", "clear", UNKNOWN), domain("shop-3.test", "red"))
    world.push("a-push", LOOSE, domain(f"amber{step}.test", *closed), domain(f"alone{step}.test", "amber"))
    world.push("a-push", FRAUD, domain(f"waits{step}.test", "red"), sdo("campaign", f"Heron waits {step}", *closed))
    world.push("b-push", LOOSE, sdo("campaign", f"Heron of a machine {step}", "red"), recipients=frozenset({"a-ada"}))
    world.push(
        "c-push", SECRET, domain(f"secret{step}.test", "clear"), statement(UNKNOWN), sdo("tool", "heron", "clear")
    )
    world.push("d-push", SECRET, domain(f"waiting{step}.test", "clear"))
    rejected = world.push("d-push", SECRET, domain(f"rejected{step}.test", "clear"))
    world.review.reject(world.actor("s-sue"), rejected.id, "no")
    world.push("c-push", LOOSE, domain(f"c{step}.test", "green", OTHER_GROUP), sdo("malware", "Night Owl", "red"))
    # What leads from the hidden to the visible.
    world.push("a-push", LOOSE, link(f"hidden use {step}", HERON, OWL, "red"), _sighting(step, "red"))
    world.push("a-push", LOOSE, link(f"to hidden {step}", HERON, domain_id(f"red{step}.test"), "clear"))
    world.push("c-push", LOOSE, _report(step, *closed), _note(step, "amber+strict", OTHER_GROUP))
    # What others keep, ask, pull and set up.
    hub.membership.tokens.issue(OPERATOR, "c-push", Cut(), None)
    if step:
        world.sharing.delete(world.actor("a-push"), LOOSE.id, domain_id(f"amber{step - 1}.test"))
        world.marking.raise_level(world.actor("s-sue"), domain_id(f"dangling{step - 1}.test"), Level.RED, "hidden")
        said = hub.questions.ask(world.actor("d-dan"), domain_id(f"c{step - 1}.test"), "A secret?")
        hub.questions.answer(world.actor("c-cil"), said.id, "It is.")
    file = world.path.parent / "dan.json"
    file.write_bytes(bundle(domain(f"draft{step}.test", "clear")))
    if step < 5:
        hub.drafting.make(world.actor("c-cil"), file, Wish(LOOSE.id, "secret.json", Level.RED))
    for who in ("a-push", "c-push"):
        world.feed(who, LOOSE)


def _sighting(step: int, level: str) -> Stix:
    return sdo("sighting", f"hidden sighting {step}", level, sighting_of_ref=OWL, count=7)


def _report(step: int, *levels: str) -> Stix:
    more = {"published": "2026-11-01T00:00:00.000Z", "object_refs": [HERON, OWL]}
    return sdo("report", f"Hidden heron report {step}", *levels, **more)


def _note(step: int, *levels: str) -> Stix:
    return sdo("note", f"hidden note {step}", *levels, content="heron", object_refs=[HERON])


def _newcomers(tx: Transaction) -> None:
    """Add the persons who look: a contributor of bank-b, and one of a partner without rights."""
    registry, both = tx.registry, frozenset({Role.READER, Role.CONTRIBUTOR, Role.REVIEWER})
    registry.put_account(Account("b-bob", "bank-b", AccountKind.PERSON, both))
    registry.put_partner(Partner("new-n", PartnerKind.OBSERVER))
    registry.put_account(Account("n-nil", "new-n", AccountKind.PERSON, frozenset({Role.READER})))
    registry.end_right(Right.READ, "*", LOOSE.id)
    for partner in ("bank-a", "bank-b", "police-x", "watch-o"):
        registry.open_right(Right.READ, f"partner:{partner}", LOOSE.id)


def _strangers(tx: Transaction) -> None:
    """Add partners, persons, a group and a collection that the readers have no part in."""
    registry, both = tx.registry, frozenset({Role.CONTRIBUTOR, Role.READER})
    registry.put_group("g-other", OTHER_GROUP)
    registry.put_collection(SECRET)
    for name, person in (("corp-c", "c-cil"), ("corp-d", "d-dan")):
        registry.put_partner(Partner(name, PartnerKind.MEMBER))
        registry.put_account(Account(f"{name[-1]}-push", name, AccountKind.SERVICE, both))
        registry.put_account(Account(person, name, AccountKind.PERSON, both))
        registry.open_right(Right.MEMBER, f"partner:{name}", OTHER_GROUP)
        for target in (LOOSE, SECRET):
            registry.open_right(Right.READ, f"partner:{name}", target.id)
            registry.open_right(Right.WRITE, f"partner:{name}", target.id)
    registry.open_right(Right.TRUSTED, "partner:corp-c", SECRET.id)


def make(folder: Path, stack: ExitStack) -> Twin:
    """Make a hub with the community and the readers."""
    folder.mkdir()
    wall = Wall()
    world = make_world(folder, clock=wall)
    stack.callback(world.close)
    world.store.commit(_newcomers)
    return Twin(wall, Site(world, assemble(Settings(data=folder), world.store)))
