"""What an object of each template is: each takes the attributes that it knows and leaves the others."""

from __future__ import annotations

from itertools import product
from typing import Any

from converters.misp.parts.composition import Composition, Part, Parts
from converters.misp.parts.hashes import file_hashes, hash_of, is_hash
from converters.misp.parts.registry import registry_key
from converters.misp.parts.values import carrier, is_port, made, ref
from converters.values.observables import Observable, literal


def _single(part: Part) -> Observable | None:
    """Give the one observable that a part is."""
    value = part.value
    return value.observables[0] if value is not None and len(value.observables) == 1 else None


def file(parts: Parts, out: Composition) -> None:
    """Take a file by its hashes, name, size and type."""
    hashes = parts.take_hashes()
    name, size = parts.take("filename"), parts.take("size-in-bytes", having=lambda part: part.text.isdecimal())
    if not hashes and name is None:
        parts.rest().extend(part for part in (size,) if part)
        return
    properties: dict[str, Any] = {"hashes": {key: value for key, (value, _) in hashes.items()}} if hashes else {}
    out.together += [file_hashes({key: value}) for key, (value, to_ids) in hashes.items() if to_ids]
    if name is not None:
        properties["name"] = name.text
        out.together += [f"file:name = {literal(name.text)}"] if name.to_ids else []
    if size is not None:
        properties["size"] = int(size.text)
        out.together += [f"file:size = {int(size.text)}"] if size.to_ids else []
    kind = parts.take("mimetype")
    if kind is not None:
        properties["mime_type"] = kind.text
    text = name.text if name is not None else next(iter(properties["hashes"].values()))
    out.main = out.add(made("file", text, "", **properties))


def pe(parts: Parts, out: Composition) -> None:
    """Take the file of which an executable's hashes are."""
    hashes = parts.take_hashes()  # of the whole file; its names are what its resources claim
    if hashes:
        out.together += [file_hashes({key: value}) for key, (value, to_ids) in hashes.items() if to_ids]
        values = {key: value for key, (value, _) in hashes.items()}
        out.main = out.add(made("file", next(iter(values.values())), "", hashes=values))


def pe_section(parts: Parts, out: Composition) -> None:
    """Say what to look for in a section; its hash is no file's."""
    for part in parts.rest():
        found = hash_of(part.type, part.text) if part.to_ids and is_hash(part.type) else None
        if found is not None:
            path = f"file:extensions.'windows-pebinary-ext'.sections[*].hashes.{literal(found[0])}"
            out.together.append(f"{path} = {literal(found[1])}")


_MAX_PAIRS = 1_000
"""Of names and addresses in one object: beyond it each stands alone."""


def domain_ip(parts: Parts, out: Composition) -> None:
    """Take names and addresses, and say that the ones resolve to the others, unless there are too many for that."""
    names = parts.take_all("domain", "hostname", having=lambda part: _is(part, "domain-name"))
    places = parts.take_all("ip", having=lambda part: _is(part, "ipv4-addr", "ipv6-addr"))
    wanted: dict[bool, list[str]] = {True: [], False: []}
    for is_name, group in ((True, names), (False, places)):
        for part in group:
            found = _single(part)
            if found is None:
                continue
            out.add(found)
            wanted[is_name] += [found.text] if part.to_ids else []
    if len(names) * len(places) > _MAX_PAIRS:
        out.alone += [("stix", _pattern_of(part)) for part in (*names, *places) if part.to_ids]
        return
    pairs = product(range(len(names)), range(len(places)))
    out.links += [(name, "resolves-to", len(names) + place) for name, place in pairs]
    for text in wanted[True]:
        resolved = [f" AND domain-name:resolves_to_refs[*].value = {literal(place)}" for place in wanted[False]] or [""]
        out.alone += [("stix", f"[domain-name:value = {literal(text)}{tail}]") for tail in resolved]
    if not wanted[True]:
        out.alone += [("stix", _pattern_of(part)) for part in places if part.to_ids]


def _is(part: Part, *types: str) -> bool:
    found = _single(part)
    return found is not None and found.type in types


def _pattern_of(part: Part) -> str:
    return (part.value and part.value.pattern) or ""


def email(parts: Parts, out: Composition) -> None:
    """Take a message with its ends."""
    properties: dict[str, Any] = {"is_multipart": False}
    sender = parts.take("from", having=lambda part: _is(part, "email-addr"))
    if sender is not None:
        properties["from_ref"] = _end(sender, "email-message:from_ref.value", out)
    for relation in ("to", "cc", "bcc"):
        refs = [
            _end(part, f"email-message:{relation}_refs[*].value", out)
            for part in parts.take_all(relation, having=lambda part: _is(part, "email-addr"))
        ]
        if refs:
            properties[f"{relation}_refs"] = list(dict.fromkeys(refs))
    for relation, name in (("subject", "subject"), ("email-body", "body"), ("message-id", "message_id")):
        part = parts.take(relation)
        if part is not None:
            properties[name] = part.text
            out.together += [f"email-message:{name} = {literal(part.text)}"] if part.to_ids else []
    if {"from_ref", "subject", "body"} & set(properties):
        out.main = out.add(made("email-message", str(properties.get("subject", "")), "", **properties))
    elif "message_id" in properties:
        parts.rest().append(Part("message-id", "text", properties["message_id"]))


