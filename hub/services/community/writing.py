"""Writing a community file: the same order and form every time, so that version control shows what changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from hub.services.community.document import Document
from hub.services.membership.roster import facts_of, rules_of

Value = str | bool | Iterable[str] | None


def write(document: Document) -> str:
    """Give the TOML that `parse` reads back as the same document."""
    listed: dict[str, list[dict[str, Value]]] = {
        "partner": [
            {"name": each.name, "kind": each.kind, "identities": each.identities} for each in document.partners
        ],
        "account": [{"name": each.name, **facts_of(each)} for each in document.accounts],
        "group": [{"name": each.name, "marking": each.marking, "members": each.members} for each in document.groups],
        "marking": [
            {"id": each.id, "kind": each.kind, "level": each.level, "accounts": each.accounts or None}
            for each in document.markings
        ],
        "collection": [
            {"id": each.id, **rules_of(each), "read": each.read, "write": each.write, "trusted": each.trusted}
            for each in document.collections
        ],
    }
    return "\n".join(_table(name, values) for name, tables in listed.items() for values in tables)


def _table(name: str, values: Mapping[str, Value]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in values.items() if value is not None]
    return "\n".join([f"[[{name}]]", *lines, ""])


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _string(value)
    return f"[{', '.join(_string(each) for each in sorted(value or ()))}]"


def _string(text: str) -> str:
    """Write a basic string (TOML 1.0): JSON's escapes are TOML's, and DEL wants one too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
