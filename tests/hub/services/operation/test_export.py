"""The trail as a file: what it says, and that no spreadsheet runs it."""

from __future__ import annotations

import csv
import json

import pytest

from hub.model.audit import Chain, Event, Recorded
from hub.services.operation import export

EVENT = Event("s-sue", "object:mark", "indicator--1", {"reason": 'he said "raise"\nand we did', "level": "red"})
RECORD = Recorded(Chain.ACTS, 7, 1_700_000_000_000_000, EVENT, {}, b"")


def test_a_spreadsheet_reads_what_was_recorded():
    """A heading, then a row a record; quotes and line ends come through."""
    heading, row = csv.reader("".join(export.csv_lines([RECORD])).splitlines(keepends=True))
    assert tuple(heading) == export.COLUMNS
    assert row[:4] == ["2023-11-14T22:13:20Z", "s-sue", "object:mark", "indicator--1"]
    assert json.loads(row[4]) == EVENT.detail


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(begins: str):
    """Whatever an act was done to, a cell that begins like a formula is text."""
    act = Event(f"{begins}cmd|' /C calc'!A0", "object:add", f"{begins}HYPERLINK(1)")
    text = "".join(export.csv_lines([Recorded(Chain.ACTS, 1, 0, act, {}, b"")]))
    _, row = csv.reader(text.splitlines(keepends=True)) if begins != "\r" else csv.reader(text.split("\r\n")[:2])
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_json_lines_are_the_same_facts():
    """One object a line, without the number that counts what others did."""
    (line,) = export.json_lines([RECORD])
    assert line.endswith("\n")
    assert json.loads(line) == {
        "at": "2023-11-14T22:13:20Z",
        "actor": "s-sue",
        "action": "object:mark",
        "object": "indicator--1",
        "detail": dict(EVENT.detail),
    }
