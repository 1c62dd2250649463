"""TLP levels and the marking definitions known to everybody (S2; STIX 2.1 section 7.2.1.4; FIRST TLP 2.0)."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How restrictive a contribution is, ascending; `withheld` is what no rule opens (S6)."""

    CLEAR = "clear"
    GREEN = "green"
    AMBER = "amber"
    AMBER_STRICT = "amber+strict"
    RED = "red"
    WITHHELD = "withheld"

    @property
    def rank(self) -> int:
        """0 for CLEAR … 5 for withheld."""
        return _RANK[self]


_RANK = {level: rank for rank, level in enumerate(Level)}

_TLP2 = {
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": Level.CLEAR,
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": Level.GREEN,
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": Level.AMBER,
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": Level.AMBER_STRICT,
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": Level.RED,
}

TLP = _TLP2 | {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Level.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Level.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Level.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Level.RED,
}
"""Id of each TLP marking definition, of TLP 2.0 and of STIX 2.1's TLP 1, to its level (ids in lower case)."""

TLP_MARKING = {level: id_ for id_, level in _TLP2.items()}
"""Level to the TLP 2.0 marking definition that says it."""

PAP = frozenset(
    f"marking-definition--{tail}"
    for tail in (
        "a3bea94c-b469-41dc-9cfe-d6e7daba7730",
        "ad15a0cd-55b6-4588-a14c-a66105329b92",
        "c43594d1-4b11-4c59-93ab-1c9b14d53ce9",
        "60f8932b-e51e-4458-b265-a2e8be9a80ab",
        "740d36e5-7714-4c30-961a-3ae632ceee0e",
    )
)
"""Permissible Actions Protocol: restricts use, not delivery (S6)."""
