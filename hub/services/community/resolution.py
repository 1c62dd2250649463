"""Making a document complete against the hub: what is there as a document, ids filled in, names that must be known."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace

from hub.errors import ConflictError, Finding, InvalidInputError
from hub.model.collections import Collection, Right
from hub.model.members import Group, Partner
from hub.policy import enrolment
from hub.services.community.document import CollectionTerms, Document, GroupTerms
from hub.services.membership import roster
from hub.store.base import Registry


def present(registry: Registry) -> Document:
    """Give all that a community file can say of the hub, in order of names and ids."""
    groups = registry.groups()
    named = {group.marking: group.name for group in groups}
    return Document(
        partners=tuple(replace(each, suspended=False) for each in registry.partners()),
        accounts=tuple(replace(each, suspended=False) for each in registry.accounts()),
        groups=tuple(GroupTerms(each.name, each.marking, each.members) for each in groups),
        markings=registry.markings(),
        collections=tuple(_terms(registry, each, named) for each in registry.collections()),
    )


def complete(now: Document, wanted: Document) -> Document:
    """Fill in the ids a file leaves out: those the hub has under that name, or new ones."""
    markings = {each.name: each.marking for each in now.groups}
    ids = {each.title: each.id for each in now.collections}
    return replace(
        wanted,
        groups=tuple(
            replace(each, marking=each.marking or markings.get(each.name) or f"marking-definition--{uuid.uuid4()}")
            for each in wanted.groups
        ),
        collections=tuple(
            replace(each, id=each.id or ids.get(each.title) or str(uuid.uuid4())) for each in wanted.collections
        ),
    )


def check(now: Document, wanted: Document) -> None:
    """Go on only if every value can be taken up and every name it uses is known, by the hub or the file.

    Raises: InvalidInputError: with all findings. ConflictError: something would change that never does.
    """
    _refuse_new_nature(now, wanted)
    findings = (*_against_values(now, wanted), *_against_names(now, wanted), *_against_repeats(now, wanted))
    if findings:
        raise InvalidInputError("the community file can't be taken as it is", findings)


def _terms(registry: Registry, collection: Collection, groups: dict[str, str]) -> CollectionTerms:
    def holders(right: Right) -> frozenset[str]:
        subjects = roster.open_subjects(registry, right, collection.id) - {roster.ANONYMOUS}
        return frozenset(map(roster.written_subject, subjects))

    return CollectionTerms(
        id=collection.id,
        title=collection.title,
        alias=collection.alias,
        default_tlp=collection.default_tlp,
        default_group=groups.get(collection.default_group or ""),
        intake=collection.intake,
        public=collection.public,
        read=holders(Right.READ),
        write=holders(Right.WRITE),
        trusted=holders(Right.TRUSTED),
    )


def _refuse_new_nature(now: Document, wanted: Document) -> None:
    """Kinds, an account's partner and a group's marking are for good: rights and labels were built on them."""
    natures = _natures(now)
    for thing, nature in _natures(wanted).items():
        was = natures.get(thing, nature)
        if was != nature:
            raise ConflictError(f"{thing} is {was} and can't become {nature}: take up another one")


def _natures(document: Document) -> dict[str, str]:
    return (
        {f"partner {each.name}": f"{each.kind}" for each in document.partners}
        | {f"account {each.name}": f"{each.kind} of {each.partner}" for each in document.accounts}
        | {f"group {each.name}": f"{each.marking}" for each in document.groups}
    )


def _against_values(now: Document, wanted: Document) -> Iterator[Finding]:
    partners = _by_name(now.partners) | _by_name(wanted.partners)
    for partner in wanted.partners:
        yield from _under(f"partner.{partner.name}", enrolment.against_partner(partner))
    for account in wanted.accounts:
        if account.partner in partners:
            findings = enrolment.against_account(account, partners[account.partner])
            yield from _under(f"account.{account.name}", findings)
    for group in wanted.groups:
        findings = enrolment.against_group(Group(group.name, str(group.marking)))
        yield from _under(f"group.{group.name}", findings)
    for marking in wanted.markings:
        yield from _under(f"marking.{marking.id}", enrolment.against_marking(marking))
    for terms in wanted.collections:
        rules = Collection(str(terms.id), terms.title, terms.alias, terms.default_tlp)
        yield from _under(f"collection.{terms.title}", enrolment.against_collection(rules))


def _against_names(now: Document, wanted: Document) -> Iterator[Finding]:
    partners = {each.name for each in (*now.partners, *wanted.partners)}
    accounts = {each.name for each in (*now.accounts, *wanted.accounts)}
    groups = {each.name for each in (*now.groups, *wanted.groups)}
    subjects = partners | {f"@{name}" for name in groups} | {roster.EVERYBODY}
    for account in wanted.accounts:
        yield from _unknown(f"account.{account.name}.partner", {account.partner} - partners, "partner")
    for group in wanted.groups:
        yield from _unknown(f"group.{group.name}.members", group.members - partners, "partner")
    for marking in wanted.markings:
        yield from _unknown(f"marking.{marking.id}.accounts", marking.accounts - accounts, "account")
    for terms in wanted.collections:
        place = f"collection.{terms.title}"
        yield from _unknown(f"{place}.default_group", {terms.default_group} - groups - {None}, "group")
        for right in ("read", "write", "trusted"):
            yield from _unknown(f"{place}.{right}", getattr(terms, right) - subjects, "partner or @group")


def _against_repeats(now: Document, wanted: Document) -> Iterator[Finding]:
    """Keep unique what is unique in the hub: in the file together with what the file leaves alone."""
    named = {each.name for each in wanted.partners}
    others = [each for each in now.partners if each.name not in named]
    identities = [(id_, each.name) for each in (*wanted.partners, *others) for id_ in each.identities]
    yield from _repeated("identity", identities)
    groups = {each.name: str(each.marking) for each in (*now.groups, *wanted.groups)}
    pinned = {each.id for each in (*now.markings, *wanted.markings)}
    markings = [(marking, name) for name, marking in groups.items()] + [(id_, "a marking") for id_ in pinned]
    yield from _repeated("marking", markings)
    kept = {each.id: each for each in (*now.collections, *wanted.collections)}
    names = [
        (name, str(each.id)) for each in kept.values() for name in {each.id, each.title, each.alias} if name is not None
    ]
    yield from _repeated("collection", names)
    ids = [each.id for each in wanted.collections]
    yield from (Finding("collection", "this id is there twice", id_) for id_ in set(ids) if ids.count(id_) > 1)


def _repeated(place: str, claims: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for claim, owner in claims:
        if owners.setdefault(claim, owner) != owner:
            yield Finding(place, f"claimed by {owners[claim]} and by {owner}", claim)


def _unknown(place: str, names: Iterable[str | None], what: str) -> Iterator[Finding]:
    for name in sorted(map(str, names)):
        yield Finding(place, f"there is no such {what}", name)


def _under(place: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    for each in findings:
        yield replace(each, place=f"{place}.{each.place}")


def _by_name(partners: Iterable[Partner]) -> dict[str, Partner]:
    return {each.name: each for each in partners}
