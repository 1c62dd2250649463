"""The trail as a file: rows for a spreadsheet, or JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from hub.model.audit import Recorded

COLUMNS = ("at", "actor", "action", "object", "detail")
"""What every file holds of a record; `detail` is JSON."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""


def csv_lines(records: Iterable[Recorded]) -> Iterator[str]:
    """Write a heading and a row for each record (RFC 4180).

    A cell that a spreadsheet would take for a formula gets an apostrophe before it: what it says may come from others.
    """
    yield _row(COLUMNS)
    for each in records:
        facts = facts_of(each)
        detail = json.dumps(facts["detail"], sort_keys=True, ensure_ascii=False)
        yield _row([safe(str(facts[name])) for name in COLUMNS[:-1]] + [safe(detail)])


def json_lines(records: Iterable[Recorded]) -> Iterator[str]:
    """Write a JSON object and a line feed for each record."""
    for each in records:
        yield json.dumps(facts_of(each), ensure_ascii=False) + "\n"


def facts_of(record: Recorded) -> dict[str, Any]:
    """Give what is told of a record, by name; never its number, which counts the acts of others too (S17)."""
    event = record.event
    return {
        "at": datetime.fromtimestamp(record.at / 1_000_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "actor": event.actor,
        "action": str(event.action),
        "object": event.object,
        "detail": dict(event.detail),
    }


def safe(cell: str) -> str:
    """Keep a cell text, whatever it begins with."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _row(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()
