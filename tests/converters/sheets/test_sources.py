"""Workbooks and JSON lines are the tables that CSV is, and what is hostile in them is refused at the door."""

from __future__ import annotations

import io
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from converters import CONVERTERS, ConversionError, Options, Outcome, Result, scores
from converters.frame import Action
from converters.sheets import workbook as limits
from converters.sheets.mapping.drafting import draft
from stix_models.conformance import check
from stix_models.markings import Level
from tests.converters.sheets.books import archive, workbook

HERE = Path(__file__).parents[2] / "fixtures" / "converters"
GOLD = json.loads((HERE / "gold.json").read_text())["analyst_iocs"]
AS_OF = datetime(2026, 11, 23, tzinfo=UTC)
MAPPING = "columns: {IOC: {kind: indicator}, Seen: {kind: valid_from}, Note: {kind: note}}"


def convert(document: bytes, mapping: str | None = MAPPING, name: str = "sheet") -> list[Result]:
    """Convert a document in the format that the sniffers choose."""
    chosen = scores(document[:65536], name)[0][0]
    options = Options(name, "ACME Bank", Level.GREEN, AS_OF, mapping)
    return list(CONVERTERS[chosen].convert(io.BytesIO(document), options))


def objects(results: list[Result], type_: str) -> list[dict[str, Any]]:
    """Give what was built of one type, in order."""
    return [made for result in results for made in result.objects if isinstance(made, dict) and made["type"] == type_]


def losses(results: list[Result]) -> dict[str, str]:
    """Give place and code of what is not in the output."""
    return {each.locator: each.code for result in results for each in result.findings if each.action.is_loss}


def indicators(results: list[Result]) -> list[str]:
    """Give the names of the indicators, in order."""
    return [made["name"] for made in objects(results, "indicator")]


@pytest.mark.parametrize(
    ("name", "unit", "shift"), [("analyst_iocs.xlsx", "row", 2), ("analyst_iocs.jsonl", "line", -1)]
)
def test_gold(name: str, unit: str, shift: int) -> None:
    """A workbook with a title, several sheets and a total row, and JSON lines, give what the CSV gives."""
    document = (HERE / name).read_bytes()
    results = convert(document, draft(io.BytesIO(document)), name)
    csv = (HERE / "analyst_iocs.csv").read_bytes()
    assert sorted(indicators(results)) == sorted(indicators(convert(csv, draft(io.BytesIO(csv)), "a.csv")))
    assert set(losses(results)) == {f"{unit} {bad['row'] + shift}" for bad in GOLD["bad"]}
    outcomes = Counter(each.outcome for each in results)
    assert outcomes[Outcome.CONVERTED] + outcomes[Outcome.REJECTED] == GOLD["rows"]
    assert [each for result in results for made in result.objects if (each := check(made))] == []


def test_sheet_is_the_one_that_fits() -> None:
    """Without a name the sheet with the mapping's columns is read; the others are named; a wrong name is refused."""
    book = workbook(People=[["Name"], ["A"]], List=[["IOC", "Seen"], ["a.example", "2026-01-02"]])
    results = convert(book)
    assert indicators(results) == ["a.example"]
    assert ("sheet", "People") in {(each.code, each.field) for each in results[0].findings}
    with pytest.raises(ConversionError, match="there are: People, List"):
        convert(book, f"table: {{sheet: Lst}}\n{MAPPING}")
    assert "sheet: List" in draft(io.BytesIO(book))


def test_cells_as_people_see_them() -> None:
    """Dates are dates, whole numbers have no point, and rows and columns before the first cell count."""
    rows = [["", "", ""], ["", "IOC", "Seen", "Note"], ["", "a.example", (46024,), 5]]
    result = convert(workbook(List=rows), f"table: {{header_row: 2}}\n{MAPPING}")
    assert objects(result, "indicator")[0]["valid_from"] == "2026-01-02T00:00:00.000Z"
    assert objects(result, "note")[0]["content"] == "5"
    assert result[-1].locator == "row 3"


@pytest.mark.parametrize(
    "document",
    [
        b"IOC,Account\n1.23457E+15,x\na.example,4.9E+17\n",
        workbook(List=[["IOC", "Account"], [1234567890123456789, "x"], ["a.example", 490000000000000001]]),
    ],
)
def test_long_numbers_that_excel_ruined_are_told(document: bytes) -> None:
    """A number of which only the first digits are left is no value, and told where it is carried along."""
    results = convert(document, name="a.csv" if document[:1] == b"I" else "a.xlsx")
    found = {(each.locator, each.code, each.action) for result in results for each in result.findings if each.record}
    assert found == {("row 2", "ruined", Action.REJECTED), ("row 3", "ruined", Action.ADJUSTED)}


def test_lines_of_records() -> None:
    """Lists are several values, members inside members have dotted names, and a later line may have more members."""
    lines = [
        {"IOC": ["a.example", "b.example"], "Seen": "2026-01-02", "at": {"port": 443, "tls": True}},
        {"IOC": "c.example", "Seen": "2026-01-02", "more": None, "late": 1.5},
    ]
    document = "\n".join(map(json.dumps, lines)).encode() + b'\n{"IOC": \n[]\n'
    mapping = MAPPING.replace("{kind: indicator}", '{kind: indicator, split: ";"}')
    results = convert(document, mapping)
    assert indicators(results) == ["a.example", "b.example", "c.example"]
    carried = [next(iter(made["extensions"].values()))["fields"] for made in objects(results, "indicator")]
    assert carried[0] == [{"name": "at.port", "value": "443"}, {"name": "at.tls", "value": "true"}]
    assert carried[2] == [{"name": "late", "value": "1.5"}]
    assert losses(results) == {"line 3": "json", "line 4": "json"}


