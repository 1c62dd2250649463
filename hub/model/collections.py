"""What is shared where: collections and the rights on them (TAXII 2.1 section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stix_models.markings import Level


class Intake(StrEnum):
    """Who releases what is pushed: everybody's pushes at once, or a reviewer unless the grant says trusted.

    two-reviewers: one after the other, of two organisations; there no grant says trusted.
    """

    TRUSTED = "trusted"
    REVIEW = "review"
    TWO_REVIEWERS = "two-reviewers"


class Right(StrEnum):
    """A right in time, by subject and object.

    read, write, trusted: subject `partner:NAME`, `group:NAME` or `*`; object a collection id.
        `read` also has subject `anonymous` (a collection switched public: CLEAR without signing in).
    member: subject `partner:NAME`; object the group's marking id.
    secretariat, red_capable: subject `account:NAME`; object "".
    """

    READ = "read"
    WRITE = "write"
    TRUSTED = "trusted"
    MEMBER = "member"
    SECRETARIAT = "secretariat"
    RED_CAPABLE = "red_capable"


@dataclass(frozen=True, slots=True)
class Collection:
    """A TAXII collection and the rules of its door.

    default_tlp: the level of what carries none (S10). default_group: the marking id of the group that
    AMBER and AMBER+STRICT take when they name none (S5); None: producer and secretariat only.
    Both are applied when a contribution is released and never again.
    """

    id: str
    title: str
    alias: str | None = None
    default_tlp: Level = Level.AMBER
    default_group: str | None = None
    intake: Intake = Intake.REVIEW
    public: bool = False


@dataclass(frozen=True, slots=True)
class RightSpan:
    """A right from `since` to `until` (stamps of the hub clock, µs; None: still open)."""

    right: Right
    subject: str
    object: str
    since: int
    until: int | None = None


class MarkingKind(StrEnum):
    """What a further pinned marking definition means; groups are kept as groups."""

    INFO = "info"
    RECIPIENTS = "recipients"
    TLP = "tlp"


@dataclass(frozen=True, slots=True)
class PinnedMarking:
    """A marking definition the secretariat registered: its id and what it means (S2, S5, S6).

    accounts: for `recipients`, the named accounts. level: for `tlp`, the level it stands for.
    """

    id: str
    kind: MarkingKind
    accounts: frozenset[str] = frozenset()
    level: Level | None = None
