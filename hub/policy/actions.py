"""What may be done by whom: every act in one table, denied unless a rule allows it (visibility.md, Terms).

The operator and secretariat persons set up; contributors push where their partner may write; reviewers and
secretariat persons release what they did not push themselves. The operator never reads content.
Whether something is *visible* is policy.rules' answer; here it only arrives as a fact of the resource.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hub.errors import ForbiddenError
from hub.model.members import Account, AccountKind, Actor, Role
from hub.policy.acts import Action
from hub.policy.credentials import against_giving, against_keeping

__all__ = [
    "NOTHING",
    "Action",
    "Decision",
    "Resource",
    "Rule",
    "decide",
    "is_anonymous",
    "is_operator",
    "may_read",
    "operator",
    "require",
]


@dataclass(frozen=True, slots=True)
class Resource:
    """What an act is about, as far as the rules need to know it; what is left out grants nothing.

    collection: its id. readable, writable: the right the actor's partner holds on it now.
    producer, author: partner and account that pushed the thing. visible: whether policy.rules gives the actor
    its content now, or would give it were it released. owner: whose credential it is.
    approvers: partners whose reviewer approved what needs two of them.
    """

    collection: str = ""
    readable: bool = False
    writable: bool = False
    producer: str = ""
    author: str = ""
    visible: bool = False
    owner: Account | None = None
    approvers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether, and why (not); the reason is a sentence for whoever asked."""

    allowed: bool
    reason: str


Rule = Callable[[Actor, Resource], str | None]
"""Gives the reason against it, None if there is none."""

NOTHING = Resource()


def operator(system_user: str) -> Actor:
    """Give the built-in actor who sets up this hub's machine; `system_user` is for the audit trail."""
    return Actor(f"operator ({system_user})")


def is_operator(actor: Actor) -> bool:
    """Whether it is the built-in operator: no account's name has a bracket."""
    return actor.account is None and actor.name.startswith("operator (")


def decide(actor: Actor, action: Action, resource: Resource = NOTHING) -> Decision:
    """Decide an act by the table; whoever is suspended may nothing."""
    rule = _TABLE.get(action)
    if rule is None:
        return Decision(allowed=False, reason=f"nobody may {action}")
    if (actor.account and actor.account.suspended) or (actor.partner and actor.partner.suspended):
        return Decision(allowed=False, reason="suspended")
    against = rule(actor, resource)
    if against is None and resource.collection and not actor.reaches(resource.collection):
        against = "the token is not good for this collection"
    if against is None and actor.read_only and action not in _READING:
        against = "the token is read-only"
    return Decision(allowed=against is None, reason=against or "allowed")


def require(actor: Actor, action: Action, resource: Resource = NOTHING) -> None:
    """Go on only if the act is allowed.

    Raises: ForbiddenError: it is not; the text is the reason.
    """
    decision = decide(actor, action, resource)
    if not decision.allowed:
        raise ForbiddenError(f"{action}: {decision.reason}")


def _set_up(actor: Actor, _: Resource) -> str | None:
    """Operator and secretariat persons; a token cut to some collections is not for setting up the hub."""
    if is_operator(actor):
        return None
    if not _is_secretariat(actor):
        return "only the operator and secretariat persons set up the hub"
    return None if actor.collections is None else "the token is cut to collections"


def _give_token(actor: Actor, resource: Resource) -> str | None:
    return against_giving(actor, resource.owner, _set_up(actor, resource))


def _keep_token(actor: Actor, resource: Resource) -> str | None:
    return against_keeping(actor, resource.owner, _set_up(actor, resource))


def _read(actor: Actor, resource: Resource) -> str | None:
    """S1: the reading right; secretariat persons hold it everywhere, who has not signed in on public ones."""
    if _is_secretariat(actor):
        return None
    if not resource.readable:
        return "no right to read this collection"
    if is_anonymous(actor) or (actor.account is not None and may_read(actor.account)):
        return None
    return "the account does not hold the role reader"


def _push(actor: Actor, resource: Resource) -> str | None:
    if not actor.has(Role.CONTRIBUTOR):
        return "the account does not hold the role contributor"
    return None if resource.writable else "no right to write to this collection"


def _draft(actor: Actor, _: Resource) -> str | None:
    """Whoever pushes may prepare it; where he may push is asked of each draft."""
    return None if actor.has(Role.CONTRIBUTOR) else "the account does not hold the role contributor"


def _delete(actor: Actor, resource: Resource) -> str | None:
    """S15: producer and secretariat only."""
    if _is_secretariat(actor):
        return None
    if not _produced(actor, resource):
        return "only its producer and the secretariat delete an object"
    return None if actor.has(Role.CONTRIBUTOR) else "the account does not hold the role contributor"


