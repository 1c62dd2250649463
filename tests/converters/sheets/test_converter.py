"""Sheets to STIX: nothing lost, nothing guessed, the same bytes every time."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from converters import CONVERTERS, ConversionError, Options, Outcome, Result
from converters.sheets.mapping.drafting import draft
from converters.sheets.mapping.file import parse
from stix_models.conformance import check
from stix_models.markings import TLP, Level

HERE = Path(__file__).parents[2] / "fixtures" / "converters"
MAPPINGS = Path(__file__).parents[3] / "config" / "mappings"
GOLD = json.loads((HERE / "gold.json").read_text())
AS_OF = datetime(2026, 11, 23, tzinfo=UTC)

MAPPING = """
version: 1
table: {skip_if: "Date seen == 'Total'"}
columns:
  Indicator:   {kind: KIND, detect: [ip, domain, url, email, hash, wallet, iban, telegram], split: ";"}
  "Date seen": {kind: valid_from, formats: ["%Y-%m-%d", "%d/%m/%Y", "%Y%m%d"]}
  Actor:       {kind: intrusion-set, link: attributed-to, fold_case: true}
  Malware:     {kind: malware, link: indicates, is_family: true}
  Confidence:  {kind: confidence, words: {high: 85, medium: 50, low: 15}}
  TLP:         {kind: marking, floor: amber}
  Notes:       {kind: note}
