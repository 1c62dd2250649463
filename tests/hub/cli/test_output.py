"""What the terminal gets."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import click
from click.testing import CliRunner

from hub.cli.lazy import LazyGroup, shared_options
from hub.cli.output import emit, emit_table, note
from hub.errors import AuthenticationError, Finding, ForbiddenError, InvalidInputError

RECORD = {
    "name": "a\x1b[31m\u202eb",
    "when": datetime(2026, 11, 24, tzinfo=UTC),
    "of": frozenset("ba"),
    "no": None,
    "is": True,
}


def ran(act, *args):
    """Run an act as a command of a root like the hub's."""
    root = LazyGroup("hub", table={}, params=shared_options())
    root.add_command(click.Command("act", callback=act))
    return CliRunner().invoke(root, [*args, "act"])


def test_machines_get_one_object_a_line():
    """Times, sets and nothing have one form in JSON."""
    (line,) = ran(lambda: emit(RECORD, "for people"), "--json").stdout.splitlines()
    assert json.loads(line) == {
        "name": RECORD["name"],
        "when": "2026-11-24T00:00:00Z",
        "of": ["a", "b"],
        "no": None,
        "is": True,
    }


def test_people_get_lines_and_columns():
    """A record is a line of its fields, several are columns, and none is said in words."""
    line = ran(lambda: emit(RECORD)).stdout
    assert line == "name: a\\x1b[31m\\u202eb  when: 2026-11-24T00:00:00Z  of: a, b  no: -  is: yes\n"
    rows = [{"name": "a", "size": 10}, {"name": "longer", "size": 2}]
    assert ran(lambda: emit_table(rows, "none")).stdout == "NAME    SIZE\na       10\nlonger  2\n"
    assert ran(lambda: emit_table([], "none")).stdout == "none\n"
    assert ran(lambda: emit_table([], "none"), "--json").stdout == ""


def test_nothing_written_by_others_steers_the_terminal():
    """Escapes and signs that turn the direction of text come out as their codes, on both streams."""
    for result in (
        ran(lambda: emit_table([RECORD], "none")),
        ran(lambda: note(RECORD["name"])),
        ran(lambda: _fail(InvalidInputError("bad", (Finding("name", "wrong", RECORD["name"]),)))),
    ):
        assert "a\\x1b[31m\\u202eb" in result.output
        assert "\x1b" not in result.output


def test_errors_end_in_their_code():
    """Refused by policy is 4, everything else the hub reports is 1; an error without a text says what it is."""
    assert ran(lambda: _fail(ForbiddenError("no"))).exit_code == 4
    unknown = ran(lambda: _fail(AuthenticationError()))
    assert (unknown.exit_code, unknown.stderr.startswith("error: These credentials")) == (1, True)


def _fail(error):
    raise error
