"""Who may see what: all of the policy for reading, in one pure function (visibility.md S1-S8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.model.members import AccountKind, PartnerKind

FOREVER = 2**63 - 1
Spans = tuple[tuple[int, int], ...]
"""Sorted, disjoint, not touching [from, until) intervals of hub-clock µs."""

ALWAYS: Spans = ((0, FOREVER),)
NEVER: Spans = ()


@dataclass(frozen=True, slots=True)
class Reader:
    """All that decides what one account may see, with its history.

    reads: collection id to when its partner had the reading right there, by whatever way.
    groups: group marking id to when its partner was a member. secretariat, red_capable: when the account was.
    account "" is someone who has not signed in.
    """

    account: str
    partner: str
    partner_kind: PartnerKind
    account_kind: AccountKind
    reads: Mapping[str, Spans] = field(default_factory=dict)
    groups: Mapping[str, Spans] = field(default_factory=dict)
    secretariat: Spans = NEVER
    red_capable: Spans = NEVER