unmapped: keep
"""
INDICATORS = MAPPING.replace("KIND", "indicator")
OBSERVABLES = MAPPING.replace("KIND", "observable")
HEADER = "Date seen,Indicator,Kind,Actor,Malware,Confidence,TLP,Notes"


def convert(document: bytes, mapping: str | None, as_of: datetime | None = AS_OF) -> list[Result]:
    """Convert a sheet in the name of a producer at GREEN."""
    options = Options("sheet.csv", "ACME Bank", Level.GREEN, as_of, mapping)
    return list(CONVERTERS["csv"].convert(io.BytesIO(document), options))


def sheet(*rows: str, header: str = HEADER) -> bytes:
    """Write rows under a header."""
    return "\n".join((header, *rows, "")).encode()


def objects(results: list[Result]) -> list[dict[str, Any]]:
    """Give what was built, in order."""
    return [made for result in results for made in result.objects if isinstance(made, dict)]


def by_type(results: list[Result], type_: str) -> list[dict[str, Any]]:
    """Give what was built of one type, in order."""
    return [made for made in objects(results) if made["type"] == type_]


def value(made: dict[str, Any]) -> str | None:
    """Give the value of an observable in the words of the gold file; None for what is none."""
    if made["type"] == "user-account":
        return f"@{made['account_login']}"
    if made["type"] == "file":
        return str(next(iter(made["hashes"].values())))
    return made.get("iban") or (made.get("value") if "created" not in made else None)


@pytest.mark.parametrize("name", ["analyst_iocs.csv", "analyst_iocs_semicolon_cp1252.csv"])
@pytest.mark.parametrize("mapping", [INDICATORS, OBSERVABLES, None])
def test_gold(name: str, mapping: str | None) -> None:
    """Every value of the gold file comes out, every bad row is named, and there is no false alarm."""
    results = convert((HERE / name).read_bytes(), mapping)
    gold = GOLD["analyst_iocs"]
    assert {value(made) for made in objects(results)} - {None} == {text for _, _, text in gold["good"]}
    named = {each.record for result in results for each in result.findings if each.action.is_loss}
    assert named == {bad["row"] for bad in gold["bad"]}
    outcomes = Counter(result.outcome for result in results)
    assert outcomes[Outcome.CONVERTED] + outcomes[Outcome.REJECTED] + outcomes[Outcome.SKIPPED] == gold["rows"]
    assert [each for made in objects(results) if (each := check(made))] == []


def test_bad_cell_does_not_cost_its_row() -> None:
    """An account number with wrong check digits is named and left out; the rest of its row is converted."""
    results = convert((HERE / "bank_mule_accounts.csv").read_bytes(), (MAPPINGS / "mule-accounts.yaml").read_text())
    named = {each.record: each.code for result in results for each in result.findings if each.action.is_loss}
    assert named == {bad["row"]: "checksum" for bad in GOLD["bank_mule_accounts.csv"]["bad"]}
    assert all(result.outcome is Outcome.CONVERTED for result in results[1:])
    assert not by_type(results, "indicator")
    assert "Holloway" not in json.dumps(objects(results))  # the mapping ignores the holders


def test_a_second_run_gives_the_same() -> None:
    """Two runs over one file give equal objects in equal order."""
    document = (HERE / "analyst_iocs.csv").read_bytes()
    assert convert(document, INDICATORS, None) == convert(document, INDICATORS, None)


def test_what_refers_comes_after() -> None:
    """Every id that an object refers to left before it; only definitions of markings are not among them."""
    left: set[str] = set()
    for made in objects(convert((HERE / "analyst_iocs.csv").read_bytes(), INDICATORS)):
        names = ("created_by_ref", "source_ref", "target_ref")
        refs = {made[name] for name in names if name in made} | set(made.get("object_refs", ()))
        assert refs <= left
        left.add(made["id"])


def test_observables_carry_no_intent() -> None:
    """A column of observables gives no indicator, and nothing in it indicates anything."""
    results = convert(sheet("2026-01-02,a.example,x,Heron,Moth,75,,seen"), OBSERVABLES)
    assert not by_type(results, "indicator")
    links = {
        (each["source_ref"].split("--")[0], each["relationship_type"]) for each in by_type(results, "relationship")
    }
    assert links == {("domain-name", "related-to"), ("domain-name", "attributed-to")}
    note = by_type(results, "note")[0]
    assert note["content"] == "seen"
    fields = next(iter(note["extensions"].values()))["fields"]
    assert {"name": "Kind", "value": "x"} in fields


def test_indicator_says_all_of_its_row() -> None:
    """An indicator has its row's date, confidence and unmapped cells; it is based on its observable."""
    results = convert(sheet("02/01/2026,hxxp://a[.]example/x,url,,Moth,High,,"), INDICATORS)
    indicator = by_type(results, "indicator")[0]
    assert indicator["pattern"] == "[url:value = 'http://a.example/x']"
    assert indicator["created"] == indicator["valid_from"] == "2026-01-02T00:00:00.000Z"
    assert indicator["confidence"] == 85
    assert next(iter(indicator["extensions"].values()))["fields"] == [{"name": "Kind", "value": "url"}]
    links = {each["relationship_type"]: each["target_ref"] for each in by_type(results, "relationship")}
    assert links == {"based-on": by_type(results, "url")[0]["id"], "indicates": by_type(results, "malware")[0]["id"]}


def test_repeated_indicator_loses_nothing() -> None:
    """A second row on the same indicator adds its links, and a note for what differs; no id leaves twice."""
    results = convert(sheet("2026-01-02,a.example,x,,Moth,75,,", "2026-01-03,a.example,y,,Kite,90%,,"), INDICATORS)
    assert len(by_type(results, "indicator")) == 1
    assert {each["name"] for each in by_type(results, "malware")} == {"Moth", "Kite"}
    note = by_type(results, "note")[0]
    assert note["object_refs"] == [by_type(results, "indicator")[0]["id"]]
    fields = next(iter(note["extensions"].values()))["fields"]
    assert fields == [{"name": "Kind", "value": "y"}, {"name": "valid_from", "value": "2026-01-03T00:00:00.000Z"}]
    assert [each.get("confidence") for each in by_type(results, "relationship")] == [None, 75, 90]
    ids = [made["id"] for made in objects(results)]
    assert len(ids) == len(set(ids))


