"""What STIX 2.1 demands and a JSON schema can't say; for objects that meet their schema."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping
from typing import Any

from stix_models.conformance.languages import is_language_tag
from stix_models.conformance.problems import Problem
from stix_models.ids import type_of
from stix_models.outline import spec_version
from stix_models.patterns import PatternError, check_pattern
from stix_models.timestamps import version_key

TIMESTAMPS = frozenset(
    {
        *("created", "modified", "valid_from", "valid_until", "first_seen", "last_seen", "object_modified"),
        *("first_observed", "last_observed", "analysis_started", "analysis_ended", "submitted", "published"),
        *("start_time", "stop_time", "start", "end", "date", "ctime", "mtime", "atime", "modified_time"),
        *("created_time", "account_created", "account_expires", "account_first_login", "account_last_login"),
        *("credential_last_changed", "validity_not_before", "validity_not_after", "time_date_stamp"),
        *("private_key_usage_period_not_before", "private_key_usage_period_not_after"),
    }
)
"""Every property of the standard that is a timestamp, at whatever depth."""

_TIMESTAMP_LIKE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,}Z")

_IN_ORDER = (
    ("created", "modified", operator.le),
    ("valid_from", "valid_until", operator.lt),
    ("first_seen", "last_seen", operator.le),
    ("first_observed", "last_observed", operator.le),
    ("analysis_started", "analysis_ended", operator.le),
    ("start_time", "stop_time", operator.lt),
)
"""Earlier, later, and whether the standard lets them be equal (STIX 2.1 sections 3.2, 4 and 5)."""

_MAX_INDEX_DIGITS = 9


def broken_rules(value: Mapping[str, Any], max_pattern_chars: int) -> Iterator[Problem]:
    """Give each rule that the object breaks; it has the types its schema asks for."""
    if type_of(value["id"]) != value["type"]:
        yield Problem(("id",), f"is of another type than {value['type']!r}", value["id"])
    yield from _calendar(value)
    if "lang" in value:
        yield from _language(("lang",), value["lang"])
    if "granular_markings" in value:
        yield from _granular(value, value["granular_markings"])
    if "pattern" in value and value.get("pattern_type") == "stix":
        yield from _pattern(value["pattern"], max_pattern_chars)
    if value["type"] == "marking-definition":
        yield from _marks_itself(value)
    elif value["type"] == "language-content":
        for tag in value["contents"]:
            yield from _language(("contents", tag), tag)


def _calendar(value: Mapping[str, Any]) -> Iterator[Problem]:
    """Check that every instant exists and that pairs are in order (STIX 2.1 section 2.16)."""
    keys: dict[str, str] = {}
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), value)]
    while pending:
        path, container = pending.pop()
        for step, inner in enumerate(container) if isinstance(container, list) else container.items():
            if isinstance(inner, str):
                if step in TIMESTAMPS:
                    key = _key(inner)
                    if key is None:
                        yield Problem((*path, step), "is no instant of the calendar", inner)
                    elif not path:
                        keys[step] = key
            elif isinstance(inner, dict | list):
                pending.append(((*path, step), inner))
    yield from _order(value, keys)


def _key(text: str) -> str | None:
    """Give the instant's key, "" for what has not the form of a timestamp, None for one that does not exist."""
    try:
        return version_key(text)
    except ValueError:
        return None if _TIMESTAMP_LIKE.fullmatch(text) else ""


def _order(value: Mapping[str, Any], keys: Mapping[str, str]) -> Iterator[Problem]:
    # STIX 2.0 objects are taken as they are, but for what makes their versions.
    pairs = _IN_ORDER[:1] if spec_version(value) == "2.0" else _IN_ORDER
    for earlier, later, in_order in pairs:
        if keys.get(later) and keys.get(earlier) and not in_order(keys[earlier], keys[later]):
            yield Problem((later,), f"is not after `{earlier}`, {value[earlier]}", value[later])


def _language(path: tuple[str | int, ...], tag: str) -> Iterator[Problem]:
    if not is_language_tag(tag):
        yield Problem(path, "is no language tag (RFC 5646)", tag)


def _granular(value: Mapping[str, Any], markings: list[dict[str, Any]]) -> Iterator[Problem]:
    """Check the selectors of granular markings, and their languages (STIX 2.1 section 7.2.3)."""
    for index, marking in enumerate(markings):
        if "lang" in marking:
            yield from _language(("granular_markings", index, "lang"), marking["lang"])
        for number, selector in enumerate(marking["selectors"]):
            if not _selects(value, selector):
                yield Problem(
                    ("granular_markings", index, "selectors", number), "selects nothing in the object", selector
                )


def _selects(value: Mapping[str, Any], selector: str) -> bool:
    """Whether a selector, `name.[index].name`, names something that is there."""
    inner: Any = value
    for step in selector.split("."):
        if isinstance(inner, list):
            digits = step[1:-1]
            if step[:1] != "[" or len(digits) > _MAX_INDEX_DIGITS or int(digits) >= len(inner):
                return False
            inner = inner[int(digits)]
        elif isinstance(inner, dict) and step in inner:
            inner = inner[step]
        else:
            return False
    return True


def _pattern(pattern: str, max_chars: int) -> Iterator[Problem]:
    try:
        check_pattern(pattern, max_chars=max_chars)
    except PatternError as error:
        yield Problem(("pattern",), f"is no STIX pattern: {error}")


def _marks_itself(value: Mapping[str, Any]) -> Iterator[Problem]:
    """Check that a marking definition is not marked with itself (STIX 2.1 section 7.2.1)."""
    own = value["id"].lower()
    if own in (id_.lower() for id_ in value.get("object_marking_refs", ())):
        yield Problem(("object_marking_refs",), "a marking definition may not mark itself", value["id"])
    if own in (
        marking["marking_ref"].lower() for marking in value.get("granular_markings", ()) if "marking_ref" in marking
    ):
        yield Problem(("granular_markings",), "a marking definition may not mark itself", value["id"])
