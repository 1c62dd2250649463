"""Who may see what: all of the policy for reading, in one pure function (visibility.md S1-S8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hub.model.contributions import Label
from hub.model.members import AccountKind, PartnerKind
from hub.policy.spans import ALWAYS, NEVER, Spans, intersect, unite
from stix_models.markings import Level


@dataclass(frozen=True, slots=True)
class Reader:
    """All that decides what one account may see, with its history.

    reads: collection id to when its partner had the reading right there, by whatever way.
    groups: group marking id to when its partner was a member. secretariat, red_capable: when the account was.
    account "" is someone who has not signed in.
    """

    account: str
    partner: str
    partner_kind: PartnerKind
    account_kind: AccountKind
    reads: Mapping[str, Spans] = field(default_factory=dict)
    groups: Mapping[str, Spans] = field(default_factory=dict)
    secretariat: Spans = NEVER
    red_capable: Spans = NEVER


def spans(reader: Reader, label: Label) -> Spans:
    """Give when the reader may see what carries the label, by its markings alone (S1-S6, S8, S10).

    The rest of the policy (closure, versions, several producers) is built over labels in policy.audience.
    A label without a collection asks for the markings only, not for a reading right.
    """
    if _owns(reader, label):
        return ALWAYS
    if label.level is Level.WITHHELD:
        return NEVER
    return unite(intersect(_reading(reader, label), _met(reader, label)), _as_secretariat(reader, label))


def _owns(reader: Reader, label: Label) -> bool:
    """S8: the producer's persons and services; a submitter is named where RED was among the markings."""
    if reader.partner != label.producer or reader.account_kind is AccountKind.CLIENT or not reader.account:
        return False
    return not label.account or reader.account == label.account or reader.account in (label.recipients or ())


def _reading(reader: Reader, label: Label) -> Spans:
    """S1: the reading right on the collection; secretariat persons hold it everywhere."""
    if label.collection is None:
        return ALWAYS
    return unite(reader.reads.get(label.collection, NEVER), reader.secretariat)


def _as_secretariat(reader: Reader, label: Label) -> Spans:
    """S8: secretariat persons see content up to AMBER+STRICT, and RED that names them, whatever the groups."""
    named = label.level is Level.RED and reader.account in (label.recipients or ())
    return reader.secretariat if named or label.level.rank <= Level.AMBER_STRICT.rank else NEVER


def _met(reader: Reader, label: Label) -> Spans:
    """S3: the level, each group and each list of recipients must be met."""
    if label.recipients is not None and reader.account not in label.recipients:
        return NEVER
    return intersect(_level(reader, label), _groups(reader, label))


def _level(reader: Reader, label: Label) -> Spans:  # noqa: PLR0911 - a table reads best as one return a row
    """S4, row by row; who has not signed in gets CLEAR that is for everybody."""
    level, partner, account = label.level, reader.partner_kind, reader.account_kind
    if not reader.account:
        return ALWAYS if level is Level.CLEAR and label.groups == frozenset() else NEVER
    if level is Level.CLEAR:
        return ALWAYS
    if partner is PartnerKind.OBSERVER:
        return NEVER
    if level in (Level.GREEN, Level.AMBER):
        return ALWAYS
    if partner is not PartnerKind.MEMBER or account is AccountKind.CLIENT:
        return NEVER
    if level is Level.AMBER_STRICT:
        return ALWAYS
    if label.recipients is None:  # RED without a list is for its submitter alone
        return NEVER
    return ALWAYS if account is AccountKind.PERSON else reader.red_capable


def _groups(reader: Reader, label: Label) -> Spans:
    """S5: every group must be met; AMBER and AMBER+STRICT without a group are for producer and secretariat."""
    if label.groups is None or (not label.groups and label.level in (Level.AMBER, Level.AMBER_STRICT)):
        return NEVER
    return intersect(*(reader.groups.get(group, NEVER) for group in label.groups))
