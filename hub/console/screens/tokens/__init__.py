"""W10: tokens for machines, made, renewed and revoked, and how each client is set up with one.

May import: as its parent. Never comes in: whose tokens one sees to (hub.services.membership).
"""

from __future__ import annotations

from hub.console.screens.tokens.views import blueprint

__all__ = ["blueprint"]
