"""STIX objects to push: small, valid, and each with an id of its own."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

Stix = dict[str, Any]

CREATED = "2026-03-01T10:00:00.000Z"
LATER = "2026-03-02T10:00:00.000Z"
LATEST = "2026-03-03T10:00:00.000Z"
CLEAR = "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"


def campaign(**changes: Any) -> Stix:
    """Give a campaign, created and modified at CREATED unless changed."""
    return {
        "type": "campaign",
        "spec_version": "2.1",
        "id": f"campaign--{uuid4()}",
        "created": CREATED,
        "modified": CREATED,
        "name": "Invented campaign",
    } | changes


def campaigns(count: int) -> list[Stix]:
    """Give some campaigns with numbered names."""
    return [campaign(name=f"Invented campaign {number}") for number in range(count)]


def malware(**changes: Any) -> Stix:
    """Give a malware object."""
    return campaign(type="malware", id=f"malware--{uuid4()}", is_family=False) | changes


def address(value: str = "198.51.100.3") -> Stix:
    """Give an IPv4 address: an observable, with neither created nor modified."""
    return {"type": "ipv4-addr", "spec_version": "2.1", "id": f"ipv4-addr--{uuid4()}", "value": value}


def statement() -> Stix:
    """Give a statement marking: created, but never modified."""
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": f"marking-definition--{uuid4()}",
        "created": CREATED,
        "definition_type": "statement",
        "definition": {"statement": "Invented, for tests"},
    }
