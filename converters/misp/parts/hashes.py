"""Hashes by MISP's names for their types, under the names that STIX has for the algorithms (section 10.7)."""

from __future__ import annotations

import re

from converters.values.observables import literal

HASHES = {
    "md5": ("MD5", 32),
    "sha1": ("SHA-1", 40),
    "sha224": ("SHA-224", 56),
    "sha256": ("SHA-256", 64),
    "sha384": ("SHA-384", 96),
    "sha512": ("SHA-512", 128),
    "sha3-224": ("SHA3-224", 56),
    "sha3-256": ("SHA3-256", 64),
    "sha3-384": ("SHA3-384", 96),
    "sha3-512": ("SHA3-512", 128),
    "sha512/224": ("SHA512-224", 56),
    "sha512/256": ("SHA512-256", 64),
    "imphash": ("IMPHASH", 32),
    "pehash": ("PEHASH", 40),
    "authentihash": ("AUTHENTIHASH", 64),
    "cdhash": ("CDHASH", 40),
}
"""Type of attribute to the algorithm's name in STIX and the digits of a hash."""
FUZZY = {"ssdeep": "SSDEEP", "tlsh": "TLSH", "vhash": "VHASH", "impfuzzy": "IMPFUZZY"}
_FUZZY_FORM = re.compile(r"[A-Za-z0-9/+:.]{1,160}")


def file_hashes(hashes: dict[str, str]) -> str:
    """Write the comparisons of a pattern for these hashes of one file."""
    return " AND ".join(
        f"file:hashes.{name if '-' not in name else literal(name)} = {literal(value)}" for name, value in hashes.items()
    )


def hash_of(type_: str, text: str) -> tuple[str, str] | None:
    """(algorithm in STIX, hash) for a value of a type of hashes."""
    if type_ in FUZZY:
        return (FUZZY[type_], text) if _FUZZY_FORM.fullmatch(text) else None
    name, digits = HASHES[type_]
    text = text.lower()
    return (name, text) if len(text) == digits and not text.strip("0123456789abcdef") else None


def is_hash(type_: str) -> bool:
    """Whether attributes of this type hold hashes of a file."""
    return type_ in HASHES or type_ in FUZZY
