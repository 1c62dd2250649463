"""What a partner, account, group, marking or collection must be like to be taken up (visibility.md, Terms).

Each function gives the findings against one value; the place is the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hub.errors import Finding, InvalidInputError
from hub.model.collections import Collection, MarkingKind, PinnedMarking
from hub.model.members import NAME, SECRETARIAT, Account, AccountKind, Group, Partner, PartnerKind, Role
from stix_models.markings import PAP, TLP, Level

MAX_TITLE_CHARACTERS = 200
MAX_CONTACT_CHARACTERS = 254
_RESERVED = frozenset({"operator", "anonymous"})
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_IDENTITY = re.compile(rf"identity--{_UUID}\Z")
_MARKING = re.compile(rf"marking-definition--{_UUID}\Z")
_COLLECTION = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")
_ALIAS = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")


def refuse(findings: Iterator[Finding], what: str) -> None:
    """Go on only if there is nothing against it.

    Raises: InvalidInputError: with all findings.
    """
    against = tuple(findings)
    if against:
        raise InvalidInputError(f"{what} can't be taken up as given", against)


def against_partner(partner: Partner) -> Iterator[Finding]:
    """Check name, identities and contact."""
    yield from _against_name(partner.name)
    if len(partner.contact) > MAX_CONTACT_CHARACTERS or not partner.contact.isprintable():
        yield Finding("contact", f"one line of at most {MAX_CONTACT_CHARACTERS} characters", partner.contact[:80])
    for id_ in partner.identities:
        if not _IDENTITY.match(id_):
            yield Finding("identities", "not the id of a STIX identity (identity--UUID, lower case)", id_)


def against_account(account: Account, partner: Partner) -> Iterator[Finding]:
    """Check name, roles and clearance against the kind of the account and its partner."""
    yield from _against_name(account.name)
    if account.kind is not AccountKind.PERSON:
        for role in sorted(account.roles & {Role.SECRETARIAT, Role.REVIEWER}):
            yield Finding("roles", f"a {account.kind} is never {role}", role)
    elif Role.SECRETARIAT in account.roles and account.partner != SECRETARIAT:
        yield Finding("roles", f"only persons of the partner {SECRETARIAT} hold it", Role.SECRETARIAT)
    if account.red_capable and (account.kind is not AccountKind.SERVICE or partner.kind is not PartnerKind.MEMBER):
        yield Finding("red_capable", "only for services of a member; its persons need none, others never get RED")


def against_group(group: Group) -> Iterator[Finding]:
    """Check name and marking."""
    yield from _against_name(group.name)
    yield from _against_marking("marking", group.marking)


def against_marking(marking: PinnedMarking) -> Iterator[Finding]:
    """Check the id, and that there is what its kind needs and nothing else."""
    yield from _against_marking("id", marking.id)
    if (marking.level is not None) != (marking.kind is MarkingKind.TLP):
        yield Finding("level", "needed for kind tlp, and for no other")
    if marking.level is Level.WITHHELD:
        yield Finding("level", "no marking stands for it", marking.level)
    if bool(marking.accounts) != (marking.kind is MarkingKind.RECIPIENTS):
        yield Finding("accounts", "needed for kind recipients, and for no other")


def against_collection(collection: Collection) -> Iterator[Finding]:
    """Check id, title and alias by themselves."""
    if not _COLLECTION.match(collection.id):
        yield Finding("id", "not a UUID of version 4 in lower case", collection.id)
    if collection.default_tlp is Level.WITHHELD:
        yield Finding("default_tlp", "no TLP level", collection.default_tlp)
    title = collection.title
    if not (1 <= len(title) <= MAX_TITLE_CHARACTERS and title.isprintable() and title == title.strip()):
        yield Finding("title", f"1 to {MAX_TITLE_CHARACTERS} printable characters, no blanks around them", title[:80])
    if collection.alias is not None and not _ALIAS.match(collection.alias):
        yield Finding("alias", "1 to 64 letters, digits, dots, lines or underscores", collection.alias[:80])


def _against_name(name: str) -> Iterator[Finding]:
    if not NAME.match(name):
        yield Finding("name", "1 to 64 lower-case letters, digits, dots, lines or underscores", name[:80])
    elif name in _RESERVED:
        yield Finding("name", "this name is the hub's own", name)


def _against_marking(place: str, id_: str) -> Iterator[Finding]:
    if not _MARKING.match(id_):
        yield Finding(place, "not the id of a marking definition (marking-definition--UUID, lower case)", id_[:80])
    elif id_ in TLP or id_ in PAP:
        yield Finding(place, "a TLP or PAP marking means what it means everywhere", id_)
