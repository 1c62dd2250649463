"""Writing members and agreements inside a commit, so that a value and its rights in time never part."""

from __future__ import annotations

from typing import Any

from hub.errors import ConflictError, NotFoundError
from hub.model.collections import Collection, PinnedMarking, Right
from hub.model.members import Account, Actor, Group, Partner, Role
from hub.policy.actions import is_operator
from hub.store.base import Registry, RegistryWriter

EVERYBODY = "*"
ANONYMOUS = "anonymous"
_RULES = ("title", "alias", "default_tlp", "default_group", "intake", "public")


def known_partner(registry: Registry, name: str) -> Partner:
    """Find a partner. Raises: NotFoundError."""
    partner = registry.partner(name)
    if partner is None:
        raise NotFoundError(f"there is no partner {name}")
    return partner


def known_account(registry: Registry, name: str) -> Account:
    """Find an account. Raises: NotFoundError."""
    account = registry.account(name)
    if account is None:
        raise NotFoundError(f"there is no account {name}")
    return account


def known_group(registry: Registry, name: str) -> Group:
    """Find a group by name. Raises: NotFoundError."""
    group = next((group for group in registry.groups() if group.name == name), None)
    if group is None:
        raise NotFoundError(f"there is no group {name}")
    return group


def known_collection(registry: Registry, reference: str) -> Collection:
    """Find a collection by id, alias or title. Raises: NotFoundError."""
    collection = registry.collection(reference)
    if collection is None:
        raise NotFoundError(f"there is no collection {reference}")
    return collection


def subject_of(registry: Registry, written: str) -> str:
    """Give the subject of a right as the registry keeps it, of `PARTNER`, `@GROUP` or `*`.

    Raises: NotFoundError: there is no such partner or group.
    """
    if written == EVERYBODY:
        return EVERYBODY
    if written.startswith("@"):
        return f"group:{known_group(registry, written[1:]).name}"
    return f"partner:{known_partner(registry, written).name}"


def written_subject(subject: str) -> str:
    """Give the subject of a right as people write it."""
    return subject.removeprefix("partner:").replace("group:", "@", 1)


def write_partner(registry: RegistryWriter, partner: Partner) -> None:
    """Put a partner. Raises: ConflictError: one of its identities stands for another partner."""
    for other in registry.partners() if partner.identities else ():
        taken = set(other.identities) & set(partner.identities)
        if taken and other.name != partner.name:
            raise ConflictError(f"{min(taken)} stands for {other.name} already")
    registry.put_partner(partner)


def write_account(registry: RegistryWriter, account: Account) -> None:
    """Put an account; what it may see by its role or clearance begins or ends with it."""
    registry.put_account(account)
    subject = f"account:{account.name}"
    set_right(registry, Right.SECRETARIAT, subject, on=Role.SECRETARIAT in account.roles)
    set_right(registry, Right.RED_CAPABLE, subject, on=account.red_capable)


def write_group(registry: RegistryWriter, group: Group) -> None:
    """Pin a new group. Raises: ConflictError: the marking means something else already."""
    if group.marking in {marking.id for marking in registry.markings()}:
        raise ConflictError(f"{group.marking} is pinned already, as a marking of another kind")
    for other in registry.groups():
        if group.name == other.name or group.marking == other.marking:
            raise ConflictError(f"there is a group {other.name} with {other.marking}")
    registry.put_group(group.name, group.marking)


def write_marking(registry: RegistryWriter, marking: PinnedMarking) -> None:
    """Pin a marking. Raises: ConflictError: it is a group's."""
    for group in registry.groups():
        if group.marking == marking.id:
            raise ConflictError(f"{marking.id} is the marking of the group {group.name}")
    registry.put_marking(marking)


def write_collection(registry: RegistryWriter, collection: Collection) -> None:
    """Put a collection. Raises: ConflictError: another one answers to its title or alias."""
    names = {collection.id, collection.title, collection.alias} - {None}
    for other in registry.collections():
        taken = names & {other.id, other.title, other.alias}
        if taken and other.id != collection.id:
            raise ConflictError(f"collection {other.id} answers to {min(map(str, taken))} already")
    registry.put_collection(collection)
    set_right(registry, Right.READ, ANONYMOUS, collection.id, on=collection.public)


def set_right(registry: RegistryWriter, right: Right, subject: str, object: str = "", *, on: bool) -> bool:  # noqa: A002 - the field's name
    """Begin or end a right; False if it was so already."""
    return registry.open_right(right, subject, object) if on else registry.end_right(right, subject, object)


def open_subjects(registry: Registry, right: Right, object: str) -> frozenset[str]:  # noqa: A002 - the field's name
    """Give who holds the right on it now."""
    return frozenset(span.subject for span in registry.rights(right, object) if span.until is None)


def require_secretariat(registry: Registry, actor: Actor, before: Account) -> None:
    """Go on unless the account was the last person of the secretariat who may come in.

    Raises: ConflictError: it was. The operator may do without one: he can always take up another.
    """
    if is_operator(actor) or Role.SECRETARIAT not in before.roles or before.suspended:
        return
    if not any(Role.SECRETARIAT in each.roles and not each.suspended for each in registry.accounts()):
        raise ConflictError(f"{before.name} is the last person of the secretariat: take up another one first")


def facts_of(account: Account) -> dict[str, Any]:
    """Give what the audit trail keeps of an account."""
    return {
        "partner": account.partner,
        "kind": account.kind,
        "roles": sorted(account.roles),
        "red_capable": account.red_capable,
    }


def rules_of(collection: object) -> dict[str, Any]:
    """Give a collection's rules by name, of a Collection or of anything with the same fields."""
    return {name: getattr(collection, name) for name in _RULES}
