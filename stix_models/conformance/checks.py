"""One object, checked: by its schema first, and if it meets that by the rules a schema can't say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from jsonschema_rs import ValidationError

from stix_models.conformance.problems import Problem
from stix_models.conformance.rules import broken_rules
from stix_models.conformance.schemas import schema_for
from stix_models.patterns import MAX_PATTERN_CHARS

_MAX_PROBLEMS = 3
_MESSAGE_CHARS = 160


def check(value: Any, *, max_pattern_chars: int = MAX_PATTERN_CHARS) -> str | None:
    """Say what is wrong with a STIX object: its first problems, each with its path; None if it conforms.

    Custom properties, custom types and extensions are allowed (STIX 2.1 section 7.3). Objects of STIX 2.0 need
    only what they have in common with those of 2.1.
    """
    problems = list(islice(_problems(value, max_pattern_chars), _MAX_PROBLEMS))
    return "; ".join(map(str, problems)) if problems else None


def _problems(value: Any, max_pattern_chars: int) -> Iterator[Problem]:
    if not isinstance(value, dict):
        return iter([Problem((), "this is no JSON object")])
    type_ = value.get("type")
    if not isinstance(type_, str):
        return iter([Problem(("type",), "a STIX object has a type, a string", type_)])
    if type_ == "bundle":
        return iter([Problem(("type",), "a bundle inside another is no STIX object", type_)])
    schema = schema_for(value)
    if schema.is_valid(value):
        return broken_rules(value, max_pattern_chars)
    return map(_from_schema, schema.iter_errors(value))


def _from_schema(error: ValidationError) -> Problem:
    message = error.message.removeprefix("value ")
    if len(message) > _MESSAGE_CHARS:
        message = message[:_MESSAGE_CHARS] + "…"
    return Problem(error.instance_path, message, error.instance)
