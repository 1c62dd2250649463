"""The JSON schemas of OASIS for STIX 2.1, compiled one type at a time when the first object of it comes.

Source: cti-stix2-json-schemas, as it ships inside the stix2-validator distribution, which is never imported.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from types import MappingProxyType
from typing import Any

from jsonschema_rs import Draft202012Validator, RegexOptions, Registry

from stix_models.outline import is_observable

_DISTRIBUTION = "stix2-validator"
_FOLDER = "schemas-2.1/schemas/"
_COMMON = "common/{}.json"
_TYPES_IN_COMMON = frozenset({"marking-definition", "language-content", "extension-definition"})
_SINCE_2_1 = frozenset(
    {
        *("extension-definition", "language-content", "grouping", "incident", "infrastructure", "location"),
        *("malware-analysis", "note", "opinion"),
    }
)
"""Types that STIX 2.0 has not: without `spec_version` they are not of 2.0, but wrong."""

_LENIENT = "stix-2.0"


def schema_for(value: Mapping[str, Any]) -> Draft202012Validator:
    """Give the compiled schema an object with a type must meet.

    Its own for a type of the standard, the common properties for any other, and for SDOs, SROs and markings of
    STIX 2.0, which TAXII 2.1 lets in, the few properties the hub itself lives by.
    """
    type_ = value["type"]
    observable = is_observable(value)
    if value.get("spec_version", "2.0") == "2.0" and not observable and type_ not in _SINCE_2_1:
        return _compiled(_LENIENT)
    if type_ in _paths():
        return _compiled(_paths()[type_])
    return _compiled(_COMMON.format("cyber-observable-core" if observable else "core"))


@cache
def _compiled(path: str) -> Draft202012Validator:
    """Compile one schema; its regular expressions run in linear time, and nothing is ever fetched."""
    return Draft202012Validator(
        _schema(path), registry=_registry(), pattern_options=RegexOptions(), mask="value", offline=True
    )


def _schema(path: str) -> dict[str, Any]:
    """Give the schema at a path, with the forms of the common properties where it leaves them open."""
    if path == _LENIENT:
        return _of_2_0()
    schema = {"$ref": _base() + path}
    typed = path.startswith(("sdos/", "sros/")) or path == _COMMON.format("core")
    return schema if typed else {"allOf": [schema, {"properties": _common_properties()}]}


def _of_2_0() -> dict[str, Any]:
    """Give the least an object of STIX 2.0 must have (part 1 section 3.1 there)."""
    return {
        "type": "object",
        "properties": {"type": {"pattern": "^[a-zA-Z0-9-]{3,250}$"}, **_common_properties()},
        "required": ["type", "id", "created"],
        "if": {"not": {"properties": {"type": {"const": "marking-definition"}}}},
        "then": {"required": ["modified"]},
    }


def _common_properties() -> dict[str, Any]:
    """Give the forms that the hub's own rules need, whatever the type (STIX 2.1 section 3.2)."""
    identifier, timestamp, marking = (
        {"$ref": _base() + _COMMON.format(name)} for name in ("identifier", "timestamp", "granular-marking")
    )
    return {
        "id": identifier,
        "spec_version": {"enum": ["2.0", "2.1"]},
        "created_by_ref": identifier,
        "created": timestamp,
        "modified": timestamp,
        "revoked": {"type": "boolean"},
        "lang": {"type": "string"},
        "labels": {"type": "array", "items": {"type": "string"}},
        "external_references": {"type": "array", "items": {"type": "object"}},
        "object_marking_refs": {"type": "array", "items": identifier},
        "granular_markings": {"type": "array", "items": marking},
    }


@cache
def _paths() -> Mapping[str, str]:
    """Map each type of the standard to its schema's path."""
    base = _base()
    paths = (uri.removeprefix(base) for uri in _schemas())
    named = {path.rpartition("/")[2].removesuffix(".json"): path for path in paths}
    return MappingProxyType(
        {type_: path for type_, path in named.items() if not path.startswith("common/") or type_ in _TYPES_IN_COMMON}
    )


@cache
def _base() -> str:
    return next(uri for uri in _schemas() if uri.endswith("common/core.json")).removesuffix("common/core.json")


@cache
def _registry() -> Registry:
    return Registry(list(_schemas().items()))


@cache
def _schemas() -> Mapping[str, Any]:
    """Read every schema file, by its `$id`."""
    schemas = {schema["$id"]: schema for schema in _files()}
    if not schemas:
        raise PackageNotFoundError(_DISTRIBUTION)
    # The one departure from OASIS: a granular marking may name a language instead of a marking (section 7.2.3).
    marking = next(schema for uri, schema in schemas.items() if uri.endswith("common/granular-marking.json"))
    marking |= {"required": ["selectors"], "anyOf": [{"required": ["marking_ref"]}, {"required": ["lang"]}]}
    return MappingProxyType(schemas)


def _files() -> Iterator[dict[str, Any]]:
    for file in distribution(_DISTRIBUTION).files or ():
        if _FOLDER in file.as_posix() and file.suffix == ".json":
            yield json.loads(file.read_text())
