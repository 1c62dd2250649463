"""MISP objects whose attributes say one thing together: a file, a mail, traffic, a registry key.

An attribute that its object's template does not claim is what it is by its own type; mere text stays a field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from converters.misp.values import Value, carrier, file_hashes, hash_of, is_hash, is_port, made, ref, registry_key
from converters.values.observables import Observable, literal


@dataclass(frozen=True, slots=True)
class Part:
    """An attribute of an object. value: None where it is mere text."""

    relation: str
    type: str
    text: str
    to_ids: bool = False
    value: Value | None = None


@dataclass(slots=True)
class Composition:
    """What an object is.

    observables: what refers after what it refers to; main: index of what the others are parts or ends of.
    together: comparisons that one observation has to meet; alone: patterns of which each is enough.
    links: relationships by index. left: what is in none of these.
    """

    observables: list[Observable] = field(default_factory=list)
    main: int = 0
    together: list[str] = field(default_factory=list)
    alone: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[int, str, int]] = field(default_factory=list)
    left: list[Part] = field(default_factory=list)

    def add(self, observable: Observable) -> int:
        """Add an observable; gives its index."""
        self.observables.append(observable)
        return len(self.observables) - 1


class _Parts:
    """The attributes of an object that nobody has taken yet."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._left = list(parts)

    def take(self, *relations: str, having: Callable[[Part], Any] = lambda part: part.text) -> Part | None:
        """Take the first that has one of these relations and is fit."""
        for index, part in enumerate(self._left):
            if part.relation in relations and having(part):
                return self._left.pop(index)
        return None

    def take_all(self, *relations: str, having: Callable[[Part], Any] = lambda part: part.text) -> list[Part]:
        """Take every one that has one of these relations and is fit."""
        taken = [part for part in self._left if part.relation in relations and having(part)]
        self._left = [part for part in self._left if part not in taken]
        return taken

    def take_hashes(self, prefix: str = "") -> dict[str, tuple[str, bool]]:
        """Take one hash for each algorithm: its name to (hash, to_ids). prefix: of the types that are meant."""
        hashes: dict[str, tuple[str, bool]] = {}
        for part in list(self._left):
            kind = part.type.removeprefix(prefix) if part.type.startswith(prefix) else ""
            found = hash_of(kind, part.text.strip()) if is_hash(kind) else None
            if found is not None and found[0] not in hashes:
                hashes[found[0]] = (found[1], part.to_ids)
                self._left.remove(part)
        return hashes

    def rest(self) -> list[Part]:
        return self._left


def compose(template: str, parts: list[Part]) -> Composition:
    """Compose what an object of this template is; every part ends in it."""
    left, composition = _Parts(parts), Composition()
    composer = _TEMPLATES.get(template)
    if composer is not None:
        composer(left, composition)
    for part in left.rest():
        if part.value is None or template in _OF_TEXT:
            composition.left.append(part)
        else:
            _add_alone(part.value, composition, to_ids=part.to_ids)
            if not part.value.observables:
                composition.left.append(part)
    return composition


def _add_alone(value: Value, out: Composition, *, to_ids: bool) -> None:
    at = len(out.observables)
    out.observables += value.observables
    out.links += [(source + at, verb, target + at) for source, verb, target in value.links]
    if to_ids and value.pattern is not None:
        out.alone.append((value.language, value.pattern))


def _single(part: Part) -> Observable | None:
    """Give the one observable that a part is."""
    value = part.value
    return value.observables[0] if value is not None and len(value.observables) == 1 else None


def _file(parts: _Parts, out: Composition) -> None:
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


def _pe(parts: _Parts, out: Composition) -> None:
    hashes = parts.take_hashes()  # of the whole file; its names are what its resources claim
    if hashes:
        out.together += [file_hashes({key: value}) for key, (value, to_ids) in hashes.items() if to_ids]
        values = {key: value for key, (value, _) in hashes.items()}
        out.main = out.add(made("file", next(iter(values.values())), "", hashes=values))


def _pe_section(parts: _Parts, out: Composition) -> None:
    for part in parts.rest():
        found = hash_of(part.type, part.text) if part.to_ids and is_hash(part.type) else None
        if found is not None:
            path = f"file:extensions.'windows-pebinary-ext'.sections[*].hashes.{literal(found[0])}"
            out.together.append(f"{path} = {literal(found[1])}")


def _domain_ip(parts: _Parts, out: Composition) -> None:
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
    out.links += [
        (name, "resolves-to", len(names) + place) for name in range(len(names)) for place in range(len(places))
    ]
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


def _email(parts: _Parts, out: Composition) -> None:
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


def _traffic(parts: _Parts, out: Composition) -> None:
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


def _registry_key(parts: _Parts, out: Composition) -> None:
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


def _certificate(parts: _Parts, out: Composition) -> None:
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


def _account(parts: _Parts, out: Composition) -> None:
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

_TEMPLATES: dict[str, Callable[[_Parts, Composition], None]] = {
    "file": _file,
    "pe": _pe,
    "pe-section": _pe_section,
    "domain-ip": _domain_ip,
    "email": _email,
    **dict.fromkeys(("network-connection", "network-socket", "network-traffic", "netflow"), _traffic),
    "registry-key": _registry_key,
    "x509": _certificate,
    "user-account": _account,
}
_OF_TEXT = frozenset({"pe-section"})
"""Templates whose attributes are not what they are by their types: the hash of a section is no file's."""
