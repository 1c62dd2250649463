"""Whose tokens an actor sees to: whoever sets up to all, a person to his own and to those of his partner's machines.

What a member does not see to is, to him, as if it were not there.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.errors import NotFoundError
from hub.model.collections import Collection, Right
from hub.model.members import Account, Actor, Role, Token
from hub.policy.actions import Action, Resource, decide, require
from hub.services.membership import roster
from hub.services.reading import holds
from hub.services.sharing import Access
from hub.store.base import Registry


def sets_up(actor: Actor) -> bool:
    """Whether the actor sees to everybody's tokens."""
    return decide(actor, Action.TOKEN_LIST).allowed


def owner_of(registry: Registry, actor: Actor, action: Action, name: str) -> Account:
    """Find the account a token is or will be of. Raises: NotFoundError; ForbiddenError: the act is not the actor's."""
    owner = roster.known_account(registry, name) if sets_up(actor) or name == actor.name else None
    if owner is None:
        owner = next((each for each in seen_to(registry, actor, Action.TOKEN_LIST) if each.name == name), None)
    if owner is None:
        raise NotFoundError(f"there is no account {name}")
    require(actor, action, Resource(owner=owner))
    return owner


def known_token(registry: Registry, actor: Actor, action: Action, id_: str) -> Token:
    """Find a token the actor sees to. Raises: NotFoundError; ForbiddenError: he may not do this with it."""
    token = next((token for token in registry.tokens() if token.id == id_), None)
    owner = registry.account(token.account) if token else None
    if token is None or owner is None or not decide(actor, Action.TOKEN_LIST, Resource(owner=owner)).allowed:
        require(actor, action, Resource(owner=actor.account))
        raise NotFoundError(f"there is no token {id_}")
    require(actor, action, Resource(owner=owner))
    return token


def seen_to(registry: Registry, actor: Actor, action: Action) -> Iterator[Account]:
    """Give the accounts whose tokens are the actor's to see to. Raises: ForbiddenError: no token is."""
    require(actor, Action.TOKEN_LIST, Resource(owner=actor.account))
    for each in registry.accounts():
        if decide(actor, action, Resource(owner=each)).allowed:
            yield each


def reached(registry: Registry, actor: Actor, owner: Account, reference: str) -> Collection:
    """Find a collection for a token; to a member, one where its account has no right is not there.

    Raises: NotFoundError.
    """
    found = roster.known_collection(registry, reference)
    has_right = any(holds(registry, right, owner.partner, found) for right in (Right.READ, Right.WRITE))
    if not has_right and not sets_up(actor):
        raise NotFoundError(f"there is no collection {reference}")
    return found


def accesses(registry: Registry, owner: Account | None) -> tuple[Access, ...]:
    """Give the collections where the account may do anything, by title; all of them for no account."""
    found = [_access(registry, owner, each) for each in registry.collections()]
    some = (each for each in found if each.can_read or each.can_write)
    return tuple(sorted(some, key=lambda each: (each.collection.title, each.collection.id)))


def _access(registry: Registry, owner: Account | None, collection: Collection) -> Access:
    if owner is None:
        return Access(collection, can_read=True, can_write=True)
    reads = bool(owner.roles & {Role.READER, Role.REVIEWER}) and holds(registry, Right.READ, owner.partner, collection)
    reads |= Role.SECRETARIAT in owner.roles
    writes = Role.CONTRIBUTOR in owner.roles and holds(registry, Right.WRITE, owner.partner, collection)
    return Access(collection, can_read=reads, can_write=writes)
