"""Writing a community file: the same order and form every time, so that version control shows what changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from hub.services.community.document import CollectionTerms, Document

Value = str | bool | Iterable[str] | None


def write(document: Document) -> str:
    """Give the TOML that `parse` reads back as the same document."""
    tables = [
        *(
            _table("partner", {"name": each.name, "kind": each.kind, "identities": each.identities})
            for each in document.partners
        ),
        *(
            _table(
                "account",
                {
                    "name": each.name,
                    "partner": each.partner,
                    "kind": each.kind,
                    "roles": each.roles,
                    "red_capable": each.red_capable,
                },
            )
            for each in document.accounts
        ),
        *(
            _table("group", {"name": each.name, "marking": each.marking, "members": each.members})
            for each in document.groups
        ),
        *(
            _table(
                "marking",
                {"id": each.id, "kind": each.kind, "level": each.level, "accounts": each.accounts or None},
            )
            for each in document.markings
        ),
        *(_table("collection", _terms(each)) for each in document.collections),
    ]
    return "\n".join(tables)


def _terms(collection: CollectionTerms) -> dict[str, Value]:
    return {
        "id": collection.id,
        "title": collection.title,
        "alias": collection.alias,
        "default_tlp": collection.default_tlp,
        "default_group": collection.default_group,
        "intake": collection.intake,
        "public": collection.public,
        "read": collection.read,
        "write": collection.write,
        "trusted": collection.trusted,
    }


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
