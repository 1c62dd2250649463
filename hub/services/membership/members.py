"""Partners and their accounts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from hub.errors import ConflictError
from hub.model.audit import Event
from hub.model.members import SECRETARIAT, Account, Actor, Partner, Role
from hub.policy.actions import Action, is_operator, require
from hub.policy.enrolment import against_account, against_partner, refuse
from hub.services.membership import roster
from hub.services.membership.must_hold import commit_upheld
from hub.store.base import Store, Transaction


@dataclass(frozen=True, slots=True)
class Enrolling:
    """A stage of services.access: one who is to sign in."""

    account: Account

    def carry_out(self, tx: Transaction, actor: Actor) -> tuple[str, ...]:
        """Take it up. Raises: as `Members.add_account`."""
        require(actor, Action.ACCOUNT_ADD)
        account = self.account
        partner = roster.known_partner(tx.registry, account.partner)
        refuse(against_account(account, partner), f"account {account.name}")
        if tx.registry.account(account.name):
            raise ConflictError(f"there is an account {account.name} already")
        roster.write_account(tx.registry, account)
        tx.record(Event(actor.name, Action.ACCOUNT_ADD, account.name, roster.facts_of(account)))
        return (f"{account.name} signs in for {partner.name}",)


@dataclass(frozen=True, slots=True)
class Casting:
    """A stage of services.access: the roles and the clearance an account is to have."""

    account: str
    roles: frozenset[Role]
    red_capable: bool

    def carry_out(self, tx: Transaction, actor: Actor) -> tuple[str, ...]:
        """Give it these, if it has others.

        Raises: NotFoundError; InvalidInputError: not for its kind; ConflictError: nobody of the secretariat would be
            left.
        """
        require(actor, Action.ACCOUNT_CHANGE)
        known = roster.known_account(tx.registry, self.account)
        account = replace(known, roles=self.roles, red_capable=self.red_capable)
        refuse(against_account(account, roster.known_partner(tx.registry, known.partner)), f"account {known.name}")
        if account == known:
            return ()
        roster.write_account(tx.registry, account)
        roster.require_secretariat(tx.registry, actor, known)
        tx.record(Event(actor.name, Action.ACCOUNT_CHANGE, account.name, roster.facts_of(account)))
        held = ", ".join(sorted(account.roles)) or "no role"
        return (f"{account.name} holds {held}{' and is RED-capable' if account.red_capable else ''}",)


class Members:
    """Takes partners and accounts up, and lets them rest; nothing of them is ever deleted."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add_partner(self, actor: Actor, partner: Partner) -> Partner:
        """Take up an organisation.

        Raises: InvalidInputError; ConflictError: the name or one of the identities is taken.
        """
        require(actor, Action.PARTNER_ADD)
        refuse(against_partner(partner), f"partner {partner.name}")

        def act(tx: Transaction) -> Partner:
            if tx.registry.partner(partner.name):
                raise ConflictError(f"there is a partner {partner.name} already")
            roster.write_partner(tx.registry, partner)
            facts = {"kind": partner.kind, "identities": list(partner.identities)}
            tx.record(Event(actor.name, Action.PARTNER_ADD, partner.name, facts))
            return partner

        return self._store.commit(act)

    def partners(self, actor: Actor) -> tuple[Partner, ...]:
        """Give all partners by name."""
        require(actor, Action.PARTNER_LIST)
        with self._store.snapshot() as snapshot:
            return snapshot.registry.partners()

    def suspend_partner(self, actor: Actor, name: str) -> Partner:
        """Let none of its accounts in until it is resumed; nobody stays signed in. Raises: NotFoundError."""
        require(actor, Action.PARTNER_SUSPEND)
        partner = self._store.commit(lambda tx: _rest_partner(tx, actor, name, suspended=True))
        with self._store.snapshot() as snapshot:
            accounts = [each.name for each in snapshot.registry.accounts() if each.partner == name]
        for each in accounts:
            self._store.sessions.end_all(each)
        return partner

    def resume_partner(self, actor: Actor, name: str) -> Partner:
        """Let its accounts in again. Raises: NotFoundError."""
        require(actor, Action.PARTNER_RESUME)
        return self._store.commit(lambda tx: _rest_partner(tx, actor, name, suspended=False))

    def describe_partner(self, actor: Actor, name: str, contact: str, agreement_ends: date | None) -> Partner:
        """Say whom to turn to at a partner, and until when it was agreed. Raises: NotFoundError, InvalidInputError."""
        require(actor, Action.PARTNER_CHANGE)

        def act(tx: Transaction) -> Partner:
            known = roster.known_partner(tx.registry, name)
            partner = replace(known, contact=contact, agreement_ends=agreement_ends)
            refuse(against_partner(partner), f"partner {name}")
            if partner != known:
                tx.registry.put_partner(partner)
                ends = agreement_ends.isoformat() if agreement_ends else None
                tx.record(Event(actor.name, Action.PARTNER_CHANGE, name, {"contact": contact, "agreement_ends": ends}))
            return partner

        return self._store.commit(act)

    def add_account(self, actor: Actor, account: Account) -> Account:
        """Take up one who signs in.

        Raises: InvalidInputError; NotFoundError: no such partner; ConflictError: the name is taken, or
            something that must hold would not.
        """
        enrolling = Enrolling(account)

        def act(tx: Transaction) -> Account:
            enrolling.carry_out(tx, actor)
            return account

        return commit_upheld(self._store, act)

    def accounts(self, actor: Actor) -> tuple[Account, ...]:
        """Give all accounts by name."""
        require(actor, Action.ACCOUNT_LIST)
        with self._store.snapshot() as snapshot:
            return snapshot.registry.accounts()

    def suspend_account(self, actor: Actor, name: str) -> Account:
        """Don't let it in until it is resumed, nor stay signed in. Raises: NotFoundError."""
        require(actor, Action.ACCOUNT_SUSPEND)
        account = self._store.commit(lambda tx: _rest_account(tx, actor, name, suspended=True))
        self._store.sessions.end_all(name)
        return account

    def resume_account(self, actor: Actor, name: str) -> Account:
        """Let it in again, with the tokens it had. Raises: NotFoundError."""
        require(actor, Action.ACCOUNT_RESUME)
        return self._store.commit(lambda tx: _rest_account(tx, actor, name, suspended=False))


def _rest_partner(tx: Transaction, actor: Actor, name: str, *, suspended: bool) -> Partner:
    partner = replace(roster.known_partner(tx.registry, name), suspended=suspended)
    if suspended and name == SECRETARIAT and not is_operator(actor):
        raise ConflictError("the secretariat can't suspend itself: nobody could undo that here")
    tx.registry.put_partner(partner)
    action = Action.PARTNER_SUSPEND if suspended else Action.PARTNER_RESUME
    tx.record(Event(actor.name, action, name))
    return partner


def _rest_account(tx: Transaction, actor: Actor, name: str, *, suspended: bool) -> Account:
    known = roster.known_account(tx.registry, name)
    account = replace(known, suspended=suspended)
    tx.registry.put_account(account)
    roster.require_secretariat(tx.registry, actor, known)
    action = Action.ACCOUNT_SUSPEND if suspended else Action.ACCOUNT_RESUME
    tx.record(Event(actor.name, action, name))
    return account
