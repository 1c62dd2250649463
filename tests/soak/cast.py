"""Who takes part: three producers, two collections, two groups, and a reader of every kind that S4 tells apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.application import create_hub
from hub.model.collections import Intake, Right
from hub.model.members import SECRETARIAT, Account, AccountKind, Actor, Partner, PartnerKind, Role
from hub.settings import Settings
from stix_models.markings import Level
from tests.bench.client import Account as Credentials
from tests.hub.store.oracle import Held, Member

if TYPE_CHECKING:
    from pathlib import Path

    from hub.application import Hub

OPERATOR = Actor("operator (soak)")
CHAIR = "s-sue"
"""The secretariat's person: she raises markings, and she reads."""

MAIN = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
SIDE = "1c6d3a0e-5b0f-4c63-9d0a-7c1f1c5b8b55"
GROUPS = {
    "g-fraud": "marking-definition--765f506c-236a-4c6f-acac-6ae253eb0eca",
    "g-mules": "marking-definition--c08ebd11-f0cb-46ad-a121-69af4afb19b1",
}
DEFAULT_GROUPS = {MAIN: "g-fraud", SIDE: None}
"""The group that AMBER takes in each collection when it names none (S5)."""

PRODUCERS = {"bank-a": "a-push", "bank-b": "b-push", "telco-c": "c-push"}
"""Partner to the account that pushes and deletes for it."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A reader: his account, and whether taxii2-client reads for him."""

    member: Member
    library: bool = False


def _seat(account: str, partner: str, *, person: bool = False, library: bool = False) -> Seat:
    kind = AccountKind.PERSON if person else AccountKind.SERVICE
    return Seat(Member(account, partner, _KINDS.get(partner, PartnerKind.MEMBER), kind), library)


_KINDS = {"relay-r": PartnerKind.RELAY, "watch-o": PartnerKind.OBSERVER}
SEATS = (
    _seat("x-pull", "police-x"),
    _seat("y-pull", "police-y"),
    _seat("z-pull", "police-z", library=True),
    _seat("r-pull", "relay-r"),
    _seat("o-pull", "watch-o"),
    _seat("a-read", "bank-a"),
    _seat(CHAIR, SECRETARIAT, person=True),
)
OUTSIDERS = tuple(seat.member.partner for seat in SEATS if seat.member.partner not in (SECRETARIAT, *PRODUCERS))
"""Partners whose reading right comes and goes."""

MARKS = (
    (Level.CLEAR, None),
    (Level.GREEN, None),
    (Level.GREEN, "g-mules"),
    (Level.AMBER, None),
    (Level.AMBER, "g-fraud"),
    (Level.AMBER, "g-mules"),
    (Level.AMBER_STRICT, "g-fraud"),
    (Level.RED, None),
)
"""What an object may carry: a level, and a group by name."""

STANDING_RIGHTS = frozenset(
    {Held(Right.SECRETARIAT, f"account:{CHAIR}")}
    | {
        Held(Right.READ, f"partner:{name}", each)
        for name in (*PRODUCERS, "police-x", "watch-o")
        for each in (MAIN, SIDE)
    }
    | {Held(Right.MEMBER, f"partner:{name}", GROUPS["g-fraud"]) for name in ("police-x", "bank-a")}
)
"""The rights that decide who reads what, as everybody begins."""


def found(data: Path) -> dict[str, Credentials]:
    """Make the hub and take up everybody; give the credentials of each account by its name."""
    hub = create_hub(Settings(data=data))
    try:
        _take_up(hub)
        names = (*PRODUCERS.values(), *(seat.member.account for seat in SEATS))
        return {name: Credentials(name, hub.membership.tokens.issue(OPERATOR, name).secret) for name in names}
    finally:
        hub.close()


def _take_up(hub: Hub) -> None:
    members, groups, agreements = hub.membership.members, hub.membership.groups, hub.membership.agreements
    for name in {*PRODUCERS, *(seat.member.partner for seat in SEATS)}:
        members.add_partner(OPERATOR, Partner(name, _KINDS.get(name, PartnerKind.MEMBER)))
    for partner, account in PRODUCERS.items():
        roles = frozenset({Role.CONTRIBUTOR, Role.READER})  # who deletes must be able to read (TAXII 2.1 section 5.7)
        members.add_account(OPERATOR, Account(account, partner, AccountKind.SERVICE, roles))
    for seat in SEATS:
        role = Role.SECRETARIAT if seat.member.account == CHAIR else Role.READER
        members.add_account(
            OPERATOR, Account(seat.member.account, seat.member.partner, seat.member.kind, frozenset({role}))
        )
    for name, marking in GROUPS.items():
        groups.add(OPERATOR, name, marking)
    for collection, group in DEFAULT_GROUPS.items():
        title = "Main" if collection == MAIN else "Side"
        agreements.add(OPERATOR, title, id=collection, intake=Intake.TRUSTED, default_group=group)
        for partner in PRODUCERS:
            agreements.grant(OPERATOR, collection, partner, frozenset({Right.WRITE}))
    for held in STANDING_RIGHTS:
        if held.right in (Right.READ, Right.MEMBER):
            turn(hub, held, on=True)


def turn(hub: Hub, held: Held, *, on: bool) -> None:
    """Begin or end a partner's reading right, or its membership of a group."""
    partner = held.subject.removeprefix("partner:")
    if held.right is Right.READ:
        agreements = hub.membership.agreements
        (agreements.grant if on else agreements.ungrant)(OPERATOR, held.object, partner, frozenset({Right.READ}))
        return
    groups, name = hub.membership.groups, next(name for name, marking in GROUPS.items() if marking == held.object)
    (groups.join if on else groups.leave)(OPERATOR, name, [partner])
