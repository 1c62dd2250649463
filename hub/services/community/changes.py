"""From what is to what a file says: the changes between, in words and as acts on the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from hub.model.collections import Collection, PinnedMarking, Right
from hub.model.members import Account, Group, Partner
from hub.policy.actions import Action
from hub.services.community.document import CollectionTerms, Document, GroupTerms
from hub.services.membership import roster
from hub.services.membership.agreements import HELD_RIGHTS
from hub.store.base import RegistryWriter


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: what to do about it, to what, in words, and the act itself.

    relabels: the marking id whose meaning changes with it; what carries it gets a new label.
    """

    action: Action
    target: str
    words: str
    act: Callable[[RegistryWriter], object] = field(repr=False, compare=False)
    detail: Mapping[str, Any] = field(default_factory=dict)
    relabels: str | None = None


def changes_between(present: Document, wanted: Document) -> tuple[Change, ...]:
    """Give the changes in an order in which they can be done. Both documents are complete (see resolution)."""
    return (
        *_partners(present, wanted),
        *_accounts(present, wanted),
        *_groups(present, wanted),
        *_markings(present, wanted),
        *_collections(present, wanted),
    )


def _partners(present: Document, wanted: Document) -> Iterator[Change]:
    """Let go of identities before anyone takes them, so that one can move between partners."""
    known = {each.name: each for each in present.partners}
    kept = {
        each.name: tuple(sorted(set(known[each.name].identities) & set(each.identities)))
        for each in wanted.partners
        if each.name in known
    }
    for each in wanted.partners:
        if each.name in known and kept[each.name] != known[each.name].identities:
            lost = sorted(set(known[each.name].identities) - set(each.identities))
            yield _stand(each, kept[each.name], f"{each.name} no longer stands for {', '.join(lost)}")
    for each in wanted.partners:
        if each.name not in known:
            detail = {"kind": each.kind, "identities": list(each.identities)}
            words = f"add partner {each.name} ({each.kind})"
            yield Change(Action.PARTNER_ADD, each.name, words, partial(_put_partner, each), detail)
        elif kept[each.name] != each.identities:
            gained = sorted(set(each.identities) - set(kept[each.name]))
            yield _stand(each, each.identities, f"{each.name} stands for {', '.join(gained)}")


def _stand(partner: Partner, identities: tuple[str, ...], words: str) -> Change:
    act = partial(_put_partner, replace(partner, identities=identities))
    return Change(Action.PARTNER_CHANGE, partner.name, words, act, {"identities": list(identities)})


def _accounts(present: Document, wanted: Document) -> Iterator[Change]:
    known = {each.name: each for each in present.accounts}
    for each in wanted.accounts:
        if known.get(each.name) == each:
            continue
        roles = ", ".join(sorted(each.roles)) or "no role"
        what = f"{each.name} ({each.kind} of {each.partner}: {roles}{', RED-capable' if each.red_capable else ''})"
        action, verb = (Action.ACCOUNT_CHANGE, "change") if each.name in known else (Action.ACCOUNT_ADD, "add")
        yield Change(action, each.name, f"{verb} account {what}", partial(_put_account, each), roster.facts_of(each))


def _groups(present: Document, wanted: Document) -> Iterator[Change]:
    known = {each.name: each for each in present.groups}
    for each in wanted.groups:
        members = known[each.name].members if each.name in known else frozenset()
        if each.name not in known:
            marking = str(each.marking)
            act = partial(_put_group, Group(each.name, marking))
            words = f"add group {each.name}"
            yield Change(Action.GROUP_ADD, each.name, words, act, {"marking": marking}, relabels=marking)
        for name in sorted(members - each.members):
            yield _move(each, name, on=False)
        for name in sorted(each.members - members):
            yield _move(each, name, on=True)


def _move(group: GroupTerms, partner: str, *, on: bool) -> Change:
    act = partial(_set_right, Right.MEMBER, partner, str(group.marking), on=on)
    action = Action.GROUP_JOIN if on else Action.GROUP_LEAVE
    words = f"{partner} {'joins' if on else 'leaves'} {group.name}"
    return Change(action, group.name, words, act, {"partners": [partner]})


def _markings(present: Document, wanted: Document) -> Iterator[Change]:
    known = {each.id: each for each in present.markings}
    for each in wanted.markings:
        if known.get(each.id) == each:
            continue
        verb = "change" if each.id in known else "pin"
        meaning = each.level or ", ".join(sorted(each.accounts))
        words = f"{verb} marking {each.id}: {each.kind}{f' {meaning}' if meaning else ''}"
        detail = {"kind": each.kind, "level": each.level, "accounts": sorted(each.accounts)}
        act = partial(_put_marking, each)
        yield Change(Action.MARKING_PIN, each.id, words, act, detail, relabels=each.id)


def _collections(present: Document, wanted: Document) -> Iterator[Change]:
    known = {each.id: each for each in present.collections}
    for each in wanted.collections:
        now = known.get(each.id)
        if now is None or roster.rules_of(now) != roster.rules_of(each):
            action, verb = (Action.COLLECTION_CHANGE, "change") if now else (Action.COLLECTION_ADD, "add")
            words = f"{verb} collection {each.title} ({_in_words(each)})"
            yield Change(action, str(each.id), words, partial(_put_collection, each), roster.rules_of(each))
        for right in HELD_RIGHTS:
            yield from _grants(right, now, each)


def _grants(right: Right, now: CollectionTerms | None, wanted: CollectionTerms) -> Iterator[Change]:
    has: frozenset[str] = getattr(now, right) if now else frozenset()
    wants: frozenset[str] = getattr(wanted, right)
    for subject in sorted(has ^ wants):
        on = subject in wants
        words = f"{'grant' if on else 'end'} {right} on {wanted.title}: {subject}"
        act = partial(_set_right, right, subject, str(wanted.id), on=on)
        action = Action.RIGHT_GRANT if on else Action.RIGHT_END
        yield Change(action, str(wanted.id), words, act, {"subject": subject, "rights": [right]})


def _in_words(collection: CollectionTerms) -> str:
    group = f" to {collection.default_group}" if collection.default_group else ""
    public = ", public" if collection.public else ""
    return f"{collection.default_tlp}{group}, intake {collection.intake}{public}"


# The acts. Each leaves alone what a file is silent about: who is suspended, whom to turn to, what was agreed.


def _put_partner(partner: Partner, registry: RegistryWriter) -> None:
    known = registry.partner(partner.name)
    roster.write_partner(registry, replace(known or partner, identities=partner.identities))


def _put_account(account: Account, registry: RegistryWriter) -> None:
    known = registry.account(account.name)
    roster.write_account(registry, replace(account, suspended=known.suspended if known else False))


def _put_group(group: Group, registry: RegistryWriter) -> None:
    roster.write_group(registry, group)


def _put_marking(marking: PinnedMarking, registry: RegistryWriter) -> None:
    roster.write_marking(registry, marking)


def _put_collection(terms: CollectionTerms, registry: RegistryWriter) -> None:
    group = roster.known_group(registry, terms.default_group).marking if terms.default_group else None
    id_ = str(terms.id)
    rules = Collection(id_, terms.title, terms.alias, terms.default_tlp, group, terms.intake, terms.public)
    roster.write_collection(registry, rules)


def _set_right(right: Right, subject: str, object_: str, registry: RegistryWriter, *, on: bool) -> None:
    roster.set_right(registry, right, roster.subject_of(registry, subject), object_, on=on)
