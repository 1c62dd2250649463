"""Readers and labels for the laws of the policy: few enough to meet often, different enough to matter."""

from __future__ import annotations

from hypothesis import strategies as st

from hub.model.contributions import Label
from hub.model.members import AccountKind, PartnerKind
from hub.policy.rules import Reader
from hub.policy.spans import ALWAYS, NEVER, Spans
from stix_models.markings import Level

SINCE: Spans = ((10, 2**63 - 1),)
UNTIL: Spans = ((0, 20),)
TIMES = st.sampled_from([ALWAYS, NEVER, SINCE, UNTIL, ((5, 8), (12, 15))])
GROUPS = ("g1", "g2")
PARTNERS = ("a", "b", "c")

readers = st.builds(
    Reader,
    account=st.sampled_from(["", "x", "y"]),
    partner=st.sampled_from(PARTNERS),
    partner_kind=st.sampled_from(PartnerKind),
    account_kind=st.sampled_from(AccountKind),
    reads=st.fixed_dictionaries({"c1": TIMES, "c2": TIMES}),
    groups=st.fixed_dictionaries(dict.fromkeys(GROUPS, TIMES)),
    secretariat=st.sampled_from([NEVER, NEVER, NEVER, ALWAYS, SINCE]),
    red_capable=TIMES,
)

_levels = st.sampled_from(Level)
_groups = st.one_of(st.none(), st.frozensets(st.sampled_from(GROUPS)))


@st.composite
def labels(draw: st.DrawFn) -> Label:
    """Give a label as policy.labels makes them: an account for RED (withheld or not) only."""
    level = draw(_levels)
    red = level is Level.RED or (level is Level.WITHHELD and draw(st.booleans()))
    recipients = draw(st.one_of(st.none(), st.frozensets(st.sampled_from(["x", "y"]))))
    return Label(
        collection=draw(st.sampled_from(["c1", "c2", None])),
        level=level,
        producer=draw(st.sampled_from(PARTNERS)),
        account=draw(st.sampled_from(["x", "y"])) if red else "",
        groups=draw(_groups),
        recipients=recipients,
    )
