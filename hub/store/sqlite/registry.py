"""Who takes part and what was agreed, in SQLite: plain rows, and rights as spans of the hub clock."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from ipaddress import ip_network
from itertools import groupby
from typing import Any

from hub.model.collections import Collection, Intake, MarkingKind, PinnedMarking, Right, RightSpan
from hub.model.members import Account, AccountKind, Group, Partner, PartnerKind, Role, Token
from hub.policy.rules import Reader
from hub.policy.spans import FOREVER, NEVER, Spans, intersect, unite
from stix_models.markings import Level
from stix_models.timestamps import instant_of, micros_of

_Row = tuple[Any, ...]  # a row of SQLite, in the order of the statement that asked for it
_ACCOUNT = "SELECT name, partner, kind, roles, red_capable, suspended FROM account"
_TOKEN = "SELECT id, account, hint, created, read_only, collections, networks, expires, revoked FROM token"  # noqa: S105 - a statement
_COLLECTION = "SELECT id, title, alias, default_tlp, default_group, intake, public FROM collection"
_SPAN = 'SELECT "right", subject, object, since, until FROM right_span'


class SqliteRegistry:
    """The registry as one connection sees it: inside a transaction, as of one snapshot."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def version(self) -> int:
        """Give the number of changes so far; equal numbers of one hub mean equal registries."""
        row = self._connection.execute("SELECT value FROM meta WHERE key = 'rights_version'").fetchone()
        return int(row[0]) if row else 0

    def partner(self, name: str) -> Partner | None:
        """Find a partner by name."""
        return next(self._partners("WHERE p.name = ?", name), None)

    def partners(self) -> tuple[Partner, ...]:
        """Give the partners by name."""
        return tuple(self._partners(""))

    def account(self, name: str) -> Account | None:
        """Find an account by name."""
        row = self._connection.execute(f"{_ACCOUNT} WHERE name = ?", (name,)).fetchone()
        return _account(row) if row else None

    def accounts(self) -> tuple[Account, ...]:
        """Give the accounts by name."""
        return tuple(_account(row) for row in self._connection.execute(f"{_ACCOUNT} ORDER BY name"))

    def groups(self) -> tuple[Group, ...]:
        """Give the groups by name, with the partners that are members now."""
        members: defaultdict[str, set[str]] = defaultdict(set)
        for span in self.rights(Right.MEMBER):
            if span.until is None:
                members[span.object].add(span.subject.removeprefix("partner:"))
        rows = self._connection.execute("SELECT name, marking FROM sharing_group ORDER BY name")
        return tuple(Group(name, marking, frozenset(members[marking])) for name, marking in rows)

    def markings(self) -> tuple[PinnedMarking, ...]:
        """Give the further pinned markings by id."""
        rows = self._connection.execute("SELECT id, kind, level, accounts FROM marking ORDER BY id")
        return tuple(
            PinnedMarking(id_, MarkingKind(kind), frozenset(json.loads(accounts)), Level(level) if level else None)
            for id_, kind, level, accounts in rows
        )

    def collections(self) -> tuple[Collection, ...]:
        """Give the collections by id."""
        return tuple(_collection(row) for row in self._connection.execute(f"{_COLLECTION} ORDER BY id"))

    def collection(self, reference: str) -> Collection | None:
        """Find a collection by id, alias or title, in this order."""
        for column in ("id", "alias", "title"):
            row = self._connection.execute(f"{_COLLECTION} WHERE {column} = ?", (reference,)).fetchone()
            if row:
                return _collection(row)
        return None

    def tokens(self, account: str | None = None) -> tuple[Token, ...]:
        """Give the tokens of an account, or all, oldest first."""
        rows = self._connection.execute(f"{_TOKEN} WHERE ?1 IS NULL OR account = ?1 ORDER BY created, id", (account,))
        return tuple(_token(row) for row in rows)

    def token_by_digest(self, digest: bytes) -> Token | None:
        """Find a token by the sha-256 of its secret."""
        row = self._connection.execute(f"{_TOKEN} WHERE digest = ?", (digest,)).fetchone()
        return _token(row) if row else None

    def rights(self, right: Right | None = None, object: str | None = None) -> tuple[RightSpan, ...]:  # noqa: A002 - the field's name
        """Give every span ever, ended ones too, in order of `since`."""
        rows = self._connection.execute(
            f'{_SPAN} WHERE (?1 IS NULL OR "right" = ?1) AND (?2 IS NULL OR object = ?2) ORDER BY since, id',
            (right, object),
        )
        return tuple(_span(row) for row in rows)

    def reader(self, account: str) -> Reader | None:
        """Put together all that decides what the account may see, with its history (S1, S4, S5)."""
        known = self.account(account)
        partner = known and self.partner(known.partner)
        if not known or not partner:
            return None
        groups = self._history(Right.MEMBER, f"partner:{partner.name}")
        personal = f"account:{account}"
        return Reader(
            account=account,
            partner=partner.name,
            partner_kind=partner.kind,
            account_kind=known.kind,
            reads=self._reads(partner.name, groups),
            groups=groups,
            secretariat=self._history(Right.SECRETARIAT, personal).get("", NEVER),
            red_capable=self._history(Right.RED_CAPABLE, personal).get("", NEVER),
        )

    def public_reader(self) -> Reader:
        """Give the reader for whoever has not signed in: CLEAR from public collections (S4, note 1)."""
        reads = self._history(Right.READ, "anonymous")
        return Reader("", "", PartnerKind.OBSERVER, AccountKind.CLIENT, reads=reads)

    def _partners(self, tail: str, *values: str) -> Iterator[Partner]:
        rows = self._connection.execute(
            "SELECT p.name, p.kind, p.suspended, p.contact, p.agreement_ends, i.stix_id FROM partner p"
            f" LEFT JOIN identity i ON i.partner = p.name {tail} ORDER BY p.name, i.stix_id",
            values,
        )
        for (name, kind, suspended, contact, ends), each in groupby(rows, key=lambda row: row[:5]):
            identities = tuple(row[5] for row in each if row[5] is not None)
            until = date.fromisoformat(ends) if ends else None
            yield Partner(name, PartnerKind(kind), identities, bool(suspended), contact, until)

    def _history(self, right: Right, subject: str) -> dict[str, Spans]:
        """Give, by object, when the subject held the right."""
        spans: defaultdict[str, list[Spans]] = defaultdict(list)
        for row in self._connection.execute(f'{_SPAN} WHERE subject = ? AND "right" = ?', (subject, right)):
            span = _span(row)
            spans[span.object].append(((span.since, FOREVER if span.until is None else span.until),))
        return {name: unite(*each) for name, each in spans.items()}

    def _reads(self, partner: str, memberships: dict[str, Spans]) -> dict[str, Spans]:
        """Give, by collection, when the partner could read it: itself, with everybody, or by a group."""
        ways = [self._history(Right.READ, f"partner:{partner}"), self._history(Right.READ, "*")]
        for name, marking in self._connection.execute("SELECT name, marking FROM sharing_group").fetchall():
            if membership := memberships.get(marking):
                through = self._history(Right.READ, f"group:{name}")
                ways.append({key: intersect(spans, membership) for key, spans in through.items()})
        named = {collection for way in ways for collection in way}
        united = {key: unite(*(way.get(key, NEVER) for way in ways)) for key in named}
        return {key: spans for key, spans in united.items() if spans}