def test_members_that_come_late_are_kept() -> None:
    """A member that the first lines did not have is carried under its own name."""
    lines = [{"IOC": f"h{number}.example"} for number in range(300)] + [{"IOC": "z.example", "late": "x"}]
    results = convert("\n".join(map(json.dumps, lines)).encode())
    carried = next(iter(objects(results, "indicator")[-1]["extensions"].values()))["fields"]
    assert carried == [{"name": "late", "value": "x"}]


CELLS = 10_000_000
HOSTILE = {
    "a zip bomb": (archive({"S": ""}, **{"xl/sharedStrings.xml": b"a" * (64 << 20)}), "xl/sharedStrings.xml: .*bomb"),
    "ten million cells": (
        archive({"S": "".join(f'<row r="{n}"><c r="ZZ{n}"><v>1</v></c></row>' for n in range(1, CELLS // 702 + 2))}),
        "sheet1.xml: 14246 rows of 702 columns",
    ),
    "two cells far apart": (
        archive({"S": '<row r="1"><c r="XFD1048576"><v>1</v></c></row>'}),
        "more than 5000000 cells",
    ),
    "two cells far apart, quoted the other way": (
        archive({"S": "<row r='1'><c\nr = 'XFD1048576'><v>1</v></c></row>"}),
        "more than 5000000 cells",
    ),
    "cells without a place": (
        archive({"S": '<row r="1">' + "<c/>" * 16_384 + '</row><row r="1048576"><c/></row>'}),
        "1048576 rows of 16384 columns",
    ),
    "a document type": (
        archive(
            {}, **{"xl/worksheets/sheet1.xml": b'<!DOCTYPE worksheet [<!ENTITY a "b">]><worksheet>&a;</worksheet>'}
        ),
        "has a document type",
    ),
    "many members": (archive({"S": ""}, **{f"m{n}": b"" for n in range(limits.MAX_MEMBERS)}), "more than 2000"),
    "half a file": (workbook(List=[["IOC"]])[:400], "no workbook"),
    "broken XML": (archive({"S": "<row r='1'><c r="}), "sheet1.xml: no XML"),
    "no sheets": (archive({}), "without a sheet"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_workbook_is_refused(what: str) -> None:
    """What would take more than its limit, or is no workbook, is refused with the place, before it is opened."""
    document, says = HOSTILE[what]
    with pytest.raises(ConversionError, match=says):
        convert(document, name="a.xlsx")


def test_deep_line_is_rejected_alone() -> None:
    """A record nested beyond all use costs itself."""
    results = convert(b'{"IOC": "a.example"}\n{"IOC": ' + b"[" * 100 + b"]" * 100 + b"}\n", name="a.jsonl")
    assert indicators(results) == ["a.example"]
    assert losses(results) == {"line 2": "json"}


def test_what_a_mapping_can_say_of_a_table() -> None:
    """Words that mean nothing, rows that are comments, hosts with ports and URLs without their scheme."""
    mapping = (
        'table: {empty: ["N/A"], comment: "#", skip_if: "IOC == \'Total\'"}\n'
        "columns: {IOC: {kind: indicator, scheme: http}, Note: {kind: note}}"
    )
    rows = ["IOC,Note", "# 1 January", "a.example:8443,N/A", "b.example/x,", "Total,2", "N/A,x"]
    results = convert("\n".join(rows).encode(), mapping, "a.csv")
    assert indicators(results) == ["a.example", "http://b.example/x"]
    assert [note["content"] for note in objects(results, "note")] == []
    carried = [next(iter(made["extensions"].values()))["fields"] for made in objects(results, "indicator")]
    assert [each[0]["value"] for each in carried] == ["a.example:8443", "b.example/x"]
    assert losses(results) == {"row 6": "empty"}
    assert Counter(each.outcome for each in results)[Outcome.SKIPPED] == 2


def test_draft_reads_the_table_around_its_rows() -> None:
    """Total rows, comments, words for nothing, seconds since 1970 and keys of records are seen in the draft."""
    rows = ["id,first_seen,IOC", "7,1767312000,a.example", "8,1767312000,N/A", "# the end", "Total,,2"]
    text = draft(io.BytesIO("\n".join(rows).encode()))
    assert "skip_if: [id == 'Total']" in text
    assert "comment: '#'" in text
    assert "empty: [N/A]" in text
    assert "first_seen: {kind: valid_from, formats: [unix]}" in text
    assert "id: {" not in text


def test_any_sheet_can_be_drafted() -> None:
    """A sheet that is named is drafted though another has more values; one that there is not is refused."""
    rows: dict[str, list[list[object]]] = {
        "IOCs": [["IOC"], *[[f"h{number}.example"] for number in range(5)]],
        "People": [["Name", "Role"], ["Anna", "mule"]],
    }
    text = draft(io.BytesIO(workbook(**rows)), sheet="People")
    assert "sheet: People" in text
    assert "# not read: sheet IOCs" in text
    assert "Name: {kind: identity" in text
    with pytest.raises(ConversionError, match="there are: IOCs, People"):
        draft(io.BytesIO(workbook(**rows)), sheet="people")
    with pytest.raises(ConversionError, match="no workbook"):
        draft(io.BytesIO(b"Name,Role\nAnna,mule\n"), sheet="People")


def test_draft_of_names_alone() -> None:
    """A table that names people only is drafted as identities; without a mapping nobody is made an object."""
    document = b"Name,Role\nAnna,mule\n"
    results = convert(document, draft(io.BytesIO(document)), "a.csv")
    assert "Anna" in [made["name"] for made in objects(results, "identity")]
    with pytest.raises(ConversionError, match="no column was understood"):
        convert(document, None, "a.csv")
