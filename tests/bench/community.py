"""Who takes part in the bench: eight producers, four groups, one collection, and the reader of the targets.

Each producer pushes under eight marks. The reader is in two of the groups: of each producer he sees five marks,
so forty lanes, and the shares make that 60 % of the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hub.model.collections import Intake, Right
from hub.model.members import Account, AccountKind, Actor, Partner, PartnerKind, Role
from stix_models.markings import TLP, Level

if TYPE_CHECKING:
    from hub.application import Hub

COLLECTION = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
PRODUCERS = tuple(f"producer-{number}" for number in range(8))
READER = "reader"
LATE = "late"
"""A partner and account whose partner gets its reading right in the middle of the run."""

GROUPS = tuple(
    (f"g-{name}", f"marking-definition--765f506c-236a-4c6f-acac-6ae253eb0ec{number}")
    for number, name in enumerate(("fraud", "malware", "north", "south"))
)
_OF_THE_READER = 2
_OPERATOR = Actor("operator (bench)")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a producer puts on an object. markings: ids for object_marking_refs; share: of all, 0 to 1."""

    markings: tuple[str, ...]
    visible: bool
    share: float


def _mark(level: Level, group: int | None, share: float) -> Mark:
    pinned = next(marking for marking, known in TLP.items() if known is level)
    named = () if group is None else (GROUPS[group][1],)
    return Mark((pinned, *named), visible=group is None or group < _OF_THE_READER, share=share)


MARKS = (
    _mark(Level.CLEAR, None, 0.06),
    _mark(Level.GREEN, None, 0.24),
    _mark(Level.AMBER, 0, 0.14),
    _mark(Level.AMBER, 1, 0.10),
    _mark(Level.AMBER_STRICT, 0, 0.06),
    _mark(Level.AMBER, 2, 0.18),
    _mark(Level.AMBER, 3, 0.14),
    _mark(Level.AMBER_STRICT, 3, 0.08),
)


def pusher(producer: str) -> str:
    """Give the name of the account that pushes for a producer."""
    return f"{producer}-push"


def found(hub: Hub) -> None:
    """Take up everybody in a new hub, with the rights they begin with."""
    members, groups = hub.membership.members, hub.membership.groups
    agreements = hub.membership.agreements
    agreements.add(_OPERATOR, "Bench", id=COLLECTION, intake=Intake.TRUSTED)
    for name in (*PRODUCERS, READER, LATE):
        members.add_partner(_OPERATOR, Partner(name, PartnerKind.MEMBER))
        producing = name in PRODUCERS
        role = Role.CONTRIBUTOR if producing else Role.READER
        account = Account(pusher(name) if producing else name, name, AccountKind.SERVICE, frozenset({role}))
        members.add_account(_OPERATOR, account)
        if name != LATE:
            right = Right.WRITE if producing else Right.READ
            agreements.grant(_OPERATOR, COLLECTION, name, frozenset({right}))
    for number, (name, marking) in enumerate(GROUPS):
        groups.add(_OPERATOR, name, marking)
        groups.join(_OPERATOR, name, (READER, LATE) if number < _OF_THE_READER else ())


def token(hub: Hub, account: str) -> str:
    """Give the secret of a new token of the account."""
    return hub.membership.tokens.issue(_OPERATOR, account).secret


def let_in(hub: Hub) -> None:
    """Grant the late partner its reading right."""
    hub.membership.agreements.grant(_OPERATOR, COLLECTION, LATE, frozenset({Right.READ}))


def let_out(hub: Hub) -> None:
    """End it again."""
    hub.membership.agreements.ungrant(_OPERATOR, COLLECTION, LATE, frozenset({Right.READ}))


def join(hub: Hub) -> None:
    """Take the late partner into the second of the reader's groups."""
    hub.membership.groups.join(_OPERATOR, GROUPS[1][0], [LATE])


def leave(hub: Hub) -> None:
    """Let it go again."""
    hub.membership.groups.leave(_OPERATOR, GROUPS[1][0], [LATE])
