"""STIX extensions that converted objects use, with their definitions to ship (STIX 2.1 section 7.3).

Their author and date are fixed, so every run ships the same bytes. They are CLEAR: they tell nothing of a case.
"""

from __future__ import annotations

from typing import Any

from stix_models.ids import own_id
from stix_models.markings import TLP_MARKING, Level

PUBLISHED = "2026-11-24T00:00:00.000Z"

AUTHOR: dict[str, Any] = {
    "type": "identity",
    "spec_version": "2.1",
    "id": own_id("identity", "extension author", "atlas sharing hub"),
    "created": PUBLISHED,
    "modified": PUBLISHED,
    "name": "Atlas sharing hub: extension definitions",
    "identity_class": "system",
    "object_marking_refs": [TLP_MARKING[Level.CLEAR]],
}


def _definition(name: str, description: str, schema: str, kind: str) -> dict[str, Any]:
    return {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": own_id("extension-definition", name),
        "created_by_ref": AUTHOR["id"],
        "created": PUBLISHED,
        "modified": PUBLISHED,
        "name": name,
        "description": description,
        "schema": schema,
        "version": "1.0.0",
        "extension_types": [kind],
        "object_marking_refs": [TLP_MARKING[Level.CLEAR]],
    }


SOURCE_FIELDS = _definition(
    "source-fields",
    "Fields of the source record that no property of STIX takes, in their order, under their names in the source.",
    '{"type":"object","required":["fields"],"properties":{"fields":{"type":"array","items":{"type":"object",'
    '"required":["name","value"],"properties":{"name":{"type":"string"},"value":{"type":"string"}}}}}}',
    "property-extension",
)

WALLET = _definition(
    "cryptocurrency-wallet",
    "An address on a blockchain. Its id is made of value and chain.",
    '{"type":"object","required":["value","chain"],"properties":{"value":{"type":"string"},'
    '"chain":{"enum":["bitcoin","ethereum"]}}}',
    "new-sco",
)

BANK_ACCOUNT = _definition(
    "bank-account",
    "A bank account by its IBAN (ISO 13616), without blanks. Its id is made of the IBAN.",
    '{"type":"object","required":["iban"],"properties":{"iban":{"type":"string",'
    '"pattern":"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"}}}',
    "new-sco",
)

OWN_TYPES = {"cryptocurrency-wallet": WALLET, "bank-account": BANK_ACCOUNT}
"""Type of observable to the definition that makes it one."""


def source_fields(fields: list[tuple[str, str]]) -> dict[str, Any]:
    """Give the `extensions` entry that carries (name, value) pairs."""
    pairs = [{"name": name, "value": value} for name, value in fields]
    return {SOURCE_FIELDS["id"]: {"extension_type": "property-extension", "fields": pairs}}


def own_type(type_: str) -> dict[str, Any]:
    """Give the `extensions` entry of an observable of one of our types."""
    return {OWN_TYPES[type_]["id"]: {"extension_type": "new-sco"}}
