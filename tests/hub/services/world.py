"""A small community on a real store: who takes part, what they push, and short ways to act as each of them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from hub.model.collections import Collection, Intake, MarkingKind, PinnedMarking, Right
from hub.model.members import SECRETARIAT, Account, AccountKind, Actor, Partner, PartnerKind, Role
from hub.model.submissions import Submission
from hub.policy.actions import operator
from hub.services import insight, reference, sharing
from hub.services.shelves import intake, marking, review
from hub.store.base import Transaction
from hub.store.query import Entry, Query
from hub.store.sqlite import SqliteStore
from hub.store.sqlite.files.clock import Clock, wall
from hub.vetting.checks import Limits
from stix_models.markings import TLP_MARKING, Level

FRAUD = Collection(
    "91a7b528-80eb-42ed-a74d-c6fbd5a26116",
    "Fraud",
    alias="fraud",
    default_group="marking-definition--765f506c-236a-4c6f-acac-6ae253eb0eca",
)
LOOSE = Collection("1c6d3a0e-5b0f-4c63-9d0a-7c1f1c5b8b55", "Loose", intake=Intake.TRUSTED)
GROUP = "marking-definition--765f506c-236a-4c6f-acac-6ae253eb0eca"
XAN_ONLY = "marking-definition--c08ebd11-f0cb-46ad-a121-69af4afb19b1"
UNKNOWN = "marking-definition--0a0a0a0a-0000-4000-8000-000000000000"
X_IDENTITY = "identity--46ca697f-0545-458e-9397-67eb067842fa"
OPERATOR = operator("alice")
NOBODY = Actor("")

_PARTNERS = (
    Partner(SECRETARIAT, PartnerKind.MEMBER),
    Partner("bank-a", PartnerKind.MEMBER),
    Partner("bank-b", PartnerKind.MEMBER),
    Partner("police-x", PartnerKind.MEMBER, (X_IDENTITY,)),
    Partner("watch-o", PartnerKind.OBSERVER),
)
_BOTH = frozenset({Role.READER, Role.CONTRIBUTOR})
_ACCOUNTS = (
    Account("s-sue", SECRETARIAT, AccountKind.PERSON, frozenset({Role.SECRETARIAT})),
    Account("a-push", "bank-a", AccountKind.SERVICE, _BOTH),
    Account("a-ada", "bank-a", AccountKind.PERSON, _BOTH | {Role.REVIEWER}),
    Account("b-push", "bank-b", AccountKind.SERVICE, _BOTH),
    Account("x-xan", "police-x", AccountKind.PERSON, frozenset({Role.READER, Role.REVIEWER})),
    Account("x-pull", "police-x", AccountKind.SERVICE, frozenset({Role.READER})),
    Account("o-eve", "watch-o", AccountKind.PERSON, frozenset({Role.READER, Role.REVIEWER})),
)
_RIGHTS = (
    (Right.MEMBER, "partner:bank-a", GROUP),
    (Right.MEMBER, "partner:police-x", GROUP),
    (Right.READ, "partner:watch-o", FRAUD.id),
    (Right.READ, "group:g-fraud", FRAUD.id),
    (Right.WRITE, "partner:bank-a", FRAUD.id),
    (Right.READ, "*", LOOSE.id),
    (Right.WRITE, "partner:bank-a", LOOSE.id),
    (Right.WRITE, "partner:bank-b", LOOSE.id),
    (Right.SECRETARIAT, "account:s-sue", ""),
)


def domain(value: str, *levels: Level | str, refs: tuple[str, ...] = ()) -> dict[str, object]:
    """Write a domain name; levels: TLP levels or marking ids. refs: what it resolves to."""
    markings = [TLP_MARKING[Level(level)] if level in set(Level) else str(level) for level in levels]
    found: dict[str, object] = {"type": "domain-name", "spec_version": "2.1", "id": domain_id(value), "value": value}
    if markings:
        found["object_marking_refs"] = markings
    if refs:
        found["resolves_to_refs"] = list(refs)
    return found


def domain_id(value: str) -> str:
    """Give the id of a domain name."""
    return f"domain-name--{uuid5(NAMESPACE_URL, value)}"


def statement(id_: str, text: str = "for fraud desks only") -> dict[str, object]:
    """Write a CLEAR statement definition."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": id_,
        "created": "2026-11-01T00:00:00.000Z",
        "definition_type": "statement",
        "definition": {"statement": text},
        "object_marking_refs": [TLP_MARKING[Level.CLEAR]],
    }


def bundle(*objects: dict[str, object]) -> bytes:
    """Write objects as an envelope."""
    return json.dumps({"objects": objects}).encode()


@dataclass
class World:
    """The hub's content services over one store."""

    store: SqliteStore
    path: Path

    def __post_init__(self) -> None:
        self.intake = intake.Intake(self.store, Limits())
        self.review = review.Review(self.store)
        self.sharing = sharing.Sharing(self.store)
        self.marking = marking.Marking(self.store)
        self.insight = insight.Insight(self.store)
        self.reference = reference.Reference(self.store, Limits())

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()

    def actor(self, name: str, **token: object) -> Actor:
        """Give the actor for an account; token: what its token leaves of its rights."""
        with self.store.snapshot() as snapshot:
            account = snapshot.registry.account(name)
            assert account is not None
            partner = snapshot.registry.partner(account.partner)
        return Actor(name, account, partner, **token)  # type: ignore[arg-type]  # the test names Actor's fields

    def push(self, account: str, collection: Collection, *objects: dict[str, object], **more: object) -> Submission:
        """Push objects as an account."""
        return self.intake.submit(self.actor(account), collection.id, bundle(*objects), **more)  # type: ignore[arg-type]  # as above

    def events(self) -> list[tuple[str, str, str, dict[str, Any]]]:
        """Give the audit trail: actor, action, object, detail."""
        with closing(sqlite3.connect(self.path)) as file:
            rows = file.execute("SELECT actor, action, object, detail FROM audit ORDER BY seq").fetchall()
        return [(actor, action, object_, json.loads(detail)) for actor, action, object_, detail in rows]

    def feed(self, account: str, collection: Collection) -> tuple[Entry, ...]:
        """Give all that an account gets of a collection."""
        actor = self.actor(account) if account else NOBODY
        return self.sharing.page(actor, collection.id, Query(), None, 1000, "objects").entries

    def sees(self, account: str, value: str) -> bool:
        """Whether the domain name is in the account's view."""
        reader = self.store.reader(account)
        return reader is not None and self.store.view(reader).sees(domain_id(value))


def make_world(folder: Path, clock: Clock = wall) -> World:
    """Make the community in a new store. clock: the wall clock it goes by."""
    path = folder / "hub.sqlite3"
    store = SqliteStore.create(path, clock=clock)
    store.commit(_set_up)
    return World(store, path)


def _set_up(tx: Transaction) -> None:
    registry = tx.registry
    for partner in _PARTNERS:
        registry.put_partner(partner)
    for account in _ACCOUNTS:
        registry.put_account(account)
    registry.put_group("g-fraud", GROUP)
    registry.put_marking(PinnedMarking(XAN_ONLY, MarkingKind.RECIPIENTS, frozenset({"x-xan"})))
    for collection in (FRAUD, LOOSE):
        registry.put_collection(collection)
    for right, subject, object_ in _RIGHTS:
        registry.open_right(right, subject, object_)
