"""hub convert and hub mapping, through the command line."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hub.cli import main

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parents[2] / "fixtures" / "converters"
SHEET = HERE / "analyst_iocs.csv"
EVENT = HERE / "misp" / "turla-outlook.json"
BUNDLE = HERE / "ipsum-bundle.json"
NAMED = ("--producer", "ACME Bank", "--tlp", "amber")


def hub(*arguments: str | Path) -> Result:
    """Run one command line."""
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


def lines(path: Path) -> list[dict[str, Any]]:
    """Read JSON lines."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_sheet_to_bundle(tmp_path: Path) -> None:
    """A sheet with bad rows gives a bundle, exit code 3, the counts, and a line for each bad row."""
    out, errors = tmp_path / "o.json", tmp_path / "e.jsonl"
    result = hub("--json", "convert", SHEET, *NAMED, "--out", out, "--errors", errors)
    assert result.exit_code == 3
    summary = json.loads(result.stdout)
    bundle = json.loads(out.read_bytes())
    assert (summary["records"], summary["converted"], summary["rejected"], summary["skipped"]) == (400, 384, 16, 0)
    assert bundle["type"] == "bundle"
    assert summary["objects"] == len(bundle["objects"])
    rejected = [each for each in lines(errors) if each["action"] == "rejected"]
    assert rejected[0] == {
        "file": str(SHEET),
        "record": 29,
        "locator": "row 29",
        "field": "Indicator",
        "value": "not an indicator",
        "code": "not-recognised",
        "message": rejected[0]["message"],
        "action": "rejected",
    }
    assert len(rejected) == 16


def test_second_run_is_the_same_file(tmp_path: Path) -> None:
    """Two runs give equal bytes, also on standard output; JSON lines hold the objects of the bundle."""
    first, second, listed = tmp_path / "1.json", tmp_path / "2.json", tmp_path / "3.jsonl"
    for out in (first, second, listed):
        hub("convert", SHEET, *NAMED, "--out", out)
    assert first.read_bytes() == second.read_bytes() == hub("convert", SHEET, *NAMED).stdout_bytes
    assert lines(listed) == json.loads(first.read_bytes())["objects"]


def test_several_files_give_no_object_twice(tmp_path: Path) -> None:
    """What an earlier file gave is not given again; a bundle beside a sheet keeps its bytes."""
    out = tmp_path / "o.json"
    result = hub("convert", BUNDLE, BUNDLE, *NAMED, "--out", out)
    assert result.exit_code == 0
    assert json.loads(out.read_bytes())["objects"] == json.loads(BUNDLE.read_bytes())["objects"]


def test_strict_writes_nothing(tmp_path: Path) -> None:
    """With --strict one rejection is a failure: no output, not even the old one touched, but the errors."""
    out, errors = tmp_path / "o.json", tmp_path / "e.jsonl"
    out.write_text("before")
    result = hub("convert", SHEET, *NAMED, "--out", out, "--errors", errors, "--strict")
    assert result.exit_code == 1
    assert out.read_text() == "before"
    assert len(lines(errors)) > 16
    assert sorted(tmp_path.iterdir()) == [errors, out]


def test_failure_leaves_nothing(tmp_path: Path) -> None:
    """A mapping that names no column of the file: exit code 1, the columns there are, and no file at all."""
    mapping = tmp_path / "map.yaml"
    mapping.write_text("columns: {Value: {kind: indicator}}")
    result = hub("convert", SHEET, "--map", mapping, *NAMED, "--out", tmp_path / "o.json")
    assert result.exit_code == 1
    assert "There are: Date seen, Indicator, Kind, Actor" in result.stderr
    assert list(tmp_path.iterdir()) == [mapping]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (SHEET,),
        (SHEET, "--producer", "A"),
        (SHEET, *NAMED, "--from", "docx"),
        (SHEET, *NAMED, "--as-of", "yesterday"),
        (SHEET, "--producer", "A", "--tlp", "blue"),
        (SHEET, *NAMED, "--out", SHEET),
    ],
)
def test_wrong_usage(arguments: tuple[str | Path, ...]) -> None:
    """A command line that can't be meant is exit code 2 and says what is missing."""
    before = SHEET.read_bytes()
    result = hub("convert", *arguments)
    assert result.exit_code == 2
    assert "Error:" in result.stderr
    assert SHEET.read_bytes() == before


def test_list_and_explain() -> None:
    """The formats are listed; of a file it is said which format it is and how its first 5 records come out."""
    formats = [json.loads(line) for line in hub("--json", "convert", "--list").stdout.splitlines()]
    assert [each["format"] for each in formats] == ["stix21", "misp", "csv", "xlsx", "jsonl"]
    choice, *records = [json.loads(line) for line in hub("--json", "convert", "--explain", SHEET).stdout.splitlines()]
    assert choice["format"] == "csv"
    assert choice["scores"] == {"csv": 80, "stix21": 0, "misp": 0, "xlsx": 0, "jsonl": 0}
    assert [each["locator"] for each in records] == [f"row {number}" for number in range(2, 7)]
    assert records[0]["objects"]


def test_draft_then_check_then_convert(tmp_path: Path) -> None:
    """A drafted mapping passes its check, which names what it does not use, and converts."""
    mapping = tmp_path / "map.yaml"
    sheet = HERE / "evilbamboo-distribution.csv"
    mapping.write_text(hub("mapping", "init", sheet).stdout)
    checked = hub("--json", "mapping", "check", mapping, sheet)
    assert checked.exit_code == 0
    assert json.loads(checked.stdout) == {
        "records": 21,
        "converted": 21,
        "rejected": 0,
        "skipped": 0,
        "unused": [],
        "missing": [],
    }
    assert hub("convert", sheet, "--map", mapping, *NAMED, "--as-of", "2023-09-22").exit_code == 0


