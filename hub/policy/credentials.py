"""Whose tokens somebody sees to: the rules of hub.policy.actions for credentials (visibility.md S8).

setting_up: the reason against the actor's setting up the hub, None if he may.
"""

from __future__ import annotations

from hub.model.members import Account, AccountKind, Actor, Role


def against_giving(actor: Actor, owner: Account | None, setting_up: str | None) -> str | None:
    """Let nobody make a credential that opens more than his own does; the operator reads no content."""
    against = against_keeping(actor, owner, setting_up)
    if against is not None or owner is None or actor.account is None or actor.account.name == owner.name:
        return against
    if owner.kind is AccountKind.PERSON or owner.red_capable:
        return "who may get RED gets a token from itself or from the operator"
    more = setting_up is not None and not owner.roles <= actor.account.roles
    return "it holds a role that you do not hold" if more else None


def against_keeping(actor: Actor, owner: Account | None, setting_up: str | None) -> str | None:
    """Whoever sets up; persons for themselves and, with something to read or to push, for machines of their partner."""
    if setting_up is None or owner is None:
        return setting_up
    if actor.account is None or actor.account.kind is not AccountKind.PERSON:
        return "only persons see to tokens"
    if actor.collections is not None:
        return "the token is cut to collections"
    if actor.account.name == owner.name:
        return None
    if owner.kind is AccountKind.PERSON or owner.partner != actor.account.partner:
        return "another's tokens"
    useful = actor.has(Role.READER) or actor.has(Role.CONTRIBUTOR)
    return None if useful else "the account holds neither the role reader nor contributor"