class SqliteRegistryWriter(SqliteRegistry):
    """The registry inside a commit; each write makes what workers remember of it stale.

    opening: gives this commit's one stamp for changes of rights, the same at every call.
    """

    def __init__(self, connection: sqlite3.Connection, opening: Callable[[], int]) -> None:
        super().__init__(connection)
        self._opening = opening
        self.accounts_before: dict[str, Account | None] = {}  # what this commit has put, as it was

    def put_partner(self, partner: Partner) -> None:
        """Add the partner or replace what is known of it (by name)."""
        self._write(
            "INSERT INTO partner VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, "
            "suspended = excluded.suspended, contact = excluded.contact, agreement_ends = excluded.agreement_ends",
            (
                partner.name,
                partner.kind,
                partner.suspended,
                partner.contact,
                partner.agreement_ends.isoformat() if partner.agreement_ends else None,
            ),
        )
        self._connection.execute("DELETE FROM identity WHERE partner = ?", (partner.name,))
        self._connection.executemany(
            "INSERT INTO identity VALUES (?, ?)", [(id_, partner.name) for id_ in partner.identities]
        )

    def put_account(self, account: Account) -> None:
        """Add or replace (by name); secretariat and red_capable are rights in time too, opened apart."""
        self.accounts_before.setdefault(account.name, self.account(account.name))
        self._write(
            "INSERT INTO account VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE "
            "SET partner = excluded.partner, kind = excluded.kind, roles = excluded.roles, "
            "red_capable = excluded.red_capable, suspended = excluded.suspended",
            (
                account.name,
                account.partner,
                account.kind,
                _list(account.roles),
                account.red_capable,
                account.suspended,
            ),
        )

    def put_token(self, token: Token, digest: bytes | None = None) -> None:
        """Add with the sha-256 of the secret, or replace all but that (by id)."""
        facts = (
            token.account,
            token.hint,
            micros_of(token.created),
            token.read_only,
            None if token.collections is None else _list(token.collections),
            _list(map(str, token.networks)),
            token.expires and micros_of(token.expires),
            token.revoked and micros_of(token.revoked),
            token.id,
        )
        columns = "account, hint, created, read_only, collections, networks, expires, revoked, id"
        if digest is None:
            self._write(f"UPDATE token SET ({columns}) = (?, ?, ?, ?, ?, ?, ?, ?, ?9) WHERE id = ?9", facts)
        else:
            self._write(
                f"INSERT INTO token ({columns}, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*facts, digest),
            )

    def put_group(self, name: str, marking: str) -> None:
        """Add a group or pin it to another marking (by name)."""
        self._write(
            "INSERT INTO sharing_group VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET marking = excluded.marking",
            (name, marking),
        )

    def put_marking(self, marking: PinnedMarking) -> None:
        """Add or replace (by id)."""
        self._write(
            "INSERT INTO marking VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
            "SET kind = excluded.kind, level = excluded.level, accounts = excluded.accounts",
            (marking.id, marking.kind, marking.level, _list(marking.accounts)),
        )

    def put_collection(self, collection: Collection) -> None:
        """Add or replace (by id)."""
        self._write(
            "INSERT INTO collection VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE "
            "SET title = excluded.title, alias = excluded.alias, default_tlp = excluded.default_tlp, "
            "default_group = excluded.default_group, intake = excluded.intake, public = excluded.public",
            (
                collection.id,
                collection.title,
                collection.alias,
                collection.default_tlp,
                collection.default_group,
                collection.intake,
                collection.public,
            ),
        )

    def open_right(self, right: Right, subject: str, object: str = "") -> bool:  # noqa: A002 - the field's name
        """Begin a right at this commit's one opening stamp; False if it is open already."""
        if self._open(right, subject, object) is not None:
            return False
        self._write(
            'INSERT INTO right_span ("right", subject, object, since) VALUES (?, ?, ?, ?)',
            (right, subject, object, self._opening()),
        )
        return True

    def end_right(self, right: Right, subject: str, object: str = "") -> bool:  # noqa: A002 - the field's name
        """End a right at this commit's one opening stamp; False if it was not open."""
        id_ = self._open(right, subject, object)
        if id_ is None:
            return False
        stamp = self._opening()
        self._write("UPDATE right_span SET until = ? WHERE id = ?", (stamp, id_))
        # One that began in this very commit has never been: an empty span is no span.
        self._connection.execute("DELETE FROM right_span WHERE id = ? AND since >= until", (id_,))
        return True

    def _open(self, right: Right, subject: str, object: str) -> int | None:  # noqa: A002 - the field's name
        row = self._connection.execute(
            'SELECT id FROM right_span WHERE "right" = ? AND subject = ? AND object = ? AND until IS NULL',
            (right, subject, object),
        ).fetchone()
        return int(row[0]) if row else None

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        self._connection.execute(statement, values)
        self._connection.execute(
            "INSERT INTO meta VALUES ('rights_version', 1) ON CONFLICT (key) DO UPDATE SET value = value + 1"
        )


def _account(row: _Row) -> Account:
    name, partner, kind, roles, red_capable, suspended = row
    roles = frozenset(map(Role, json.loads(roles)))
    return Account(name, partner, AccountKind(kind), roles, bool(red_capable), bool(suspended))


def _token(row: _Row) -> Token:
    id_, account, hint, created, read_only, collections, networks, expires, revoked = row
    return Token(
        id=id_,
        account=account,
        hint=hint,
        created=instant_of(created),
        read_only=bool(read_only),
        collections=None if collections is None else frozenset(json.loads(collections)),
        networks=tuple(map(ip_network, json.loads(networks))),
        expires=None if expires is None else instant_of(expires),
        revoked=None if revoked is None else instant_of(revoked),
    )


def _collection(row: _Row) -> Collection:
    id_, title, alias, default_tlp, default_group, intake, public = row
    return Collection(id_, title, alias, Level(default_tlp), default_group, Intake(intake), bool(public))


def _span(row: _Row) -> RightSpan:
    right, subject, object_, since, until = row
    return RightSpan(Right(right), subject, object_, since, until)


def _list(values: Iterable[str]) -> str:
    """Write values as a sorted JSON list, so that equal sets are equal rows."""
    return json.dumps(sorted(values))
