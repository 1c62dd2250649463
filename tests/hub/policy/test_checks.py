"""Whether what must hold does, against the rules for reading themselves."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.model.checks import MustHold
from hub.model.contributions import Label
from hub.model.members import AccountKind, PartnerKind
from hub.policy.checks import would_read
from hub.policy.rules import Reader, spans
from hub.policy.spans import ALWAYS, FOREVER, contains
from stix_models.markings import Level
from tests.hub.policy.people import GROUPS, labels, readers

CEILINGS = [None, Level.CLEAR, Level.GREEN, Level.AMBER, Level.AMBER_STRICT]


@settings(max_examples=400, deadline=None)
@given(readers, labels(), st.sampled_from(CEILINGS))
def test_what_holds_keeps_from_the_reader_what_it_says(reader: Reader, label: Label, above: Level | None) -> None:
    """Whoever is told not to read gets nothing of the collection above the level but its own and what names it."""
    check = MustHold("1", f"partner:{reader.partner}", "c1", above)
    forbidden = label.collection == "c1" and (above is None or label.level.rank > above.rank)
    own = label.producer == reader.partner
    named = above is not Level.AMBER_STRICT and label.level is Level.RED and above is not None
    if forbidden and not own and not named and contains(spans(reader, label), FOREVER - 1):
        assert would_read(reader, check, GROUPS)


def member(kind: AccountKind = AccountKind.PERSON, partner: PartnerKind = PartnerKind.MEMBER, *groups: str) -> Reader:
    """Give a reader of c1 in some groups."""
    return Reader("x", "p", partner, kind, reads={"c1": ALWAYS}, groups=dict.fromkeys(groups, ALWAYS))


@pytest.mark.parametrize(
    ("reader", "reached"),
    [
        (Reader("x", "p", PartnerKind.MEMBER, AccountKind.PERSON), None),
        (member(AccountKind.PERSON, PartnerKind.OBSERVER), Level.CLEAR),
        (member(AccountKind.CLIENT), Level.GREEN),
        (member(AccountKind.CLIENT, PartnerKind.MEMBER, "g1"), Level.AMBER),
        (member(AccountKind.SERVICE, PartnerKind.MEMBER, "g1"), Level.AMBER_STRICT),
    ],
)
def test_a_ceiling_is_as_high_as_the_reader_comes(reader: Reader, reached: Level | None) -> None:
    """A check is broken below the level that the reader comes up to, and holds from there on."""
    broken = [would_read(reader, MustHold("1", "partner:p", "c1", above), GROUPS) for above in CEILINGS]
    assert broken == [reached is not None and (above is None or above.rank < reached.rank) for above in CEILINGS]
