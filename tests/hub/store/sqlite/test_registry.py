"""The registry on a bare SQLite connection with the hub's own tables."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from ipaddress import ip_network
from itertools import count

import pytest

from hub.model.collections import Collection, Intake, MarkingKind, PinnedMarking, Right, RightSpan
from hub.model.members import Account, AccountKind, Group, Partner, PartnerKind, Role, Token
from hub.policy.spans import FOREVER
from hub.store.sqlite.files.connection import migrations
from hub.store.sqlite.registry import SqliteRegistry, SqliteRegistryWriter
from stix_models.markings import Level

FRAUD = "marking-definition--765f506c-236a-4c6f-acac-6ae253eb0eca"
C1, C2, C3 = (f"91a7b528-80eb-42ed-a74d-c6fbd5a2611{n}" for n in "678")
BANK = Partner("bank-a", PartnerKind.MEMBER, ("identity--46ca697f-0545-458e-9397-67eb067842fa",))
ALICE = Account("alice", "bank-a", AccountKind.PERSON, frozenset({Role.READER, Role.REVIEWER}))


@pytest.fixture
def connection():
    """Make a new database with all tables."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.executescript("\n".join(migrations()))
    yield connection
    connection.close()


@pytest.fixture
def registry(connection):
    """Give a writer whose opening stamps are 10, 20, 30 …, a new one at each change."""
    stamps = count(10, 10)
    return SqliteRegistryWriter(connection, lambda: next(stamps))


def test_what_goes_in_comes_out(registry, connection):
    """Every noun comes back equal from another registry, and putting it again replaces it."""
    token = Token(
        id="t1",
        account="alice",
        hint="beef",
        created=datetime(2026, 11, 24, 12, 0, 0, 7, tzinfo=UTC),
        read_only=True,
        collections=frozenset({C1}),
        networks=(ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")),
        expires=datetime(2027, 1, 1, tzinfo=UTC),
    )
    marking = PinnedMarking(FRAUD.replace("7", "8"), MarkingKind.RECIPIENTS, frozenset({"alice"}))
    collection = Collection(C1, "Fraud", "fraud", Level.AMBER_STRICT, FRAUD, Intake.TRUSTED, public=True)
    for _ in range(2):
        registry.put_partner(BANK)
        registry.put_account(ALICE)
        registry.put_marking(marking)
        registry.put_collection(collection)
    registry.put_group("g-fraud", FRAUD)
    registry.put_token(token, b"digest")
    registry.put_token(token)

    read = SqliteRegistry(connection)
    assert (read.partner("bank-a"), read.partners()) == (BANK, (BANK,))
    assert (read.account("alice"), read.accounts()) == (ALICE, (ALICE,))
    assert (read.token_by_digest(b"digest"), read.tokens("alice"), read.tokens("bob")) == (
        token,
        (token,),
        (),
    )
    assert read.markings() == (marking,)
    assert read.groups() == (Group("g-fraud", FRAUD),)
    assert [read.collection(key) for key in (C1, "fraud", "Fraud", "FRAUD")] == [collection] * 3 + [None]
    assert read.partner("bank-b") is read.account("bob") is read.token_by_digest(b"") is None


def test_replacing_changes_every_field(registry):
    """A put under a known key leaves nothing of the former value."""
    registry.put_partner(BANK)
    registry.put_account(ALICE)
    partner = Partner("bank-a", PartnerKind.RELAY, (), suspended=True)
    account = Account("alice", "bank-a", AccountKind.SERVICE, frozenset(), red_capable=True, suspended=True)
    registry.put_partner(partner)
    registry.put_account(account)
    assert registry.partner("bank-a") == partner
    assert registry.account("alice") == account


def test_rights_are_spans_with_a_history(registry):
    """A right begins and ends at the stamp of its commit; beginning or ending it twice changes nothing."""
    assert registry.open_right(Right.READ, "partner:bank-a", C1)
    assert not registry.open_right(Right.READ, "partner:bank-a", C1)
    assert registry.end_right(Right.READ, "partner:bank-a", C1)
    assert not registry.end_right(Right.READ, "partner:bank-a", C1)
    assert registry.open_right(Right.READ, "partner:bank-a", C1)
    spans = tuple(RightSpan(Right.READ, "partner:bank-a", C1, *edges) for edges in ((10, 20), (30, None)))
    assert registry.rights() == registry.rights(Right.READ, C1) == spans
    assert registry.rights(Right.WRITE) == registry.rights(Right.READ, C2) == ()


def test_a_right_ended_in_its_own_commit_never_was(connection):
    """One commit has one stamp: what opens and ends at it leaves no span, what ends and opens goes on."""
    registry = SqliteRegistryWriter(connection, lambda: 50)
    registry.open_right(Right.MEMBER, "partner:bank-a", FRAUD)
    registry.end_right(Right.MEMBER, "partner:bank-a", FRAUD)
    assert registry.rights() == ()


def test_reader_gathers_every_way_of_reading(registry):
    """Reading through a group lasts as long as both the grant and the membership; ways add up."""
    registry.put_partner(BANK)
    registry.put_account(ALICE)
    registry.put_group("g-fraud", FRAUD)
    registry.open_right(Right.READ, "group:g-fraud", C1)  # 10
    registry.open_right(Right.MEMBER, "partner:bank-a", FRAUD)  # 20
    registry.open_right(Right.READ, "partner:bank-a", C2)  # 30
    registry.end_right(Right.READ, "partner:bank-a", C2)  # 40
    registry.open_right(Right.READ, "*", C2)  # 50
    registry.end_right(Right.MEMBER, "partner:bank-a", FRAUD)  # 60
    registry.open_right(Right.SECRETARIAT, "account:alice")  # 70
    registry.open_right(Right.RED_CAPABLE, "account:bob")  # 80
    registry.open_right(Right.READ, "group:g-other", C3)  # 90

    reader = registry.reader("alice")
    assert (reader.account, reader.partner, reader.partner_kind, reader.account_kind) == (
        "alice",
        "bank-a",
        PartnerKind.MEMBER,
        AccountKind.PERSON,
    )
    assert reader.reads == {C1: ((20, 60),), C2: ((30, 40), (50, FOREVER))}
    assert reader.groups == {FRAUD: ((20, 60),)}
    assert reader.secretariat == ((70, FOREVER),)
    assert reader.red_capable == ()
    assert registry.reader("nobody") is None


def test_who_has_not_signed_in_reads_public_collections(registry):
    """The public reader has what was opened to `anonymous` and nothing that is for everybody signed in."""
    registry.open_right(Right.READ, "anonymous", C1)  # 10
    registry.open_right(Right.READ, "*", C2)
    reader = registry.public_reader()
    assert (reader.account, reader.reads, reader.groups) == ("", {C1: ((10, FOREVER),)}, {})


def test_each_change_is_a_new_version(registry):
    """The version rises with every write, so that what a worker remembers is known to be stale."""
    versions = [registry.version()]
    for change in (
        lambda: registry.put_partner(BANK),
        lambda: registry.put_account(ALICE),
        lambda: registry.open_right(Right.SECRETARIAT, "account:alice"),
        lambda: registry.end_right(Right.SECRETARIAT, "account:alice"),
    ):
        change()
        versions.append(registry.version())
    assert versions == sorted(set(versions))
    registry.end_right(Right.SECRETARIAT, "account:alice")
    assert registry.version() == versions[-1]
