"""One object, checked: by its schema first, and if it meets that by the rules a schema can't say."""

from __future__ import annotations

from itertools import islice
from typing import Any

from jsonschema_rs import ValidationError

from stix_models.conformance.problems import Problem
from stix_models.conformance.rules import broken_rules
from stix_models.conformance.schemas import schema_for
from stix_models.patterns import MAX_PATTERN_CHARS

_MAX_PROBLEMS = 3
_MESSAGE_CHARS = 160

_WORDS = (
    ('does not match "^[a-z][a-z0-9-]+[a-z0-9]--', "is no STIX identifier (type--UUID)"),
    ('does not match "^[0-9]{4}-(0[1-9]', "is no timestamp (YYYY-MM-DDTHH:MM:SS.sssZ)"),
    ('does not match "T\\d{2}:', "is no timestamp to the millisecond (YYYY-MM-DDTHH:MM:SS.sssZ)"),
    ('does not match "^([a-z][a-z0-9]*)+(-', "is no type name (lower-case letters, digits and hyphens)"),
    ('{"anyOf":[{"required":["severity"]}', "severity, action, username and phone_numbers are reserved names"),
)
"""How some messages of the schemas begin, and the words for them."""


def check(value: Any, *, max_pattern_chars: int = MAX_PATTERN_CHARS) -> str | None:
    """Say what is wrong with a STIX object, each problem with its path; None if it conforms.

    That is the first that the schema finds, or the first three broken rules of an object that meets its schema.
    Custom properties, custom types and extensions are allowed (STIX 2.1 section 7.3). Objects of STIX 2.0 need
    only what they have in common with those of 2.1.
    """
    if not isinstance(value, dict):
        return "this is no JSON object"
    type_ = value.get("type")
    if not isinstance(type_, str):
        return str(Problem(("type",), "a STIX object has a type, a string", type_))
    if type_ == "bundle":
        return str(Problem(("type",), "a bundle is no STIX object", type_))
    try:
        # Only its first error: to list them all takes time by the square of their number.
        schema_for(value).validate(value)
    except ValidationError as error:
        return str(_from_schema(error))
    problems = list(islice(broken_rules(value, max_pattern_chars), _MAX_PROBLEMS))
    return "; ".join(map(str, problems)) if problems else None


def _from_schema(error: ValidationError) -> Problem:
    if error.instance is None:
        return Problem(error.instance_path, "null is no value in STIX")
    message = error.message.removeprefix("value ")
    message = next((words for begin, words in _WORDS if message.startswith(begin)), message)
    if len(message) > _MESSAGE_CHARS:
        message = message[:_MESSAGE_CHARS] + "…"
    return Problem(error.instance_path, message, error.instance)
