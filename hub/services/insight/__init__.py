"""Why somebody sees an object or doesn't, what would change it, and what is held back: by metadata alone.

May import: what services may. Never comes in: content of an object, a rule of its own (all are asked of policy).
"""

from __future__ import annotations

from hub.services.insight.answers import LINGERS, Insight
from hub.services.insight.verdicts import Explanation, Held, Nearest, Outcome, Own, Seers, Share, Step, Verdict, Why
from hub.services.insight.viewing import MAX_REASON, Viewing

__all__ = [
    "LINGERS",
    "MAX_REASON",
    "Explanation",
    "Held",
    "Insight",
    "Nearest",
    "Outcome",
    "Own",
    "Seers",
    "Share",
    "Step",
    "Verdict",
    "Viewing",
    "Why",
]