def test_strictest_marking_wins() -> None:
    """A row is marked by the strictest of --tlp, the mapping's floor and its own cell; an unknown one is red."""
    words = {"a": "White", "b": "TLP:AMBER+STRICT", "c": "TLP:PURPLE"}
    results = convert(sheet(*(f"2026-01-02,{name}.example,x,,,,{word}," for name, word in words.items())), INDICATORS)
    levels = [TLP[each["object_marking_refs"][0]] for each in by_type(results, "indicator")]
    assert levels == [Level.AMBER, Level.AMBER_STRICT, Level.RED]


def test_a_name_is_as_open_as_its_most_open_row() -> None:
    """A name first met in a strict row becomes a new version when a less strict row has it too (S14)."""
    results = convert(sheet("2026-01-02,a.example,x,,Moth,,red,", "2026-01-02,b.example,x,,Moth,,amber,"), INDICATORS)
    first, second = by_type(results, "malware")
    assert first["id"] == second["id"]
    assert first["modified"] < second["modified"]
    assert [TLP[each["object_marking_refs"][0]] for each in (first, second)] == [Level.RED, Level.AMBER]


def test_no_date_is_never_now() -> None:
    """Without a date of its own a row takes --as-of, and without that it is rejected and told so."""
    document = sheet("someday,a.example,x,,,,,")
    assert by_type(convert(document, INDICATORS), "indicator")[0]["created"] == "2026-11-23T00:00:00.000Z"
    result = convert(document, INDICATORS, None)[-1]
    assert (result.outcome, [each.code for each in result.findings]) == (Outcome.REJECTED, ["date", "no-date"])
    with pytest.raises(ConversionError, match="--as-of"):
        convert(b"Indicator\na.example\n", INDICATORS, None)


def test_rows_that_hold_nothing_are_skipped_with_the_reason() -> None:
    """Blank rows and those of skip_if are counted as skipped; empty lines are no rows but count as lines."""
    results = convert(sheet(",,,,,,,", "", "Total,2,,,,,,", "2026-01-02,a.example,,,,,,"), INDICATORS)
    assert [(each.record, each.outcome) for each in results[1:]] == [
        (2, Outcome.SKIPPED),
        (4, Outcome.SKIPPED),
        (5, Outcome.CONVERTED),
    ]


def test_cell_in_no_encoding_is_left_out() -> None:
    """A byte that cp1252 has not costs its cell; that cp1252 was taken at all is said."""
    results = convert(
        sheet("2026-01-02,a.example,x,,Moth\x81,,,", "2026-01-02,b.example,x,,,,,é").replace(b"\xc2\x81", b"\x81"),
        INDICATORS,
    )
    codes = [each.code for result in results for each in result.findings]
    assert codes.count("encoding") == 2
    assert not by_type(results, "malware")


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ("columns: {Nothing: {kind: note}}", "There are: Date seen, Indicator, Kind"),
        ("columns: {Indicator: {kind: indicator}}\nunmapped: error", "does not mention: Date seen, Kind"),
        ("columns: {Indicator: {kind: indikator}}", "columns.Indicator.kind: one of observable, indicator"),
        ("columns: {Indicator: {kind: note, splitt: x}}\ntable: {header_row: -1}", "table.header_row"),
        ("columns: {Indicator: {kind: indicator, detect: [ipp]}}", "known are url, email"),
        ("columns: [", "no YAML"),
        ("a: &a [x]\ncolumns: {Indicator: {kind: note}}", "unknown name"),
        ("columns: {Indicator: {kind: malware, of: Actor}}", "columns.Indicator.of"),
    ],
)
def test_wrong_mapping_says_where(mapping: str, says: str) -> None:
    """A mapping that can't be used is refused with the place and what may stand there."""
    with pytest.raises(ConversionError) as error:
        convert(sheet(), mapping)
    assert says in str(error.value)