def test_check_tells_all_that_is_wrong(tmp_path: Path) -> None:
    """A check names unused and missing columns and the bad cells by column; it writes nothing."""
    mapping = tmp_path / "map.yaml"
    mapping.write_text("columns: {Indicator: {kind: indicator, detect: [ip]}, Seen: {kind: valid_from}}")
    result = hub("--json", "mapping", "check", mapping, SHEET)
    assert result.exit_code == 3
    record = json.loads(result.stdout)
    assert record["missing"] == ["Seen"]
    assert "Date seen" in record["unused"]
    assert "x Indicator: not-recognised" in result.stderr
    assert list(tmp_path.iterdir()) == [mapping]


@pytest.mark.parametrize("command", [("convert",), ("mapping", "init"), ("mapping", "check")])
def test_help_has_an_example(command: tuple[str, ...]) -> None:
    """Every command explains itself with an example."""
    assert "Example: hub" in hub(*command, "--help").stdout


def test_ended_from_outside_it_leaves_nothing(tmp_path: Path) -> None:
    """A run that is ended by SIGTERM takes with it what it had begun to write."""
    sheet = tmp_path / "long.csv"
    sheet.write_text("IOC\n" + "".join(f"host-{number}.example\n" for number in range(200_000)))
    command = [sys.executable, "-c", "from hub.cli import main; main()", "convert", str(sheet), *NAMED]
    command += ["--as-of", "2026-11-23", "--out", str(tmp_path / "o.json"), "--errors", str(tmp_path / "e.jsonl")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        while sum(path.stat().st_size for path in tmp_path.iterdir() if path.name.startswith(".o.json")) == 0:
            assert run.poll() is None
        run.terminate()
        assert run.wait() == 128 + signal.SIGTERM
    assert list(tmp_path.glob("*o.json*")) == []


def test_provenance_has_a_line_an_object(tmp_path: Path) -> None:
    """Every object that is written has one line: file and digest, place, raw value, converter and mapping."""
    out, traced = tmp_path / "o.jsonl", tmp_path / "p.jsonl"
    mapping = tmp_path / "m.yaml"
    mapping.write_text(hub("mapping", "init", SHEET).stdout)
    hub("convert", SHEET, EVENT, *NAMED, "--map", mapping, "--out", out, "--provenance", traced)
    told = lines(traced)
    assert [each["object"] for each in told] == [each["id"] for each in lines(out)]
    sheet = next(each for each in told if each["object"].startswith("indicator") and each["place"] == "row 5")
    assert sheet == {
        "object": sheet["object"],
        "modified": "2024-08-06T00:00:00.000Z",
        "file": "analyst_iocs.csv",
        "sha256": hashlib.sha256(SHEET.read_bytes()).hexdigest(),
        "format": "csv",
        "converter": "csv 1",
        "mapping": f"sha256:{hashlib.sha256(mapping.read_bytes()).hexdigest()}",
        "place": "row 5",
        "raw": [{"field": "Indicator", "value": "GTNAOCCHBA-88.EXAMPLE"}, {"field": "Malware", "value": "VidarMoth"}],
    }
    event = next(each for each in told if each["object"].startswith("windows-registry-key"))
    assert (event["place"], event["converter"]) == ("response[0].Event.Attribute[8]", "misp 1")
    assert event["raw"][0]["value"].startswith("HKCU\\")


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    """With --dry-run all is counted and told, and no file appears but the errors that were asked for."""
    out, traced, errors = tmp_path / "o.json", tmp_path / "p.jsonl", tmp_path / "e.jsonl"
    asked = ("--out", out, "--provenance", traced, "--errors", errors, "--dry-run", "--stats")
    result = hub("--json", "convert", SHEET, *NAMED, *asked)
    assert result.exit_code == 3
    assert list(tmp_path.iterdir()) == [errors]
    summary = json.loads(result.stdout)
    assert not summary["written"]
    assert summary["objects"] == sum(summary["types"].values())
    assert summary["codes"]["digits (rejected)"] == 5


def test_statistics_beside_objects(tmp_path: Path) -> None:
    """With --stats people get counts by type on stderr; what goes to standard output stays a bundle."""
    result = hub("convert", EVENT, *NAMED, "--stats")
    assert json.loads(result.stdout)["type"] == "bundle"
    assert "windows-registry-key" in result.stderr
    assert "records/s" in result.stderr
    assert "\r" not in result.stderr  # progress is for terminals


def test_workbook_and_lines_through_the_command_line(tmp_path: Path) -> None:
    """The mapping that is drafted for a workbook converts it, checks, and fits the same records as JSON lines."""
    book, listed, mapping = HERE / "analyst_iocs.xlsx", HERE / "analyst_iocs.jsonl", tmp_path / "m.yaml"
    mapping.write_text(hub("mapping", "init", book).stdout)
    checked = hub("--json", "mapping", "check", mapping, book)
    assert checked.exit_code == 3
    assert json.loads(checked.stdout)["converted"] == 384
    counts = [
        json.loads(hub("--json", "convert", file, *NAMED, "--map", mapping, "--out", tmp_path / "o").stdout)["objects"]
        for file in (book, listed)
    ]
    assert counts[0] == counts[1]


def test_trailing_comma_is_named_with_its_place(tmp_path: Path) -> None:
    """An event with a comma too many is refused, with line and column, and nothing is written."""
    event = tmp_path / "event.json"
    event.write_text('{"Event": {\n "info": "x",\n}}')
    result = hub("convert", event, *NAMED, "--out", tmp_path / "o.json")
    assert result.exit_code == 1
    assert "line 3, column 1" in result.stderr
    assert list(tmp_path.iterdir()) == [event]
