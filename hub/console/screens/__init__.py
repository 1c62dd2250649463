"""The screens, one room for each thing people come to do: a blueprint, its views, and templates of the same name.

May import: hub.console's frame (here, pages, doorkeeper), Flask, model values. Never comes in: another screen.
"""

from __future__ import annotations

from flask import Blueprint

from hub.console.screens import home, partners

SCREENS: tuple[Blueprint, ...] = (home.blueprint, partners.blueprint)
"""All of them, in the order of the navigation."""