def _end(part: Part, path: str, out: Composition) -> str:
    """Add what one end of a mail or of traffic is; gives its id."""
    found = _single(part)
    assert found is not None  # noqa: S101  # only such parts are taken
    out.add(found)
    out.together += [f"{path} = {literal(found.text)}"] if part.to_ids else []
    return ref(found)


def traffic(parts: Parts, out: Composition) -> None:
    """Take traffic with its ends and ports."""
    properties: dict[str, Any] = {}
    ends: list[Observable] = []
    for end in ("src", "dst"):
        place = parts.take(f"ip-{end}", f"hostname-{end}", having=lambda part: _is(part, *_PLACES))
        port = parts.take(f"{end}-port", having=lambda part: is_port(part.text))
        if place is not None:
            properties[f"{end}_ref"] = _end(place, f"network-traffic:{end}_ref.value", out)
            ends.append(out.observables[-1])
        if port is not None:
            properties[f"{end}_port"] = int(port.text)
            out.together += [f"network-traffic:{end}_port = {int(port.text)}"] if port.to_ids else []
    if not ends:
        parts.rest().extend(
            Part(f"{end}-port", "port", str(properties[f"{end}_port"]))
            for end in ("src", "dst")
            if f"{end}_port" in properties
        )
        return
    said = [parts.take(f"layer{layer}-protocol") for layer in (3, 4, 7)]
    protocols = [part.text.strip().lower() for part in said if part is not None]
    properties["protocols"] = list(dict.fromkeys(protocols)) or [carrier(ends[-1])]
    out.main = out.add(made("network-traffic", " - ".join(end.text for end in ends), "", **properties))


_PLACES = ("ipv4-addr", "ipv6-addr", "domain-name")


def registry(parts: Parts, out: Composition) -> None:
    """Take a registry key with the one value that an object has."""
    key = parts.take("key", having=lambda part: registry_key(part.text))
    found = registry_key(key.text) if key is not None else None
    if key is None or found is None:
        return
    properties: dict[str, Any] = {"key": found[0]}
    path = "windows-registry-key:"
    out.together += [f"{path}key = {literal(found[0])}"] if key.to_ids else []
    value: dict[str, str] = {}
    for relation, name in (("name", "name"), ("data", "data")):
        part = parts.take(relation)
        if part is not None:
            value[name] = part.text
            out.together += [f"{path}values[*].{name} = {literal(part.text)}"] if part.to_ids else []
    kind = parts.take("data-type", having=lambda part: part.text in _REGISTRY_TYPES)
    if kind is not None:
        value["data_type"] = kind.text
    if value:
        properties["values"] = [value]
    out.main = out.add(made("windows-registry-key", found[0], "", **properties))


_REGISTRY_TYPES = frozenset(
    {
        *("REG_NONE", "REG_SZ", "REG_EXPAND_SZ", "REG_BINARY", "REG_DWORD", "REG_DWORD_BIG_ENDIAN"),
        *("REG_DWORD_LITTLE_ENDIAN", "REG_LINK", "REG_MULTI_SZ", "REG_RESOURCE_LIST", "REG_QWORD"),
        *("REG_FULL_RESOURCE_DESCRIPTION", "REG_RESOURCE_REQUIREMENTS_LIST", "REG_INVALID_TYPE"),
    }
)


def certificate(parts: Parts, out: Composition) -> None:
    """Take a certificate by its fingerprints and serial number."""
    hashes = parts.take_hashes("x509-fingerprint-")
    serial = parts.take("serial-number")
    properties: dict[str, Any] = {"hashes": {key: value for key, (value, _) in hashes.items()}} if hashes else {}
    for key, (value, to_ids) in hashes.items():
        path = f"x509-certificate:hashes.{literal(key)}"
        out.together += [f"{path} = {literal(value)}"] if to_ids else []
    if serial is not None:
        properties["serial_number"] = serial.text
        out.together += [f"x509-certificate:serial_number = {literal(serial.text)}"] if serial.to_ids else []
    if properties:
        for name in ("issuer", "subject"):
            part = parts.take(name)
            if part is not None:
                properties[name] = part.text
        out.main = out.add(made("x509-certificate", "certificate", "", **properties))


def account(parts: Parts, out: Composition) -> None:
    """Take an account of a user."""
    properties: dict[str, Any] = {}
    for relation, name in _ACCOUNT:
        part = parts.take(relation)
        if part is not None:
            properties[name] = part.text
            out.together += [f"user-account:{name} = {literal(part.text)}"] if part.to_ids else []
    if {"user_id", "account_login", "account_type"} & set(properties):
        text = properties.get("account_login") or properties.get("user_id") or ""
        out.main = out.add(made("user-account", text, "", **properties))
    elif "display_name" in properties:
        parts.rest().append(Part("display-name", "text", properties["display_name"]))


_ACCOUNT = (
    ("username", "account_login"),
    ("user-id", "user_id"),
    ("account-type", "account_type"),
    ("display-name", "display_name"),
)
