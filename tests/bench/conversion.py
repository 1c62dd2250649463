"""Converters: rates and memory on documents of our own, counts and rates on folders of real ones, if there are any.

Run as a program with a format and a path it converts that document in this process and prints its peak of memory.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from converters import CONVERTERS, Options
from converters.confined.wire import Parcel
from hub.errors import HubError
from hub.services.conversion import Tally, convert_file, draft_mapping
from stix_models.markings import Level
from tests.bench.rounds import Samples, in_turn, seconds
from tests.bench.table import Table, at_least, at_most
from tests.converters.sheets.books import workbook

SECTION = "conversion"
DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
FOLDERS = ("misp-event", "misp-galaxy", "misp-stix-pairs", "tabular", "synthetic")

_SHEETS = (".csv", ".xlsx", ".jsonl", ".ndjson")
_ROWS = 20_000
_AS_OF = datetime(2026, 11, 23, tzinfo=UTC)
_MAPPING = """
columns:
  Seen: {kind: valid_from}
  IOC: {kind: indicator}
  Actor: {kind: intrusion-set, link: attributed-to}
  Malware: {kind: malware}
  Notes: {kind: note}
"""
_VALUES = (
    ("domain", "h{0}.example.com"),
    ("ip-dst", "10.{1}.{2}.7"),
    ("sha256", "{0:064x}"),
    ("url", "http://h{0}.example.com/a?x={0}"),
    ("md5", "{0:032x}"),
)


def conversion(folder: Path, table: Table, *, rounds: int) -> None:
    """Time each format through the confined process, with its start; then the folders of real documents."""
    made = {
        "csv": (_sheet(folder / "rows.csv", _ROWS), _ROWS, 10_000),
        "xlsx": (_book(folder / "rows.xlsx", _ROWS), _ROWS, 8_000),
        "jsonl": (_lines(folder / "rows.jsonl", _ROWS), _ROWS, None),
        "misp": (_event(folder / "event.json", _ROWS), _ROWS, 10_000),
    }
    measures = {name: lambda path=path: seconds(lambda: _convert(path)) for name, (path, _, _) in made.items()}
    found = in_turn(measures, rounds)
    for name, (_, rows, target) in made.items():
        rates = Samples(tuple(rows / each for each in found[name].values))
        table.add(SECTION, f"{name} to STIX, {rows:,} records", "rec/s", rates, at_least(target) if target else None)
    few, many = (_peak_mb("csv", _sheet(folder / f"{rows}.csv", rows)) for rows in (_ROWS // 10, _ROWS * 5))
    name = f"csv, peak of memory, {_ROWS * 5:,} rows over {_ROWS // 10:,}"
    table.add(SECTION, name, "x", Samples((many / few,)), at_most(2))
    for each in FOLDERS:
        _folder(DATA / each, table)


@dataclass(slots=True)
class _Counts:
    """What a folder came to. unknown: files that no converter knows."""

    tally: Tally = field(default_factory=Tally)
    files: int = 0
    unknown: int = 0
    refused: int = 0


def _folder(folder: Path, table: Table) -> None:
    """Convert every document of a folder; say what became of its records."""
    if not folder.is_dir():
        table.note(f"conversion of {folder.name}: skipped, there is no such folder of samples beside this one")
        return
    counts = _Counts()
    took = seconds(lambda: [_count(path, counts) for path in sorted(folder.iterdir()) if path.suffix != ".md"])
    tally = counts.tally
    table.note(
        f"{folder.name}: {counts.files} files, {counts.unknown} of no known format, {counts.refused} refused; "
        f"{tally.records:,} records = {tally.converted:,} converted + {tally.rejected:,} rejected + "
        f"{tally.skipped:,} skipped; {tally.objects:,} objects, {tally.lost:,} named losses"
    )
    table.add(SECTION, f"{folder.name}, a process for each file", "rec/s", Samples((tally.records / took,)))


def _count(path: Path, counts: _Counts) -> None:
    """Convert one document, a sheet by the mapping that is drafted for it."""
    counts.files += 1
    try:
        mapping = draft_mapping(path) if path.suffix in _SHEETS else None
        for answer in convert_file(path, Options(path.name, "ACME", Level.AMBER, _AS_OF, mapping)):
            if isinstance(answer, Parcel):
                counts.tally = counts.tally.plus(answer)
    except HubError as error:
        unknown = "no converter knows" in str(getattr(error, "findings", ""))
        counts.unknown += unknown
        counts.refused += not unknown


def _convert(path: Path) -> None:
    mapping = None if path.suffix == ".json" else _MAPPING
    for _ in convert_file(path, Options(path.name, "ACME", Level.AMBER, _AS_OF, mapping)):
        pass


def _value(number: int) -> tuple[str, str]:
    type_, form = _VALUES[number % len(_VALUES)]
    return type_, form.format(number, number // 250 % 250, number % 250)


def _records(rows: int) -> Iterator[dict[str, str]]:
    for number in range(rows):
        seen = f"2026-01-{number % 28 + 1:02d}"
        yield {"Seen": seen, "IOC": _value(number)[1], "Actor": "Heron", "Malware": "Moth", "Notes": f"note {number}"}


def _sheet(path: Path, rows: int) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["Seen", "IOC", "Actor", "Malware", "Notes"])
        writer.writeheader()
        writer.writerows(_records(rows))
    return path


def _book(path: Path, rows: int) -> Path:
    header = ["Seen", "IOC", "Actor", "Malware", "Notes"]
    path.write_bytes(workbook(List=[list(header), *(list(record.values()) for record in _records(rows))]))
    return path


def _lines(path: Path, rows: int) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in _records(rows)))
    return path


def _event(path: Path, attributes: int) -> Path:
    raw = [
        {
            "type": _value(number)[0],
            "value": _value(number)[1],
            "category": "Network activity",
            "to_ids": number % 3 != 0,
            "uuid": f"5c066053-0e94-46eb-9746-{number:012x}",
            "timestamp": "1767400000",
        }
        for number in range(attributes)
    ]
    whole = {"uuid": "5c066053-0e94-46eb-9746-4b7d950d21ff", "info": "bench", "date": "2026-01-02"}
    path.write_text(json.dumps({"Event": {**whole, "timestamp": "1767400000", "Attribute": raw}}))
    return path


def _peak_mb(format_: str, path: Path) -> float:
    command = [sys.executable, "-m", "tests.bench.conversion", format_, str(path)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _report_peak(format_: str, path: Path) -> None:
    with path.open("rb") as stream:
        for _ in CONVERTERS[format_].convert(stream, Options(path.name, "ACME", Level.AMBER, _AS_OF, _MAPPING)):
            pass
    # Not getrusage: what the process was forked from counts there.
    status = Path("/proc/self/status").read_text()
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)


if __name__ == "__main__":
    _report_peak(sys.argv[1], Path(sys.argv[2]))
