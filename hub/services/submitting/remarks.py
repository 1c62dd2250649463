"""What a draft tells of its file: of each record that has a story, and of each object the hub won't take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from converters.frame import Finding as Told
from hub.model.drafts import Remark
from hub.model.submissions import Item, ItemState

SHOWN_REMARKS = 200
_SAID = {"drafted": "no mapping was given: read by one that was drafted from the header"}
"""What is said here otherwise than at a terminal, by the code of the finding."""
REFUSED = "refused"


def remarks_on(findings: Sequence[Told], items: Iterable[Item]) -> tuple[tuple[Remark, ...], int]:
    """Give the first remarks, and how many there are in all; where not all fit, losses come before the rest."""
    refused = [Remark(item.object_id, item.message, "", REFUSED) for item in items if item.state is ItemState.FAILED]
    ordered = sorted(enumerate(findings), key=lambda each: (not each[1].action.is_loss, each[0]))
    first = sorted(ordered[: max(0, SHOWN_REMARKS - len(refused))])
    shown = [*refused[:SHOWN_REMARKS], *(_remark(found) for _, found in first)]
    return tuple(shown), len(refused) + len(findings)


def _remark(found: Told) -> Remark:
    place = ", ".join(part for part in (found.locator, found.field) if part)
    return Remark(place, _SAID.get(found.code, found.message), found.value, found.action)
