"""The one file that imports medallion: its blueprints carry TAXII's routes and views.

medallion 3.0.0 (July 2020) binds a module-level HTTPBasicAuth when its views are imported. Ours is put in its
place first and lets everything through: auth.py has authenticated before a view is reached.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import medallion
from medallion.exceptions import MedallionError

View = TypeVar("View", bound=Callable[..., object])


class _AuthenticatedBefore:
    """What the views decorate themselves with: nothing, since the app's hook has asked for credentials."""

    @staticmethod
    def login_required(view: View) -> View:
        return view


medallion.auth = _AuthenticatedBefore()
# The package hangs a handler on its logger when it is imported; what is logged where is the hub's to say.
logging.getLogger("medallion").handlers.clear()

from medallion.views import collections, discovery, manifest, objects  # noqa: E402 - only after its auth is replaced

BLUEPRINTS = (
    discovery.discovery_bp,
    collections.collections_bp,
    objects.objects_bp,
    manifest.manifest_bp,
)
"""Flask blueprints of every TAXII 2.1 endpoint; they call `current_app.medallion_backend` (backend.py)."""

__all__ = ["BLUEPRINTS", "MedallionError"]
