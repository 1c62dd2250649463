"""W13: an object's page, what is around it, and its download.

May import: as its parent. Never comes in: what may be shown (services.exploring).
"""

from __future__ import annotations

from hub.console.screens.objects.views import blueprint

__all__ = ["blueprint"]
