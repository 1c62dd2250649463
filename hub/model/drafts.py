"""What an account has prepared to push and has not sent: a converted file with what was found about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from stix_models.markings import Level


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to tell about one record of the file or one object made of it.

    place: where in the file (`row 29, Domain`) or which object. value: what stood there, shortened; "" for none.
    action: what was done about it, a word of converters.frame.Action, or `refused` for an object the hub won't take.
    """

    place: str
    message: str
    value: str
    action: str


@dataclass(frozen=True, slots=True)
class Share:
    """New objects of a draft that would go to the same readers were they released now (visibility.md S3-S5, S10).

    objects: how many. groups: names of the groups that must all be met, as far as the account's partner is in them;
    others: how many more there are. alone: AMBER without a group, for producer and secretariat only.
    recipients: the named accounts, None where no list rules. reasons: what the hub adds to the objects' own words.
    """

    objects: int
    level: Level
    groups: tuple[str, ...] = ()
    others: int = 0
    alone: bool = False
    recipients: tuple[str, ...] | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of a file's records (records = converted + rejected + skipped) and of the objects made of them.

    objects: all in the envelope; of them, refused are those that the hub won't take, known those that it has already.
    remarks: all, shown or not.
    """

    records: int = 0
    converted: int = 0
    rejected: int = 0
    skipped: int = 0
    objects: int = 0
    refused: int = 0
    known: int = 0
    remarks: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """A push that waits for its account to send it; it becomes the submission of the same id.

    collection: its id. filename: what the account calls the file; format: the converter that read it.
    level: for what names none. recipients: account names for RED (S5). reviewed: whether a reviewer would release it.
    remarks: the first of them, in the order of the file.
    """

    id: str
    account: str
    created: datetime
    expires: datetime
    collection: str
    filename: str
    format: str
    level: Level
    recipients: frozenset[str]
    reviewed: bool
    counts: Counts
    shares: tuple[Share, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Room:
    """How much of an account's may wait at a time; both bounds are included."""

    drafts: int
    content_bytes: int