def _mark(actor: Actor, _: Resource) -> str | None:
    """S8: the secretariat may raise a marking at once."""
    return None if _is_secretariat(actor) else "only secretariat persons raise a marking"


def _about_itself(actor: Actor, resource: Resource) -> str | None:
    """Let an account ask what it did and sees itself (`author`)."""
    mine = actor.account is not None and actor.account.name == resource.author
    return None if mine else "only for the account itself"


def _watch(actor: Actor, resource: Resource) -> str | None:
    """How a feed does is for who sets up, the account that pulls it (`author`) and its partner (`producer`)."""
    if _set_up(actor, resource) is None or _produced(actor, resource):
        return None
    return _about_itself(actor, resource)


def _view_as(actor: Actor, _: Resource) -> str | None:
    """Persons of the secretariat, who see content themselves: the operator never does."""
    return None if _is_secretariat(actor) else "only secretariat persons look with the eyes of an account"


def _own_entrance(actor: Actor, resource: Resource) -> str | None:
    """Only persons sign in; how one does, and where one is signed in, is one's own affair (`author`)."""
    if actor.account is None or actor.account.kind is not AccountKind.PERSON:
        return "only persons sign in"
    return None if actor.account.name == resource.author else "only for the person itself"


def _own_status(actor: Actor, resource: Resource) -> str | None:
    """TAXII 2.1 section 4.3 leaves it to the server: here a status is its poster's alone."""
    mine = actor.account is not None and actor.account.name == resource.author
    return None if mine else "a status is for its poster"


def _list_waiting(actor: Actor, _: Resource) -> str | None:
    return None if _is_secretariat(actor) or actor.has(Role.REVIEWER) else "only reviewers see the queue"


def _read_waiting(actor: Actor, resource: Resource) -> str | None:
    """S8: its producer; secretariat persons and reviewers as far as they would see it released."""
    if _produced(actor, resource) or (_may_review(actor) and resource.visible):
        return None
    return "not for this account before its release"


def _judge(actor: Actor, resource: Resource) -> str | None:
    """S8: never the author; a secretariat person may act on what it can't see (audited as blind)."""
    if not _may_review(actor):
        return "only reviewers and secretariat persons decide about a submission"
    if actor.account is not None and actor.account.name == resource.author:
        return "the author never reviews"
    return None if resource.visible or _is_secretariat(actor) else "not for this account before its release"


def _release(actor: Actor, resource: Resource) -> str | None:
    """Where two reviewers decide, the second is of another organisation than the first and than the producer."""
    against = _judge(actor, resource)
    if against is None and resource.approvers and actor.account:
        one_of_them = actor.account.partner in {*resource.approvers, resource.producer}
        return "the second reviewer is of another organisation than the first and the producer" if one_of_them else None
    return against


def _as_producer(actor: Actor, resource: Resource) -> str | None:
    """S8: what a producer's persons see to; of RED those alone to whom it is visible."""
    person = actor.account is not None and actor.account.kind is AccountKind.PERSON
    return None if person and _produced(actor, resource) and resource.visible else "only for persons of its producer"


def _ask(actor: Actor, resource: Resource) -> str | None:
    """Persons who read what they ask about, of its producer."""
    if actor.account is None or actor.account.kind is not AccountKind.PERSON or not may_read(actor.account):
        return "only persons who read ask questions"
    if not resource.visible:
        return "nothing of it is visible to this account"
    return "it is your own organisation's" if _produced(actor, resource) else None


def _read_question(actor: Actor, resource: Resource) -> str | None:
    """Who asked; of those who see what it is about, its producer's persons and the secretariat's."""
    if actor.account is not None and actor.account.name == resource.author:
        return None
    return None if _is_secretariat(actor) and resource.visible else _as_producer(actor, resource)


def may_read(account: Account) -> bool:
    """Whether the account holds a role to read with, where its partner may read."""
    return not account.roles.isdisjoint({Role.READER, Role.REVIEWER, Role.SECRETARIAT})


def is_anonymous(actor: Actor) -> bool:
    """Whether it is whoever has not signed in."""
    return actor.account is None and actor.name == ""


def _is_secretariat(actor: Actor) -> bool:
    return actor.has(Role.SECRETARIAT)


def _may_review(actor: Actor) -> bool:
    return actor.has(Role.SECRETARIAT) or actor.has(Role.REVIEWER)


