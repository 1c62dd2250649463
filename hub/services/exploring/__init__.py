"""Exploring what an actor may see: the search, an object's page, what is around it. All that is shown is recorded.

May import: the store's promise, policy, converters' values, stix_models, reading. Never comes in: writing, markup.
"""

from __future__ import annotations

from hub.services.exploring.exploring import Exploring

__all__ = ["Exploring"]