@pytest.mark.parametrize("name", ["oilrig.csv", "rat-nest.csv", "evilbamboo-distribution.csv", "analyst_iocs.csv"])
def test_draft_is_good_enough_to_run(name: str) -> None:
    """A drafted mapping of a real sheet converts at least nine in ten of its rows, to valid objects."""
    document = (HERE / name).read_bytes()
    results = convert(document, draft(io.BytesIO(document)))
    outcomes = Counter(result.outcome for result in results)
    assert outcomes[Outcome.CONVERTED] > 9 * outcomes[Outcome.REJECTED]
    assert [each for made in objects(results) if (each := check(made))] == []


def test_draft_takes_intent_from_the_header_alone() -> None:
    """A column named for indicators is drafted as such, any other as observables; names of files are no domains."""
    mapping = parse(draft(io.BytesIO(b"IOC,IP,Filename,Expires\na.example,192.0.2.1,a.exe,2026-01-02\n" * 3)))
    assert {column.name: str(column.kind) for column in mapping.columns} == {
        "IOC": "indicator",
        "IP": "observable",
        "Expires": "valid_until",
    }


CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "a.example",
        "1.2.3.4:80",
        "hxxp://b[.]example/'\\",
        "2026-01-02",
        "tlp:red",
        "0.6",
        "",
        "x;y.example",
        '"',
        "\r\n",
    ]
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(CELL, max_size=10), max_size=6), kind=st.sampled_from([INDICATORS, OBSERVABLES]))
def test_any_cells_give_valid_objects_or_findings(rows: list[list[str]], kind: str) -> None:
    """Whatever stands in the cells, each row has one outcome and a reason, and what is built is valid STIX 2.1."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADER.split(","), *rows])
    results = convert(text.getvalue().encode(), kind)
    for result in results[1:]:
        assert bool(result.findings) or result.outcome is Outcome.CONVERTED
    made = objects(results)
    assert [problem for each in made if (problem := check(each))] == []
    versions = [(each["id"], each.get("modified")) for each in made]
    assert len(versions) == len(set(versions))


def test_header_in_a_comment_and_blanks_before_quotes() -> None:
    """Lists that comment their header out and write `", "` between cells are read as they are meant."""
    document = b'# a list\n# "Date seen", "Indicator", "Kind"\n"2026-01-02", "a.example", "x, y"\n'
    mapping = draft(io.BytesIO(document))
    assert parse(mapping).header_row == 2
    fields = next(iter(by_type(convert(document, mapping), "indicator")[0]["extensions"].values()))["fields"]
    assert fields == [{"name": "Kind", "value": "x, y"}]


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.yaml")), ids=lambda path: path.name)
def test_example_mappings_are_right(path: Path) -> None:
    """Every mapping that is shipped as an example can be read."""
    assert parse(path.read_text()).columns


VALUES = ["a.example", "b.example; c.example", "1.2.3.4:80", "d.example"]


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.tuples(st.sampled_from(VALUES), CELL, CELL, st.sampled_from(["75", "High", ""])), max_size=6),
    mapping=st.sampled_from([INDICATORS, OBSERVABLES]),
)
def test_no_cell_is_lost(rows: list[tuple[str, str, str, str]], mapping: str) -> None:
    """Every cell of a row that is converted stands in the output, also where the row repeats what another said."""
    text = io.StringIO(newline="")
    table = [["2026-01-02", value, kind, "", "", confidence, "", note] for value, kind, note, confidence in rows]
    csv.writer(text).writerows([HEADER.split(","), *table])
    results = convert(text.getvalue().encode(), mapping)
    assert [result.outcome for result in results[1:]] == [Outcome.CONVERTED] * len(rows)
    entries = {entry for made in objects(results) for entry in [made.get("content"), *_carried(made)]}
    for _, kind, note, _ in rows:
        for cell in (kind, note):
            assert unicodedata.normalize("NFC", cell.strip()) in entries | {""}


def _carried(made: dict[str, Any]) -> list[str]:
    return [field["value"] for each in made.get("extensions", {}).values() for field in each.get("fields", ())]
