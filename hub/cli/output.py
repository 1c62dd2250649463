"""What the terminal gets: one JSON object a line, or lines and tables for people; and the exit codes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import click

from hub.errors import ForbiddenError, HubError, InvalidInputError

FAILED = 1
USAGE = 2
REJECTED = 3
"""Some records were rejected, the rest went through."""
REFUSED = 4
"""Refused by policy."""


def emit(record: Mapping[str, Any], line: str | None = None) -> None:
    """Print one result. line: how people get it; without one, its fields."""
    if wants_json():
        click.echo(dump(record))
    else:
        click.echo(_shown(line or "  ".join(f"{name}: {_text(value)}" for name, value in record.items())))


def emit_table(records: Iterable[Mapping[str, Any]], nothing: str) -> None:
    """Print results of the same fields, in columns for people. nothing: what they get if there is none."""
    rows = list(records)
    if wants_json():
        for row in rows:
            click.echo(dump(row))
        return
    if not rows:
        click.echo(nothing)
        return
    cells = [[name.upper() for name in rows[0]], *([_text(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo(_shown("  ".join(padded).rstrip()))


def note(message: str) -> None:
    """Say something that is no result: it goes to stderr."""
    click.echo(_shown(message), err=True)


def report(error: HubError, *, as_json: bool) -> None:
    """Print an error to stderr with all its findings."""
    text = str(error) or (type(error).__doc__ or "").rstrip(".")
    findings = error.findings if isinstance(error, InvalidInputError) else ()
    if as_json:
        listed = [{"place": each.place, "message": each.message, "value": each.value} for each in findings]
        click.echo(dump({"error": text, "findings": listed}), err=True)
        return
    click.echo(_shown(f"error: {text}"), err=True)
    for each in findings:
        click.echo(_shown(f"  {each}"), err=True)


def exit_code(error: HubError) -> int:
    """Give the exit code of an error."""
    return REFUSED if isinstance(error, ForbiddenError) else FAILED


def wants_json() -> bool:
    """Whether this run was asked for one JSON object a line."""
    return bool(getattr(click.get_current_context().obj, "json", False))


def _shown(text: str) -> str:
    """Escape what is not printable but ends of lines: what partners wrote must not steer a terminal."""
    return "".join(sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in text)


def dump(record: Mapping[str, Any]) -> str:
    """Write a record as one line of JSON."""
    return json.dumps(record, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    """Give what JSON has no form for: times, sets, and things with a text."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, frozenset | set | tuple):
        return sorted(map(str, value))
    return str(value)


def _text(value: object) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple | frozenset | set):
        return ", ".join(sorted(map(str, value))) or "-"
    return str(_plain(value)) if isinstance(value, datetime) else str(value)
