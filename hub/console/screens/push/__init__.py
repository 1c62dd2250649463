"""Pushing a file from the browser: chosen, read and shown with what was found, then sent or thrown away.

May import: as its parent. Never comes in: how a file is read or who may get what (hub.services.submitting).
"""

from __future__ import annotations

from hub.console.screens.push.views import blueprint

__all__ = ["blueprint"]
