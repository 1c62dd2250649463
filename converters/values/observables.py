"""Values as STIX cyber-observable objects and as indicator patterns (STIX 2.1 sections 6 and 9)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from converters.values import accounts, network

if TYPE_CHECKING:
    from collections.abc import Callable

_HASH_OF_DIGITS = {32: "MD5", 40: "SHA-1", 64: "SHA-256", 128: "SHA-512"}
_HEX = re.compile(r"[0-9a-fA-F]{24,128}")
_PORT = re.compile(r"\d{1,5}")
_HANDLE = re.compile(r"@[A-Za-z0-9_]{4,32}")


@dataclass(frozen=True, slots=True)
class Observable:
    """One observable, not yet an object: what it is and what says so.

    type: of the cyber-observable object. text: the normal form, for names and reports.
    properties: of the object, without type, id and markings.
    contributing: those its id is made of (section 2.9; for our own types ours to name).
    pattern: the indicator pattern that matches exactly it.
    rest: something of the written value that has no place here (the port of an address), else "".
    """

    type: str
    text: str
    properties: dict[str, object]
    contributing: dict[str, object]
    pattern: str
    rest: str = ""


def _simple(type_: str, property_: str, text: str) -> Observable:
    fields: dict[str, object] = {property_: text}
    return Observable(type_, text, fields, fields, f"[{type_}:{property_} = {literal(text)}]")


def literal(text: str) -> str:
    """Give a string constant of a pattern (section 9.3)."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _ip(text: str) -> Observable | None:
    value = network.ip(text)
    if value is None:
        return None
    made = _simple("ipv6-addr" if ":" in value else "ipv4-addr", "value", value)
    if text.count(".") == 3 and ":" in text:  # noqa: PLR2004  # three dots make IPv4: the colon is a port's
        return Observable(made.type, value, made.properties, made.contributing, made.pattern, rest=text)
    return made


def _domain(text: str) -> Observable | None:
    name, colon, port = text.partition(":")
    value = network.host(name)
    if value is None or (colon and not _PORT.fullmatch(port)):
        return None
    return replace(_simple("domain-name", "value", value), rest=text if colon else "")


def _url(text: str) -> Observable | None:
    value = network.url(text)
    return _simple("url", "value", value) if value else None


def _email(text: str) -> Observable | None:
    value = network.email(text)
    return _simple("email-addr", "value", value) if value else None


def _hash(text: str) -> Observable | None:
    name = _HASH_OF_DIGITS.get(len(text))
    if name is None or not _HEX.fullmatch(text):
        return None
    value = text.lower()
    fields: dict[str, object] = {"hashes": {name: value}}
    path = f"'{name}'" if "-" in name else name
    return Observable("file", value, fields, fields, f"[file:hashes.{path} = '{value}']")


def _wallet(text: str) -> Observable | None:
    value, chain = accounts.ethereum(text), "ethereum"
    if value is None:
        value, chain = accounts.bitcoin(text), "bitcoin"
    if value is None:
        return None
    fields: dict[str, object] = {"value": value, "chain": chain}
    return Observable(
        "cryptocurrency-wallet", value, fields, fields, f"[cryptocurrency-wallet:value = {literal(value)}]"
    )


def _iban(text: str) -> Observable | None:
    value = accounts.iban(text)
    return _simple("bank-account", "iban", value) if value else None


def _telegram(text: str) -> Observable | None:
    if not _HANDLE.fullmatch(text):
        return None
    fields: dict[str, object] = {"account_type": "telegram", "account_login": text[1:]}
    pattern = f"[user-account:account_login = '{text[1:]}' AND user-account:account_type = 'telegram']"
    return Observable("user-account", text, fields, fields, pattern)


DETECTORS: dict[str, Callable[[str], Observable | None]] = {
    "url": _url,
    "email": _email,
    "ip": _ip,
    "hash": _hash,
    "wallet": _wallet,
    "iban": _iban,
    "domain": _domain,
    "telegram": _telegram,
}
"""Kind of value to its reader, the most telling first: no value is understood by two of them."""


def detect(text: str, kinds: tuple[str, ...]) -> Observable | None:
    """Give the value as the first of these kinds that it is; None if it is none of them."""
    for kind in kinds:
        found = DETECTORS[kind](text)
        if found is not None:
            return found
    return None


SCHEMELESS = re.compile(r"[\w.-]+\.[A-Za-z0-9]{1,63}(?::\d+)?/\S*")
"""A URL's host and path, without its scheme."""

RUINED = re.compile(r"-?\d(?:[.,]\d+)?E\+\d{2}")
"""How spreadsheets write a long number, of which they keep 15 digits at most."""

RUINED_WORDS = ("ruined", "a spreadsheet kept only its first digits: ask for the column as text")
"""(code, message) for such a number."""

_HINTS = (
    (re.compile(r"\d{1,3}(\.\d{1,3}){3}([:/]\d+)?"), "ip", "not an IPv4 address"),
    (re.compile(r"[0-9a-fA-F]{24,}"), "digits", "a hash has 32, 40, 64 or 128 hexadecimal digits, this has {0}"),
    (re.compile(r"[A-Z]{2}\d{2}[A-Z0-9 ]{11,40}"), "checksum", "looks like an IBAN; its check digits are wrong"),
    (re.compile(r"(?:[13]|bc1)[A-Za-z0-9]{24,62}"), "checksum", "looks like a Bitcoin address; its checksum is wrong"),
    (SCHEMELESS, "scheme", "a URL begins with its scheme, such as https://; the mapping's `scheme` can say which"),
    (RUINED, *RUINED_WORDS),
)


def why_not(text: str, kinds: tuple[str, ...]) -> tuple[str, str]:
    """(code, message) for a value that is of none of these kinds: the nearest miss if there is one."""
    if not text:
        return "empty", "the cell is empty"
    for form, code, message in _HINTS:
        if form.fullmatch(text):
            return code, message.format(len(text))
    return "not-recognised", f"not one of: {', '.join(kinds)}"
