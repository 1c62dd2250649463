"""TAXII resources as JSON (TAXII 2.1 sections 3.7, 4 and 5): pure functions from the hub's values.

An envelope is a join of stored bytes, never parsed and dumped. Lists that would be empty are left out, as
section 2 has it, so that a page of nothing is `{}`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

import msgspec

from hub.model.submissions import FAILURES, Item, Submission
from stix_models.timestamps import UNVERSIONED, format_micros
from taxii_server.negotiation import MEDIA_TYPE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hub.store.query import Entry

STIX_MEDIA_TYPES = {version: f"application/stix+json;version={version}" for version in ("2.1", "2.0")}
"""What collections hold, by specification version (sections 5.2.1 and 5.3.1)."""

API_ROOT = "api"
"""The one API root; a single segment, since clients cut its name out of the URL."""

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Raw:
    """JSON that is bytes already and goes out as it is."""

    body: bytes


NOTHING = Raw(b"{}")
"""The envelope, manifest or versions resource without entries."""


@dataclass(frozen=True, slots=True)
class Description:
    """What the hub says of itself: title, and description and contact where the operator gave them."""

    title: str
    description: str = ""
    contact: str = ""


def serialise(content: Mapping[str, Any]) -> bytes:
    """Give compact UTF-8 JSON; what is no character (a lone surrogate in an echoed text) becomes `?`."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


def discovery(about: Description) -> Resource:
    """Give the discovery resource; roots are relative, so they resolve to the host the client reached."""
    root = f"/{API_ROOT}/"
    told = {"title": about.title, "description": about.description, "contact": about.contact}
    return {name: text for name, text in told.items() if text} | {"default": root, "api_roots": [root]}


def api_root(about: Description, max_content_bytes: int) -> Resource:
    """Give the API root resource (section 4.2.1)."""
    told = {"title": about.title, "description": about.description}
    return {name: text for name, text in told.items() if text} | {
        "versions": [MEDIA_TYPE],
        "max_content_length": max_content_bytes,
    }


def collection(id: str, title: str, alias: str | None, can_read: bool, can_write: bool) -> Resource:  # noqa: A002 - TAXII's name for it
    """Give the collection resource as its asker may use it (section 5.2.1)."""
    named = {"id": id, "title": title} | ({"alias": alias} if alias else {})
    return named | {"can_read": can_read, "can_write": can_write, "media_types": list(STIX_MEDIA_TYPES.values())}


def collections(listed: Iterable[Resource]) -> Resource:
    """Give the collections resource (section 5.1.1)."""
    found = list(listed)
    return {"collections": found} if found else {}


def status(submission: Submission) -> Resource:
    """Give the status resource: complete from the first answer on; what is rejected moves to the failures."""
    successes = [_detail(item) for item in submission.items if item.state not in FAILURES]
    failures = [_detail(item) for item in submission.items if item.state in FAILURES]
    received = submission.received.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    content = {
        "id": submission.id,
        "status": "complete",
        "request_timestamp": f"{received}Z",
        "total_count": len(submission.items),
        "success_count": len(successes),
        "failure_count": len(failures),
        "pending_count": 0,
    }
    lists = {"successes": successes, "failures": failures}
    return content | {name: details for name, details in lists.items() if details}


def _detail(item: Item) -> Resource:
    """Give the status details of one object (section 4.3.1)."""
    detail = {"id": item.object_id, "version": item.version or UNVERSIONED}
    return detail | ({"message": item.message} if item.message else {})


def envelope(entries: Iterable[Entry], next: str | None) -> Raw:  # noqa: A002 - TAXII's name for it
    """Join stored objects into an envelope (section 3.7)."""
    return _listing(b'"objects"', b",".join([entry.body for entry in entries]), next)


def manifest(entries: Iterable[Entry], next: str | None) -> Raw:  # noqa: A002 - TAXII's name for it
    """Give the manifest resource (section 5.3.1), with `next` as the envelope has it."""
    records = [
        {
            "id": entry.object_id,
            "date_added": format_micros(entry.date_added),
            "version": entry.version,
            "media_type": STIX_MEDIA_TYPES[entry.spec_version],
        }
        for entry in entries
    ]
    return _listing(b'"objects"', msgspec.json.encode(records)[1:-1], next)


def versions(entries: Iterable[Entry], next: str | None) -> Raw:  # noqa: A002 - TAXII's name for it
    """Give the versions resource (section 5.8.1), with `next` as the envelope has it."""
    return _listing(b'"versions"', msgspec.json.encode([entry.version for entry in entries])[1:-1], next)


def date_added_headers(entries: tuple[Entry, ...]) -> dict[str, str]:
    """Give X-TAXII-Date-Added-First and -Last of the entries answered with (section 3.2)."""
    return {
        "X-TAXII-Date-Added-First": format_micros(entries[0].date_added),
        "X-TAXII-Date-Added-Last": format_micros(entries[-1].date_added),
    }


def _listing(name: bytes, members: bytes, cursor: str | None) -> Raw:
    """Wrap members; `more` is always told and `next` comes with it: clients loop or stop early otherwise."""
    more = b'"more":false' if cursor is None else b'"more":true,"next":"%b"' % cursor.encode("ascii")
    return Raw(b"{%b,%b:[%b]}" % (more, name, members))
