"""What a view asks for: the hub, who is signed in, and as whom he looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app, g

if TYPE_CHECKING:
    from hub.application import Hub
    from hub.model.members import Actor
    from hub.services.entrance import Entered

HUB = "hub"
"""Where the application keeps the hub among its extensions."""


def hub() -> Hub:
    """Give the hub whose pages these are."""
    return cast("Hub", current_app.extensions[HUB])


def entered() -> Entered:
    """Give the session that this request came with; only pages that are open to all have none."""
    return cast("Entered", g.entered)


def actor() -> Actor:
    """Give who is signed in, with all his own rights."""
    return cast("Actor", g.actor)


def looker() -> Actor:
    """Give through whose eyes the page is made: one's own, or the account's that one views as, read-only (W5)."""
    viewed = viewing_as()
    return hub().viewing.eyes(actor(), viewed) if viewed else actor()


def viewing_as() -> str | None:
    """Give the account through whose eyes a secretariat person looks (W5); None for his own."""
    return entered().session.viewing_as or None
