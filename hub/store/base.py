"""What every store promises; the contract suite in tests/hub/store/contract.py holds each to it.

1. A commit is all or nothing and durable when `commit` returns; its audit events are part of it.
2. Reads see one snapshot. Released data is read through `view(reader)` and no other way.
3. A view answers by the definition of blocks and lanes: a page costs what it holds, not what is hidden.
4. Stamps rise above every stamp ever given, whatever the wall clock does.
5. The bytes that come out are the bytes that went in; their sha-256 is checked on the way out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

from hub.errors import Finding
from hub.model.audit import Bookmark, Event, ReadRecord, Recorded, Serving, TrailPage, Wanted
from hub.model.backups import Backup
from hub.model.collections import Collection, PinnedMarking, Right, RightSpan
from hub.model.contributions import Contribution, Label
from hub.model.effects import Effects
from hub.model.feeds import PullDay
from hub.model.members import Account, Group, Partner, Token
from hub.model.submissions import Item, Offer, Submission
from hub.policy.rules import Reader
from hub.store.checks import Checks, ChecksWriter
from hub.store.counters import Counters
from hub.store.drafts import Drafts
from hub.store.entrance import Keyring, KeyringWriter, Sessions
from hub.store.objects import Objects
from hub.store.pushes import Pushes, PushesWriter
from hub.store.query import Entry, Page, Position, Query
from hub.store.questions import Questions, QuestionsWriter
from stix_models.markings import Level
from stix_models.outline import Outline

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Release:
    """One item on its way to the released shelf, with the label that policy gave it."""

    item: Item
    outline: Outline
    label: Label


class View(Objects, Protocol):
    """What one reader may see of released data, now (S1). Hidden and absent are the same."""

    def page(self, collection: str, query: Query, after: Position | None, limit: int) -> Page:
        """Give one page of a collection's feed, oldest date_added first. limit: 1 or more entries."""

    def versions(self, collection: str, object_id: str) -> tuple[Entry, ...]:
        """Give every visible version of an object in the collection, oldest date_added first; () if there is none."""

    def reference(self, object_id: str) -> Entry | None:
        """Give a reference object (S11): to be had by its id in any collection, in no feed."""

    def sees(self, object_id: str) -> bool:
        """Whether any contribution of the id is visible in any collection, or everybody may see it (S11)."""


class Registry(Protocol):
    """Who takes part and what was agreed, as of one snapshot."""

    def version(self) -> int:
        """Give the number of changes so far; equal numbers of one hub mean equal registries."""

    def partner(self, name: str) -> Partner | None:
        """Give the partner of that name."""

    def partners(self) -> tuple[Partner, ...]:
        """Give all, by name."""

    def account(self, name: str) -> Account | None:
        """Give the account of that name."""

    def accounts(self) -> tuple[Account, ...]:
        """Give all, by name."""

    def groups(self) -> tuple[Group, ...]:
        """Give all with their members of now, by name."""

    def markings(self) -> tuple[PinnedMarking, ...]:
        """Give all that were registered, by id (groups are not among them)."""

    def collections(self) -> tuple[Collection, ...]:
        """Give all, by id."""

    def collection(self, reference: str) -> Collection | None:
        """Find a collection by id, alias or title."""

    def tokens(self, account: str | None = None) -> tuple[Token, ...]:
        """Give all, or those of one account, oldest first."""

    def token_by_digest(self, digest: bytes) -> Token | None:
        """Find a token by the sha-256 of its secret."""

    def rights(self, right: Right | None = None, object: str | None = None) -> tuple[RightSpan, ...]:  # noqa: A002 - the field's name
        """Give every span ever, ended ones too, in order of `since`."""

    def reader(self, account: str) -> Reader | None:
        """Put together all that decides what the account may see, with its history."""


class RegistryWriter(Registry, Protocol):
    """The same inside a commit, with the acts of set-up. None of these decides or checks; services do."""

    def put_partner(self, partner: Partner) -> None:
        """Add the partner or replace what is known of it (by name)."""

    def put_account(self, account: Account) -> None:
        """Add or replace (by name). Roles `secretariat` and `red_capable` are also rights in time: open those too."""

    def put_token(self, token: Token, digest: bytes | None = None) -> None:
        """Add with the sha-256 of the secret, or replace all but that (by id)."""

    def put_group(self, name: str, marking: str) -> None:
        """Add a group; its members are rights."""

    def put_marking(self, marking: PinnedMarking) -> None:
        """Add or replace (by id)."""

    def put_collection(self, collection: Collection) -> None:
        """Add or replace (by id)."""

    def open_right(self, right: Right, subject: str, object: str = "") -> bool:  # noqa: A002 - the field's name
        """Begin a right at this commit's one opening stamp; False if it is open already."""

    def end_right(self, right: Right, subject: str, object: str = "") -> bool:  # noqa: A002 - the field's name
        """End a right at this commit's one opening stamp; False if it was not open."""


