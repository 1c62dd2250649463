"""The way in and out, and what a person has to sign in with.

May import: as its parent, and segno for QR codes. Never comes in: a check of a secret (services.entrance).
"""

from hub.console.screens.entrance import arriving, federated, yourself
from hub.console.screens.entrance.blueprint import blueprint

__all__ = ["arriving", "blueprint", "federated", "yourself"]
