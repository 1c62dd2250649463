"""What would do harm if it ever came out as more than text: STIX objects with it in every property that takes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distribution
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from stix_models.conformance import check
from stix_models.markings import TLP_MARKING, Level

Stix = dict[str, Any]

PROBE = "xss-probe"
"""An element that no page of ours has."""

HOSTILE = (
    f"\"'><{PROBE}><img src=x onerror=window.pwned=1><script>window.pwned=2</script></script></title></textarea></pre>"
    "</svg><svg onload=window.pwned=3>{{7*3119}}{% raw %}${7*3119}%s%(x)s%n--><!--&lt;b&gt;&#60;b&#62;"
    "\r\nSet-Cookie: pwned=4\r\n\u202eltr\u2066\u200b\ufeff`${window.pwned=5}`"
)
LINK = "javascript:window.pwned=6//\"><xss-probe onclick='window.pwned=7'>"
EVALUATED = str(7 * 3119)
FORMULA = '=HYPERLINK("https://evil.example","x")'
LONG = HOSTILE + "<b>" * 20_000

_TIME = "2026-11-01T00:00:00.000Z"
_FIRST = f"domain-name--{uuid5(NAMESPACE_URL, 'hostile first')}"
_VALUES: tuple[object, ...] = (
    HOSTILE,
    LINK,
    [HOSTILE, LINK],
    {"x_inner": HOSTILE, HOSTILE: HOSTILE, "en": HOSTILE},
    {"statement": HOSTILE},
    {"en": {"name": HOSTILE}},
    [{"kill_chain_name": HOSTILE, "phase_name": HOSTILE}],
    [{"source_name": HOSTILE, "url": LINK, "external_id": HOSTILE, "description": HOSTILE}],
    [{"source_name": HOSTILE, "url": HOSTILE}],
    [{"name": HOSTILE, "data": HOSTILE, "data_type": "REG_SZ"}],
    [{"name": HOSTILE, "body": HOSTILE}],
    {"Subject": HOSTILE, "X-Mailer": [HOSTILE]},
    {"MD5": HOSTILE, "x_hash": HOSTILE},
    {f"extension-definition--{uuid5(NAMESPACE_URL, 'x')}": {"extension_type": "property-extension", "x_said": HOSTILE}},
    [{"selectors": ["x_said"], "lang": "en"}],
)
_SDO: dict[str, Stix] = {
    "attack-pattern": {"name": "x"},
    "campaign": {"name": "x"},
    "course-of-action": {"name": "x"},
    "grouping": {"context": "x", "object_refs": [_FIRST]},
    "identity": {"name": "x"},
    "incident": {"name": "x"},
    "indicator": {"pattern": "[url:value = '<x>']", "pattern_type": "stix", "valid_from": _TIME},
    "infrastructure": {"name": "x"},
    "intrusion-set": {"name": "x"},
    "location": {"country": "nl"},
    "malware": {"is_family": True, "name": "x"},
    "malware-analysis": {"product": "x", "result": "malicious"},
    "note": {"content": "x", "object_refs": [_FIRST]},
    "observed-data": {"first_observed": _TIME, "last_observed": _TIME, "number_observed": 1, "object_refs": [_FIRST]},
    "opinion": {"opinion": "agree", "object_refs": [_FIRST]},
    "report": {"name": "x", "published": _TIME, "object_refs": [_FIRST]},
    "threat-actor": {"name": "x"},
    "tool": {"name": "x"},
    "vulnerability": {"name": "x"},
    "relationship": {"relationship_type": "related-to", "source_ref": _FIRST, "target_ref": _FIRST},
    "sighting": {"sighting_of_ref": _FIRST},
    "language-content": {"object_ref": _FIRST, "contents": {"en": {"value": "x"}}, "object_modified": _TIME},
    "extension-definition": {
        "name": "x",
        "schema": "x",
        "version": "1.0.0",
        "extension_types": ["property-extension"],
        "created_by_ref": f"identity--{uuid5(NAMESPACE_URL, 'hostile identity')}",
    },
    "x-hostile": {"name": "x"},
}
_SCO: dict[str, Stix] = {
    "artifact": {"payload_bin": "eA=="},
    "autonomous-system": {"number": 1},
    "directory": {"path": "x"},
    "domain-name": {"value": "x"},
    "email-addr": {"value": "x@x.test"},
    "email-message": {"is_multipart": False},
    "file": {"name": "x"},
    "ipv4-addr": {"value": "192.0.2.1"},
    "ipv6-addr": {"value": "2001:db8::1"},
    "mac-addr": {"value": "d2:fb:49:24:37:18"},
    "mutex": {"name": "x"},
    "network-traffic": {"protocols": ["tcp"], "src_ref": f"ipv4-addr--{uuid5(NAMESPACE_URL, 'hostile ipv4-addr')}"},
    "process": {"command_line": "x"},
    "software": {"name": "x"},
    "url": {"value": "https://x.test/"},
    "user-account": {"display_name": "x"},
    "windows-registry-key": {"key": "HKEY_LOCAL_MACHINE\\x"},
    "x509-certificate": {"serial_number": "x"},
    "x-coin": {"value": "x"},
}
_KEPT = frozenset({"type", "id", "spec_version", "created", "modified", "object_marking_refs", "defanged"})
_OURS = ("x_said", "x_listed", "x_deep", "extensions", "external_references", "labels", "kill_chain_phases")


@cache
def objects(level: Level = Level.CLEAR) -> tuple[Stix, ...]:
    """Write an object of every type of the standard, hostile wherever it still conforms; and what leads to all."""
    first = _marked("domain-name", {"value": HOSTILE}, level) | {"id": _FIRST}
    made = [first, *(hostile(type_, base, level) for type_, base in (_SDO | _SCO).items())]
    gang = next(each for each in made if each["type"] == "intrusion-set")
    ends = [each["id"] for each in made if each["type"] not in {"language-content", "extension-definition"}]
    web = [
        _marked("relationship", _SDO["relationship"] | {"source_ref": gang["id"], "target_ref": end}, level, end)
        for end in ends[:40]
    ]
    long = _marked("tool", {"name": "Long", "description": LONG}, level, "long")
    sheet = _marked("tool", {"name": FORMULA, "aliases": [FORMULA]}, level, "formula")
    return (*made, *web, long, sheet, _deep(level))


def hostile(type_: str, base: Stix, level: Level) -> Stix:
    """Write one of a type, each of its properties replaced by the first hostile value that is let through."""
    found = _marked(type_, base, level)
    for name in dict.fromkeys([*_properties(type_), *base, *_OURS]):
        if name in _KEPT:
            continue
        for value in _VALUES:
            tried = found | {name: value}
            if check(tried) is None:
                found = tried
                break
    assert check(found) is None
    return found


def _deep(level: Level) -> Stix:
    """Write an object that hides it many levels down, under names that are hostile too."""
    inner: object = HOSTILE
    for _ in range(40):
        inner = {HOSTILE: [inner]}
    return _marked("tool", {"name": "Deep", "x_deep": inner}, level, "deep")


def _marked(type_: str, base: Stix, level: Level, name: str = "") -> Stix:
    id_ = f"{type_}--{uuid5(NAMESPACE_URL, f'hostile {name or type_}')}"
    stix = {"type": type_, "spec_version": "2.1", "id": id_, "object_marking_refs": [TLP_MARKING[level]]}
    return stix | ({"created": _TIME, "modified": _TIME} if type_ in _SDO else {}) | base


@cache
def _properties(type_: str) -> tuple[str, ...]:
    """Give the names of all properties that the schemas of OASIS know for a type."""
    names: dict[str, None] = {}
    for file in distribution("stix2-validator").files or ():
        if file.stem in {type_, "core", "cyber-observable-core"} and "schemas-2.1/schemas" in str(file):
            names |= dict.fromkeys(_named(json.loads(file.locate().read_text("utf-8"))))
    return tuple(names)


def _named(schema: object) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(found := schema.get("properties"), dict):
            yield from found
        for inner in schema.values():
            yield from _named(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _named(inner)