def _produced(actor: Actor, resource: Resource) -> bool:
    """S8: a producer's persons and services; its clients are ordinary readers."""
    if actor.account is None or actor.account.kind is AccountKind.CLIENT:
        return False
    return bool(resource.producer) and actor.account.partner == resource.producer


_READING = frozenset(
    {
        Action.PARTNER_LIST,
        Action.ACCOUNT_LIST,
        Action.TOKEN_LIST,
        Action.GROUP_LIST,
        Action.ACCESS_PREVIEW,
        Action.MUST_HOLD_LIST,
        Action.COLLECTION_LIST,
        Action.COMMUNITY_PLAN,
        Action.COMMUNITY_EXPORT,
        Action.HUB_CHECK,
        Action.AUDIT_READ,
        Action.GROUP_LIST_OWN,
        Action.AUDIT_READ_OWN,
        Action.FEED_WATCH,
        Action.OBJECT_EXPLAIN,
        Action.OBJECT_EXPLAIN_OWN,
        Action.COLLECTION_READ,
        Action.STATUS_READ,
        Action.SUBMISSION_LIST,
        Action.SUBMISSION_READ,
        Action.SUBMISSION_READ_OWN,
        Action.QUESTION_READ,
    }
)
"""What changes nothing, and so is open to a read-only token."""

_CONTENT: dict[Action, Rule] = {
    Action.COLLECTION_READ: _read,
    Action.TOKEN_ISSUE: _give_token,
    Action.TOKEN_ROTATE: _give_token,
    Action.TOKEN_LIST: _keep_token,
    Action.TOKEN_REVOKE: _keep_token,
    Action.OBJECT_ADD: _push,
    Action.DRAFT_KEEP: _draft,
    Action.OBJECT_DELETE: _delete,
    Action.OBJECT_MARK: _mark,
    Action.STATUS_READ: _own_status,
    Action.INVITATION_ACCEPT: _own_entrance,
    Action.SESSION_OPEN: _own_entrance,
    Action.SESSION_END: _own_entrance,
    Action.CREDENTIAL_CHANGE: _own_entrance,
    Action.SUBMISSION_LIST: _list_waiting,
    Action.SUBMISSION_READ: _read_waiting,
    Action.SUBMISSION_RELEASE: _release,
    Action.SUBMISSION_APPROVE: _release,
    Action.SUBMISSION_REJECT: _judge,
    Action.SUBMISSION_RETURN: _judge,
    Action.SUBMISSION_READ_OWN: _as_producer,
    Action.QUESTION_ASK: _ask,
    Action.QUESTION_ANSWER: _as_producer,
    Action.QUESTION_READ: _read_question,
    Action.GROUP_LIST_OWN: _about_itself,
    Action.AUDIT_READ_OWN: _about_itself,
    Action.FEED_WATCH: _watch,
    Action.OBJECT_EXPLAIN_OWN: _about_itself,
    Action.OBJECT_VIEW_AS: _view_as,
    Action.OBJECT_VIEW_AS_END: _view_as,
}
_SET_UP = (
    Action.PARTNER_ADD,
    Action.PARTNER_CHANGE,
    Action.PARTNER_LIST,
    Action.PARTNER_SUSPEND,
    Action.PARTNER_RESUME,
    Action.ACCOUNT_ADD,
    Action.ACCOUNT_CHANGE,
    Action.ACCOUNT_LIST,
    Action.ACCOUNT_SUSPEND,
    Action.ACCOUNT_RESUME,
    Action.ACCOUNT_INVITE,
    Action.ACCOUNT_SIGN_OUT,
    Action.GROUP_ADD,
    Action.GROUP_JOIN,
    Action.GROUP_LEAVE,
    Action.GROUP_LIST,
    Action.MARKING_PIN,
    Action.COLLECTION_ADD,
    Action.COLLECTION_CHANGE,
    Action.COLLECTION_LIST,
    Action.RIGHT_GRANT,
    Action.RIGHT_END,
    Action.ACCESS_PREVIEW,
    Action.ACCESS_APPLY,
    Action.MUST_HOLD_ADD,
    Action.MUST_HOLD_LIST,
    Action.MUST_HOLD_REMOVE,
    Action.COMMUNITY_PLAN,
    Action.COMMUNITY_APPLY,
    Action.COMMUNITY_EXPORT,
    Action.REFERENCE_LOAD,
    Action.HUB_CHECK,
    Action.HUB_REPAIR,
    Action.HUB_BACKUP,
    Action.HUB_RESTORE,
    Action.HUB_UPGRADE,
    Action.AUDIT_READ,
    Action.OBJECT_EXPLAIN,
)
_TABLE: dict[Action, Rule] = dict.fromkeys(_SET_UP, _set_up) | _CONTENT
