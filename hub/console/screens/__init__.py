"""The screens, one room for each thing people come to do: a blueprint, its views, and templates of the same name.

May import: hub.console's frame (here, pages, doorkeeper), Flask, model values. Never comes in: another screen.
"""

from __future__ import annotations

from flask import Blueprint

from hub.console.screens import (
    access,
    audit,
    contributions,
    entrance,
    feeds,
    groups,
    home,
    intake,
    marking,
    objects,
    partners,
    push,
    questions,
    search,
    tokens,
    view_as,
    why,
)

SCREENS: tuple[Blueprint, ...] = (
    home.blueprint,
    search.blueprint,
    objects.blueprint,
    entrance.blueprint,
    partners.blueprint,
    groups.blueprint,
    access.blueprint,
    marking.blueprint,
    push.blueprint,
    tokens.blueprint,
    contributions.blueprint,
    intake.blueprint,
    questions.blueprint,
    why.blueprint,
    view_as.blueprint,
    feeds.blueprint,
    audit.blueprint,
)
"""All of them, in the order of the navigation."""