class Snapshot(Protocol):
    """Everything but released content, as of one moment."""

    @property
    def registry(self) -> Registry:
        """Who takes part and what was agreed."""

    @property
    def keyring(self) -> Keyring:
        """What persons prove themselves with."""

    @property
    def pushes(self) -> Pushes:
        """By whom things were pushed, what became of them in numbers, and who approved what."""

    @property
    def checks(self) -> Checks:
        """What must hold whatever is granted."""

    @property
    def questions(self) -> Questions:
        """What readers asked producers."""

    def now(self) -> int:
        """Give the wall clock, µs since 1970."""

    def submission(self, id: str) -> Submission | None:  # noqa: A002 - TAXII's name for it
        """Give one with its items."""

    def waiting(self) -> tuple[Submission, ...]:
        """Give all that have items in review, oldest first, with their items."""

    def body(self, item: Item) -> bytes:
        """Give the bytes of an item that waits (NotFoundError once it has left the shelf)."""

    def label_inputs(self, item: Item) -> tuple[Level, frozenset[str]]:
        """Give the default level the item arrived under (S10) and the recipients named with it."""

    def contributions(self, object_ids: Iterable[str]) -> tuple[Contribution, ...]:
        """Give all that stand (not deleted), in every collection, by place."""

    def marked(self, marking: str) -> tuple[Contribution, ...]:
        """Give all standing contributions that carry the marking id (TLP and PAP are not indexed)."""

    def contribution_body(self, contribution: Contribution) -> bytes:
        """Give the bytes as pushed, checked."""

    def contribution_inputs(self, contribution: Contribution) -> tuple[Level, frozenset[str]]:
        """Give what `label_inputs` gave for it when it waited."""

    def statements(self, producer: str, ids: Iterable[str]) -> frozenset[str]:
        """Give those of the marking ids for which the producer has released a statement definition (S6)."""

    def raised(self, producer: str, object_ids: Iterable[str]) -> Mapping[str, Level]:
        """Give the levels the secretariat raised the producer's contributions of objects to."""

    def is_reference(self, object_ids: Iterable[str]) -> frozenset[str]:
        """Give those ids the hub itself holds as public knowledge (S11)."""

    def held(self) -> tuple[Contribution, ...]:
        """Give what stands and is withheld by its markings or refers to ids that are `missing`, by place."""

    def missing(self, contribution: Contribution) -> tuple[str, ...]:
        """Give the ids it refers to that nobody has released and no rule opens (for its producer's status)."""

    def opens(self, contribution: Contribution, reader: Reader) -> bool:
        """Whether a reader, real or supposed, has the contribution in view now, all around it counted (S11-S14)."""

    def pinned(self) -> frozenset[str]:
        """Give the ids of all marking definitions the hub knows by itself: everybody may see them (S2, S5)."""


