"""W4: who can pull what, for the secretariat: rights staged in a matrix, terms of collections, what must hold.

May import: as its parent. Never comes in: a change of rights without a preview.
"""

from __future__ import annotations

from hub.console.screens.access.views import blueprint

__all__ = ["blueprint"]
