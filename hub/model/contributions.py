"""One object version as pushed by one producer into one collection, and the label that rules it."""

from __future__ import annotations

from dataclasses import dataclass

from stix_models.markings import Level


@dataclass(frozen=True, slots=True)
class Label:
    """Everything that decides who may see one contribution by itself; equal labels share one audience.

    collection: its id; None where only the markings count (the latest version's, S14).
    level: effective level (S3, S10); producer: partner name; account: the submitter, kept for RED only ("" else).
    groups: marking ids of groups that must all be met (S5); None: AMBER without a group (producer and
        secretariat only). recipients: account names; None: no list is given.
    """

    collection: str | None
    level: Level
    producer: str
    account: str = ""
    groups: frozenset[str] | None = frozenset()
    recipients: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """A released object version. `place` is dense over the hub by first appearance and never leaves it."""

    place: int
    collection: str
    object_id: str
    type: str
    version: str
    version_key: str
    spec_version: str
    producer: str
    account: str
    label: Label
    revoked: bool
    references: tuple[str, ...]