class Transaction(Snapshot, Protocol):
    """One commit under way. Each content act has its stamp; all changes of rights of one commit share one."""

    @property
    def registry(self) -> RegistryWriter:
        """The same, with the acts of set-up."""

    @property
    def keyring(self) -> KeyringWriter:
        """The same, to be changed."""

    @property
    def pushes(self) -> PushesWriter:
        """The same, to be approved."""

    @property
    def checks(self) -> ChecksWriter:
        """The same, to be changed."""

    @property
    def questions(self) -> QuestionsWriter:
        """The same, to be added to."""

    def receive(self, submission: Submission, offers: Sequence[Offer], default_level: Level) -> tuple[Item, ...]:
        """Put offers on the waiting shelf, in order, as items.

        An offer with a problem becomes FAILED. Same producer, collection, id and version as something that
        waits or stands: KNOWN if the content is equal, FAILED if not (S12). Ids of reference objects and of
        pinned markings: KNOWN (S2, S11). After `revoked: true` stands, later versions are FAILED (S14).
        The rest become REVIEW.
        """

    def release(self, releases: Sequence[Release]) -> None:
        """Move items to the released shelf and into their lanes, with everything this changes for others."""

    def reject(self, items: Sequence[Item], reason: str) -> None:
        """Take items off the waiting shelf; their bytes go, what became of them stays."""

    def send_back(self, items: Sequence[Item], reason: str) -> None:
        """As `reject`, for their sender to mend and send again."""

    def relabel(self, labels: Mapping[int, Label]) -> None:
        """Give contributions (by place) new labels."""

    def raise_level(self, object_id: str, producer: str, level: Level) -> None:
        """Keep that the secretariat raised the producer's contributions of the object, for what comes later.

        Relabel what stands yourself.
        """

    def delete(self, contributions: Sequence[Contribution]) -> None:
        """End their rows; nothing of them is visible to anyone any more."""

    def put_reference(self, outline: Outline, body: bytes) -> bool:
        """Hold an object as public knowledge; False if it is held already with this version."""

    def repair(self) -> tuple[Finding, ...]:
        """Make again what is derived from what is kept (lanes, counters, notes); give what was wrong.

        Never touches bytes or the audit trail. What had lost its place in a feed gets a new date.
        """

    def record(self, event: Event) -> None:
        """Chain an event to the audit trail, as part of this commit."""

    def effects(self, named_for: str | None = None) -> Effects:
        """Say what this commit, as far as it got, changes for every account: its view now less its view before.

        named_for: the account whose view says which of the objects are named; None: all are counted only.
        """


class Store(Protocol):
    """A hub's memory."""

    epoch: int
    cursor_key: bytes

    @property
    def counters(self) -> Counters:
        """Counts shared by all who have this store open."""

    @property
    def sessions(self) -> Sessions:
        """Who is signed in to the console, shared by all who have this store open."""

    @property
    def drafts(self) -> Drafts:
        """What accounts have prepared to push."""

    def view(self, reader: Reader, also: Reader | None = None, within: frozenset[str] | None = None) -> View:
        """Give released data as the reader may see it, at the time of each call.

        also: another who must see it too, as long; dates are then since when both do. within: the collections it
        is cut to (None: all).
        """

    def reader(self, account: str) -> Reader | None:
        """Give the account's reader, from memory while no right has changed."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Read everything but released content in one moment."""

    def commit(self, work: Callable[[Transaction], T]) -> T:
        """Run work in one commit and give its result when that is durable; an exception leaves nothing behind.

        Works that wait together may share one write to disk. Raises StoreError when the disk is full.
        """

    def rehearse(self, work: Callable[[Transaction], T]) -> T:
        """Run work as `commit` does and give its result, and undo all of it: no stamp is used, nothing is kept."""

    def record_read(self, record: ReadRecord) -> None:
        """Keep that objects were served; called before the answer leaves."""

    def record_poll(self, account: str, collection: str) -> None:
        """Keep, to the minute, that an account asked a feed and there was nothing for it."""

    def record_failure(self, account: str) -> None:
        """Count an answer that was an error."""

    def pulls(self, since: int) -> tuple[PullDay, ...]:
        """Give how feeds were pulled from a day on (days since 1970), and of each feed the last day before that."""

    def keep_searchable(self) -> None:
        """Bring the search up to date in the background, until closed; without it the next search does."""

    def verify(self) -> Iterator[Finding]:
        """Recompute what can be recomputed (hashes, lanes, references, audit chain); yield what is wrong."""

    def trail(self, wanted: Wanted) -> Iterator[Recorded]:
        """Give the records of acts and of reads that are wanted, by time."""

    def trail_page(self, wanted: Wanted, after: Bookmark | None, limit: int) -> TrailPage:
        """Give a page of them, newest first. limit: 1 or more; a page costs what it holds, not what is before it."""

    def holders(self, object_id: str) -> Iterator[Serving]:
        """Give every serving of any version of the object, deleted ones too, oldest first."""

    def verify_trail(self) -> Iterator[Finding]:
        """Walk the chains of acts and reads; yield the first link of each that does not hold."""

    def probe(self) -> tuple[int, int]:
        """Bring something to the disk; give the bytes free there and by how many µs the hub clock is ahead.

        Raises StoreError when nothing can be written.
        """

    def back_up(self, target: Path) -> Backup:
        """Copy everything as of now into one new file for its owner alone; readers and writers go on meanwhile.

        The file takes its name when it is whole and on the disk. Raises ConflictError when it is there already.
        """

    def close(self) -> None:
        """Finish what waits and let go."""
