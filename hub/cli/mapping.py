"""hub mapping: what the columns of a table mean, drafted and checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.output import REJECTED, emit, note

if TYPE_CHECKING:
    from converters import Finding


@click.group()
def mapping() -> None:
    """Draft and check mapping files: they say what a table's columns mean; see hub convert --map."""


@mapping.command(epilog="Example: hub mapping init iocs.csv > iocs.yaml")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--sheet", default="", metavar="NAME", help="Sheet of a workbook [default: that with most values].")
def init(file: Path, sheet: str) -> None:
    """Draft a mapping from the header and the first 200 rows: to be read and edited, good enough to run."""
    from hub.services.conversion import draft_mapping

    text = draft_mapping(file, sheet=sheet)
    emit({"file": str(file), "mapping": text}, text.rstrip("\n"))


@mapping.command(epilog="Example: hub mapping check iocs.yaml iocs.csv")
@click.argument("map_", metavar="MAP.yaml", type=click.Path(path_type=Path))
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.pass_context
def check(ctx: click.Context, map_: Path, file: Path) -> None:
    """Try a mapping on a table and write nothing: columns it does not use or can't find, rows by what becomes of them.

    Exits with 3 if rows or cells would be rejected.
    """
    from collections import Counter
    from datetime import UTC, datetime

    from converters import Options
    from converters.confined.wire import Parcel
    from hub.cli.conversion import read_mapping
    from hub.services.conversion import Tally, convert_file

    # The date stands for --as-of, which a check does not ask for; nothing that is built here is kept.
    options = Options(file.name, "check", as_of=datetime(2000, 1, 1, tzinfo=UTC), mapping=read_mapping(map_))
    tally, remarks, reasons = Tally(), [], Counter[str]()
    for answer in convert_file(file, options):
        if isinstance(answer, Parcel):
            tally = tally.plus(answer)
            remarks += [each for each in answer.findings if each.record == 0]
            reasons.update(f"{each.field}: {each.code}" for each in answer.findings if each.action.is_loss)
    for each in remarks:
        note(_line(each))
    for reason, count in reasons.most_common():
        note(f"{count} x {reason}")
    record = {
        "records": tally.records,
        "converted": tally.converted,
        "rejected": tally.rejected,
        "skipped": tally.skipped,
        "unused": [each.field for each in remarks if each.code == "unused"],
        "missing": [each.field for each in remarks if each.code == "missing"],
    }
    line = "{records} records = {converted} converted + {rejected} rejected + {skipped} skipped".format(**record)
    emit(record, line)
    ctx.exit(REJECTED if tally.lost else 0)


def _line(finding: Finding) -> str:
    return f"{finding.field}: {finding.message}" if finding.field else finding.message
