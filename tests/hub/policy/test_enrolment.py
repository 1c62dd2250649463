"""What may be taken up, as a table of values."""

from __future__ import annotations

import pytest

from hub.errors import InvalidInputError
from hub.model.collections import Collection, MarkingKind, PinnedMarking
from hub.model.members import Group, Partner, PartnerKind
from hub.policy import enrolment
from stix_models.markings import PAP, TLP, Level

ID = "46ca697f-0545-458e-9397-67eb067842fa"
MARKING = f"marking-definition--{ID}"
ALICE = frozenset({"alice"})


@pytest.mark.parametrize(
    ("findings", "places"),
    [
        (enrolment.against_partner(Partner("a.b_c-9", PartnerKind.RELAY, (f"identity--{ID}",))), []),
        (enrolment.against_partner(Partner("a" * 65, PartnerKind.RELAY)), ["name"]),
        (enrolment.against_partner(Partner("a\n", PartnerKind.RELAY)), ["name"]),
        (
            enrolment.against_partner(Partner("", PartnerKind.RELAY, (ID, MARKING))),
            ["name", "identities", "identities"],
        ),
        (enrolment.against_group(Group("g", MARKING)), []),
        (enrolment.against_group(Group("g", min(PAP))), ["marking"]),
        (enrolment.against_marking(PinnedMarking(MARKING, MarkingKind.INFO)), []),
        (enrolment.against_marking(PinnedMarking(MARKING, MarkingKind.TLP, level=Level.RED)), []),
        (enrolment.against_marking(PinnedMarking(MARKING, MarkingKind.TLP, level=Level.WITHHELD)), ["level"]),
        (enrolment.against_marking(PinnedMarking(MARKING, MarkingKind.INFO, level=Level.RED)), ["level"]),
        (enrolment.against_marking(PinnedMarking(MARKING, MarkingKind.RECIPIENTS, ALICE)), []),
        (enrolment.against_marking(PinnedMarking(MARKING, MarkingKind.RECIPIENTS)), ["accounts"]),
        (enrolment.against_marking(PinnedMarking(max(TLP), MarkingKind.INFO, ALICE)), ["id", "accounts"]),
        (enrolment.against_collection(Collection(ID, "Betrug & Fälschung")), []),
        (enrolment.against_collection(Collection(ID, "x", default_tlp=Level.WITHHELD)), ["default_tlp"]),
    ],
)
def test_findings_name_the_field(findings, places):
    """Each value gets a finding for each field that is wrong, and none if it is right."""
    assert [finding.place for finding in findings] == places


def test_refusal_carries_all_findings():
    """Nothing is refused without saying everything that is wrong with it."""
    enrolment.refuse(iter(()), "nothing")
    with pytest.raises(InvalidInputError) as caught:
        enrolment.refuse(enrolment.against_partner(Partner("", PartnerKind.RELAY, (ID,))), "partner")
    assert len(caught.value.findings) == 2
