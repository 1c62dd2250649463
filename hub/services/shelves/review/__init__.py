"""What waits, and who lets it out, sends it back or turns it away: never its author (visibility.md S8).

May import: the rest of the shelves, reading, the store, policy, model. Never comes in: what was decided elsewhere.
"""

from hub.services.shelves.review.comparing import Change, Comparison, Duplicate
from hub.services.shelves.review.deciding import Review
from hub.services.shelves.review.exhibits import Case, Desk, Examination, Exhibit, Prospect, Sheet

__all__ = ["Case", "Change", "Comparison", "Desk", "Duplicate", "Examination", "Exhibit", "Prospect", "Review", "Sheet"]
