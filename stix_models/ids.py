"""STIX identifiers: their form, and those that follow from content (STIX 2.1 section 2.9)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

import msgspec
import rfc8785

NAMESPACE = UUID("9c11adda-8aec-4196-8270-ae20c3d10efd")
"""Namespace of the UUIDv5 ids that the hub gives to what it makes itself."""

_OBSERVABLE_NAMESPACE = UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")

_UUID_CHARS = 36
_FORM = re.compile(r"[a-z0-9][a-z0-9-]*--[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")

CONTRIBUTING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "artifact": ("hashes", "payload_bin"),
        "autonomous-system": ("number",),
        "directory": ("path",),
        "domain-name": ("value",),
        "email-addr": ("value",),
        "email-message": ("from_ref", "subject", "body"),
        "file": ("hashes", "name", "parent_directory_ref", "extensions"),
        "ipv4-addr": ("value",),
        "ipv6-addr": ("value",),
        "mac-addr": ("value",),
        "mutex": ("name",),
        "network-traffic": (
            "start",
            "end",
            "src_ref",
            "dst_ref",
            "src_port",
            "dst_port",
            "protocols",
            "extensions",
        ),
        "process": (),
        "software": ("name", "cpe", "swid", "vendor", "version"),
        "url": ("value",),
        "user-account": ("account_type", "user_id", "account_login"),
        "windows-registry-key": ("key", "values"),
        "x509-certificate": ("hashes", "serial_number"),
    }
)
"""Type of each SCO to its ID contributing properties (STIX 2.1 section 6); a process has none."""

SCO_TYPES = frozenset(CONTRIBUTING)

_HASHES_BY_PREFERENCE = ("MD5", "SHA-1", "SHA-256", "SHA-512")


def is_stix_id(text: str) -> bool:
    """Whether the text has the form `type--UUID`, whatever the type and the version of the UUID."""
    return _FORM.fullmatch(text) is not None


def type_of(id_: str) -> str:
    """Give the type that a STIX id names; the text must be one."""
    return id_[: -_UUID_CHARS - 2]


def sco_id(type_: str, contributing: Mapping[str, Any]) -> str:
    """Give the deterministic id of an SCO with these ID contributing properties (STIX 2.1 section 2.9).

    Of `hashes` only the one the standard prefers counts.

    Raises:
        ValueError: there is none, so the id must be random; or a value has no canonical JSON (RFC 8785).

    """
    if not contributing:
        raise ValueError(f"{type_} has no ID contributing property: its id is a random one")
    properties = dict(contributing)
    if isinstance(properties.get("hashes"), Mapping):
        properties["hashes"] = _preferred_hash(properties["hashes"])
    return f"{type_}--{_uuid5(_OBSERVABLE_NAMESPACE, _canonical(properties))}"


def observable_id(value: Mapping[str, Any]) -> str:
    """Give the deterministic id of an SCO of the standard from its own properties.

    Raises:
        ValueError: it has none of its ID contributing properties.
        KeyError: its type is no SCO of the standard.

    """
    names = CONTRIBUTING[value["type"]]
    return sco_id(value["type"], {name: value[name] for name in names if name in value})


def own_id(type_: str, *key: str | int) -> str:
    """Give the hub's own deterministic id for the thing of this type that the key names."""
    return f"{type_}--{_uuid5(NAMESPACE, _canonical([type_, *key]))}"


def _canonical(value: list[Any] | dict[str, Any]) -> bytes:
    """Write canonical JSON (RFC 8785); of texts alone msgspec writes the same, at a tenth of the cost."""
    if isinstance(value, list):
        is_text = set(map(type, value)) == {str}
    else:
        is_text = set(map(type, value.values())) == {str} and all(map(str.isascii, value))
    return msgspec.json.encode(value, order="sorted") if is_text else rfc8785.dumps(value)


def _uuid5(namespace: UUID, name: bytes) -> str:
    """Write the UUIDv5 (RFC 9562 section 5.5) as uuid.uuid5 does, without its object in between."""
    digest = bytearray(hashlib.sha1(namespace.bytes + name, usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _preferred_hash(hashes: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the first of the standard's four, else the first by name."""
    name = next((name for name in _HASHES_BY_PREFERENCE if name in hashes), None)
    name = name or min(hashes)
    return {name: hashes[name]}
