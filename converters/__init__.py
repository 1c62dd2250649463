"""Source documents to STIX 2.1 objects: pure functions of bytes, one file a format.

May import: stix_models. Never comes in: network, clock, store, the hub.
"""

from __future__ import annotations

from converters import stix21
from converters.frame import Action, ConversionError, Converter, Finding, Options, Outcome, Result
from converters.misp import converter as misp
from converters.sheets import converter as sheets

__all__ = [
    "CONVERTERS",
    "Action",
    "ConversionError",
    "Converter",
    "Finding",
    "Options",
    "Outcome",
    "Result",
    "scores",
]

CONVERTERS: dict[str, Converter] = {
    "stix21": Converter(
        sniff=stix21.sniff,
        convert=stix21.convert,
        reads="STIX 2.1 as a bundle, a TAXII envelope or JSON lines",
        emits="the same objects, byte for byte",
        example="hub convert bundle.json --producer ACME --tlp amber --out objects.jsonl",
    ),
    "misp": Converter(
        sniff=misp.sniff,
        convert=misp.convert,
        reads="MISP events, feeds, answers to searches and galaxies, as JSON",
        emits="reports with indicators, observed data, observables, notes, what galaxies name, under MISP's UUIDs",
        example="hub convert event.json --producer ACME --tlp amber --out objects.jsonl",
    ),
    "csv": Converter(
        sniff=sheets.sniff,
        convert=sheets.convert,
        reads="CSV, TSV and other delimited text, by a mapping file (hub mapping init)",
        emits="observables, indicators, what they are linked to, notes",
        example="hub convert iocs.csv --map iocs.yaml --producer ACME --tlp amber --out bundle.json",
    ),
    "xlsx": Converter(
        sniff=sheets.sniff_workbook,
        convert=sheets.convert,
        reads="one sheet of an XLSX workbook, by a mapping file",
        emits="as csv",
        example="hub convert iocs.xlsx --map iocs.yaml --producer ACME --tlp amber --out bundle.json",
    ),
    "jsonl": Converter(
        sniff=sheets.sniff_lines,
        convert=sheets.convert,
        reads="JSON lines of records, by a mapping file",
        emits="as csv",
        example="hub convert iocs.jsonl --map iocs.yaml --producer ACME --tlp amber --out bundle.json",
    ),
}
"""Name of each format to its converter; where two are equally sure of a document, the first has it."""


def scores(head: bytes, name: str) -> list[tuple[str, int]]:
    """(format, score 0..100) of every converter for a document of these first bytes, the surest first."""
    found = [(format_, converter.sniff(head, name)) for format_, converter in CONVERTERS.items()]
    return sorted(found, key=lambda each: -each[1])
