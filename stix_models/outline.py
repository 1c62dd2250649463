"""What the hub's rules need of a STIX object, read once when it arrives."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Outline:
    """The few facts of one object that decide where it goes and who may see it.

    version: `modified`, else `created`, as written; UNVERSIONED for what has neither (TAXII 2.1 §5.3.1).
    version_key: the same instant in a form whose text order is time order, equal for equal instants.
    markings: every id in object_marking_refs and granular_markings[].marking_ref, lower case, no repeats.
    references: every id the object refers to in the sense of S11, no repeats, sorted.
    statement: it is a marking definition of type `statement`.
    modified: `modified` in µs since 1970 (UTC), None if it has none.
    """

    id: str
    type: str
    version: str
    version_key: str
    spec_version: str
    created_by: str | None
    markings: tuple[str, ...]
    references: tuple[str, ...]
    revoked: bool
    statement: bool
    modified: int | None
    observable: bool
