"""What an explanation is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hub.model.contributions import Contribution
from hub.model.members import PartnerKind


class Outcome(StrEnum):
    """What became of one rule: OPENED and STOPPED end the way, after them all others are UNREACHED."""

    OPENED = "opened"
    APART = "apart"
    PASSED = "passed"
    STOPPED = "stopped"
    UNREACHED = "unreached"


@dataclass(frozen=True, slots=True)
class Step:
    """One rule of visibility.md as it was tried: its number, what it asks, and the answer in words.

    said: "" where the rule was not reached.
    """

    rule: str
    question: str
    outcome: Outcome
    said: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a reader gets one contribution, and every rule that was tried on the way, in the decision order.

    rule, reason: the one that decides, in words.
    """

    contribution: Contribution
    visible: bool
    rule: str
    reason: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether an account sees an object, and the verdict on each contribution of it that stands.

    reason: what there is to say where no contribution stands; "" else.
    """

    account: str
    object_id: str
    visible: bool
    verdicts: tuple[Verdict, ...]
    reason: str = ""

    @property
    def deciding(self) -> Verdict | None:
        """The verdict by which it is visible, or the first by which it is not; None where nothing stands."""
        return next((each for each in self.verdicts if each.visible), next(iter(self.verdicts), None))


@dataclass(frozen=True, slots=True)
class Nearest:
    """The fewest changes that would open a contribution, or why none that the hub's owners may make does.

    changes: sentences, all of which are needed; () if nothing opens it, `obstacle` then says what stands in the way.
    """

    contribution: Contribution
    changes: tuple[str, ...]
    obstacle: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """An explanation, and of each contribution that the account does not get what would open it."""

    explanation: Explanation
    nearest: tuple[Nearest, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a partner's accounts see an object, and the explanation of each, by name."""

    partner: str
    kind: PartnerKind
    seeing: int
    explanations: tuple[Explanation, ...]


@dataclass(frozen=True, slots=True)
class Seers:
    """Who sees an object, by partner; those with the most accounts that see it come first, then by name."""

    object_id: str
    shares: tuple[Share, ...]

    @property
    def accounts(self) -> int:
        """How many accounts see it, over all partners."""
        return sum(each.seeing for each in self.shares)


@dataclass(frozen=True, slots=True)
class Own:
    """One version of an object that an account sees, and by which rule: told to that account itself.

    version: as a TAXII manifest has it (section 5.3).
    """

    collection: str
    version: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Held:
    """A released contribution that others don't get, and what it waits for: sentences, then ids (S6, S11)."""

    contribution: Contribution
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
