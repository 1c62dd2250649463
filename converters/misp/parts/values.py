"""One MISP attribute's value as cyber-observable objects and a pattern, by its type (MISP core format, section 2.4).

A value that is not what its type says is repaired where that can be done in one way only, and told; else it is text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from converters.misp.parts.hashes import FUZZY, HASHES, file_hashes, hash_of
from converters.misp.parts.registry import registry_key
from converters.values import accounts, network
from converters.values.observables import Observable, detect, literal
from converters.values.refang import refang
from stix_models.ids import CONTRIBUTING, sco_id


@dataclass(frozen=True, slots=True)
class Value:
    """What a value is.

    observables: the one it is about first; what refers comes after what it refers to, and `main` names the former.
    pattern: matches exactly it; None where no pattern can. language: of the pattern, as pattern_type has it.
    links: relationships (source, verb, target), by index of the observables.
    repaired: what was changed, for people; "" if nothing.
    """

    observables: tuple[Observable, ...] = ()
    pattern: str | None = None
    language: str = "stix"
    main: int = 0
    links: tuple[tuple[int, str, int], ...] = ()
    repaired: str = ""


Reader: TypeAlias = Callable[[str], Value | None]

NETWORK = ("url", "email", "ip", "domain")
_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}")
_PORT = re.compile(r"\d{1,5}")
_MAX_PORT = 65_535
_AS = re.compile(r"(?:AS)?\s*(\d{1,10})", re.IGNORECASE)


def made(type_: str, text: str, pattern: str, **properties: Any) -> Observable:
    """Give an observable of the standard, with what its id is made of (STIX 2.1 section 2.9)."""
    contributing = {name: properties[name] for name in CONTRIBUTING[type_] if name in properties}
    return Observable(type_, text, properties, contributing, pattern)


def ref(observable: Observable) -> str:
    """Give the id that the observable will have."""
    return sco_id(observable.type, observable.contributing)


def read_value(type_: str, text: str) -> Value | None:
    """Read the value of an attribute of this type; None if it is, or has to stay, mere text."""
    reader = _READERS.get(type_)
    return reader(text.strip()) if reader is not None else None


def is_readable(type_: str) -> bool:
    """Whether a value of this type ought to be more than text."""
    return type_ in _READERS


def _of(observable: Observable, repaired: str = "") -> Value:
    return Value((observable,), observable.pattern, repaired=repaired)


def _detected(*kinds: str) -> Reader:
    """Read one of these kinds; what is clearly another thing of the network is that, and told."""

    def read(text: str) -> Value | None:
        found = detect(text, kinds)
        if found is not None:
            return replace(_of(found), repaired=f"only its {found.type} is taken: {found.rest}" if found.rest else "")
        live = refang(text)
        found = detect(live, kinds)
        if found is not None:
            return _of(found, "written so that nobody clicks it; undone")
        found = detect(live, NETWORK if kinds[0] in NETWORK else kinds)
        return None if found is None else _of(found, f"not one of {', '.join(kinds)}: taken as {found.type}")

    return read


def _url(text: str) -> Value | None:
    found = _detected("url")(text)
    if found is not None:
        return found
    quoted = detect(refang(text).replace(" ", "%20"), ("url",))
    if quoted is not None:
        return _of(quoted, "no URI holds a blank: written as %20")
    place, slash, _ = text.partition("/")
    if slash and (network.host(place) or network.ip(place)):
        return Value((), f"[url:value LIKE {literal('%://' + text)}]", repaired="no scheme: kept as text")
    return None


def _domain(text: str) -> Value | None:
    if text.startswith("*.") and (name := network.host(text[2:])):
        return Value((), f"[domain-name:value LIKE {literal('%.' + name)}]", repaired="a wildcard: kept as text")
    return _detected("domain")(text)


def _hash(type_: str) -> Reader:
    def read(text: str) -> Value | None:
        found = hash_of(type_, text)
        if found is not None:
            hashes = dict([found])
            return _of(made("file", text, f"[{file_hashes(hashes)}]", hashes=hashes))
        other = detect(text, ("hash",))
        return None if other is None else _of(other, f"not {type_} by its length")

    return read


def _filename_and(type_: str) -> Reader:
    def read(text: str) -> Value | None:
        name, bar, rest = text.rpartition("|")
        found = hash_of(type_, rest.strip()) if bar and name else None
        if found is None:
            return None
        hashes = dict([found])
        pattern = f"[{file_hashes(hashes)} AND file:name = {literal(name)}]"
        return _of(made("file", name, pattern, hashes=hashes, name=name))

    return read


def _named(type_: str, property_: str) -> Reader:
    def read(text: str) -> Value | None:
        return _of(made(type_, text, f"[{type_}:{property_} = {literal(text)}]", **{property_: text}))

    return read


def _domain_and_ip(text: str) -> Value | None:
    name, _, place = text.partition("|")
    domain, address = network.host(name.strip()), detect(place.strip(), ("ip",))
    if domain is None or address is None:
        return None
    pattern = (
        f"[domain-name:value = {literal(domain)} AND domain-name:resolves_to_refs[*].value = {literal(address.text)}]"
    )
    named = made("domain-name", domain, f"[domain-name:value = {literal(domain)}]", value=domain)
    return Value((named, address), pattern, links=((0, "resolves-to", 1),))


def _place_and_port(end: str) -> Reader:
    """Read `place|port`, of which the place is the source or the destination of traffic."""

    def read(text: str) -> Value | None:
        place, _, port = text.rpartition("|")
        found = detect(place.strip(), ("ip", "domain"))
        if found is None or not is_port(port):
            return None
        path = f"network-traffic:{end}"
        pattern = (
            f"[{path}_ref.type = '{found.type}' AND {path}_ref.value = {literal(found.text)}"
            f" AND {path}_port = {int(port)}]"
        )
        # Which protocol has the port is not said: only what carries it is known.
        properties = {f"{end}_ref": ref(found), f"{end}_port": int(port), "protocols": [carrier(found)]}
        traffic = made("network-traffic", f"{found.text}:{int(port)}", pattern, **properties)
        return Value((found, traffic), pattern, main=1)

    return read


def carrier(place: Observable) -> str:
    """Name the protocol of the network layer that reaches a place; `ip` where its name alone is known."""
    return {"ipv4-addr": "ipv4", "ipv6-addr": "ipv6"}.get(place.type, "ip")


def is_port(text: str) -> bool:
    """Whether the text is the number of a port."""
    return _PORT.fullmatch(text.strip()) is not None and int(text) <= _MAX_PORT


def _registry(text: str) -> Value | None:
    found = registry_key(text)
    if found is None:
        return None
    key, repaired = found
    observable = made("windows-registry-key", key, f"[windows-registry-key:key = {literal(key)}]", key=key)
    return _of(observable, repaired)


def _registry_value(text: str) -> Value | None:
    path, bar, data = text.partition("|")
    found = registry_key(path)
    if found is None or not bar:
        return _registry(text) if not bar else None
    key, repaired = found
    pattern = (
        f"[windows-registry-key:key = {literal(key)} AND windows-registry-key:values[*].data = {literal(data.strip())}]"
    )
    observable = made("windows-registry-key", key, pattern, key=key, values=[{"data": data.strip()}])
    return _of(observable, repaired)


def _mac(text: str) -> Value | None:
    value = text.lower().replace("-", ":")
    if not _MAC.fullmatch(value):
        return None
    return _of(made("mac-addr", value, f"[mac-addr:value = '{value}']", value=value))


def _autonomous_system(text: str) -> Value | None:
    found = _AS.fullmatch(text)
    if found is None:
        return None
    number = int(found[1])
    return _of(made("autonomous-system", f"AS{number}", f"[autonomous-system:number = {number}]", number=number))


def _certificate(type_: str) -> Reader:
    def read(text: str) -> Value | None:
        found = hash_of(type_, text.replace(":", ""))
        if found is None:
            return None
        name, value = found
        path = name if "-" not in name else literal(name)
        pattern = f"[x509-certificate:hashes.{path} = '{value}']"
        return _of(made("x509-certificate", value, pattern, hashes={name: value}))

    return read


def _mail(property_: str) -> Reader:
    def read(text: str) -> Value | None:
        pattern = f"[email-message:{property_} = {literal(text)}]"
        return _of(made("email-message", text, pattern, is_multipart=False, **{property_: text}))

    return read


def _account(service: str) -> Reader:
    def read(text: str) -> Value | None:
        path = "user-account:account_"
        pattern = f"[{path}type = '{service}' AND {path}login = {literal(text)}]"
        return _of(made("user-account", text, pattern, account_type=service, account_login=text))

    return read


def _pattern(path: str) -> Reader:
    """Read what is no observable by itself but can be looked for."""
    return lambda text: Value((), f"[{path} = {literal(text)}]")


def _port(text: str) -> Value | None:
    return Value((), f"[network-traffic:dst_port = {int(text)}]") if is_port(text) else None


def _rule(language: str) -> Reader:
    return lambda text: Value((), text, language)


def _wallet(text: str) -> Value | None:
    return _detected("wallet")(text) if accounts.bitcoin(text) else None


_REQUEST = "network-traffic:extensions.'http-request-ext'."
_READERS: dict[str, Reader] = {
    **dict.fromkeys(("ip-src", "ip-dst"), _detected("ip")),
    **dict.fromkeys(("domain", "hostname"), _domain),
    "url": _url,
    **dict.fromkeys(
        ("email", "email-src", "email-dst", "email-reply-to", "target-email", "whois-registrant-email"),
        _detected("email"),
    ),
    "dns-soa-email": _detected("email"),
    **{type_: _hash(type_) for type_ in (*HASHES, *FUZZY)},
    **{f"filename|{type_}": _filename_and(type_) for type_ in (*HASHES, *FUZZY)},
    "malware-sample": _filename_and("md5"),
    "filename": _named("file", "name"),
    "attachment": _named("file", "name"),
    "mutex": _named("mutex", "name"),
    **dict.fromkeys(("domain|ip", "hostname|ip"), _domain_and_ip),
    **dict.fromkeys(("ip-dst|port", "hostname|port"), _place_and_port("dst")),
    "ip-src|port": _place_and_port("src"),
    "port": _port,
    "regkey": _registry,
    "regkey|value": _registry_value,
    "mac-address": _mac,
    "AS": _autonomous_system,
    **{f"x509-fingerprint-{type_}": _certificate(type_) for type_ in ("md5", "sha1", "sha256")},
    "email-subject": _mail("subject"),
    "email-body": _mail("body"),
    "email-message-id": _pattern("email-message:message_id"),
    "github-username": _account("github"),
    "jabber-id": _account("jabber"),
    "twitter-id": _account("twitter"),
    "user-agent": _pattern(f"{_REQUEST}request_header.'User-Agent'"),
    "http-method": _pattern(f"{_REQUEST}request_method"),
    "uri": _pattern(f"{_REQUEST}request_value"),
    "btc": _wallet,
    "iban": _detected("iban"),
    **{type_: _rule(type_) for type_ in ("yara", "snort", "sigma")},
}
"""Type of attribute to its reader. What stands in none of them is text."""
