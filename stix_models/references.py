"""What an object refers to, in the sense of the closure (visibility.md S11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stix_models.ids import is_stix_id

_OWN = frozenset({"created_by_ref", "object_marking_refs", "granular_markings"})
_SUFFIXES = ("_ref", "_refs")


def references(value: Mapping[str, Any]) -> tuple[str, ...]:
    """Give every STIX id in a property that ends in `_ref` or `_refs`, at any depth; sorted (S11).

    Left out, at the top level only: `created_by_ref`, `object_marking_refs`, `granular_markings`, and
    identities in a custom `x_…_ref(s)`.
    """
    found: set[str] = set()
    pending: list[Any] = [value]
    while pending:
        container = pending.pop()
        if isinstance(container, list):
            pending.extend(element for element in container if isinstance(element, dict | list))
            continue
        top = container is value
        for name, inner in container.items():
            if top and name in _OWN:
                continue
            if name.endswith(_SUFFIXES):
                names_people = top and name.startswith("x_")
                found.update(id_ for id_ in _ids(inner) if not (names_people and id_.startswith("identity--")))
            if isinstance(inner, dict | list):
                pending.append(inner)
    return tuple(sorted(found))


def _ids(inner: Any) -> Iterator[str]:
    """Give the STIX ids that a property's own value is or lists."""
    for text in inner if isinstance(inner, list) else (inner,):
        if isinstance(text, str) and is_stix_id(text):
            yield text
