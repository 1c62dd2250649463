"""hub convert: files of any known format to a STIX 2.1 bundle or JSON lines, on this machine alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli.output import FAILED, REJECTED, emit, emit_table, note

if TYPE_CHECKING:
    from converters import Finding, Options
    from hub.cli.conversion import Run, Wanted

_LEVELS = ("clear", "green", "amber", "amber+strict", "red")
_SHOWN_RECORDS = 5


@click.command(
    epilog='Example: hub convert iocs.csv --map iocs.yaml --producer "ACME Bank" --tlp amber --out iocs.json'
)
@click.argument("files", nargs=-1, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--from", "format_", metavar="FORMAT", help="The files' format; without it they tell it themselves.")
@click.option("--map", "map_", metavar="MAP.yaml", type=click.Path(path_type=Path), help="What a table's columns mean.")
@click.option("--producer", metavar="NAME", help="In whose name the objects are made.")
@click.option("--tlp", type=click.Choice(_LEVELS, case_sensitive=False), help="No object is marked below it.")
@click.option("--as-of", metavar="DATE", help="Date of records without one: 2026-11-23, or with a time.")
@click.option("--out", default="-", metavar="FILE|-", help="A bundle, or JSON lines if it ends in .jsonl [default: -].")
@click.option("--errors", metavar="FILE", type=click.Path(path_type=Path), help="Findings as JSON lines.")
@click.option(
    "--provenance", metavar="FILE", type=click.Path(path_type=Path), help="A line an object: whence it comes."
)
@click.option("--dry-run", is_flag=True, help="Convert and tell, write nothing but --errors.")
@click.option("--stats", is_flag=True, help="Count objects by type and findings by code.")
@click.option("--strict", is_flag=True, help="One rejection, and nothing is written.")
@click.option("--list", "list_", is_flag=True, help="The formats: what each reads and gives.")
@click.option("--explain", metavar="FILE", type=click.Path(path_type=Path), help="Which format, why, and 5 records.")
@click.pass_context
def convert(
    ctx: click.Context,
    files: tuple[Path, ...],
    format_: str | None,
    map_: Path | None,
    producer: str | None,
    tlp: str | None,
    as_of: str | None,
    out: str,
    errors: Path | None,
    provenance: Path | None,
    dry_run: bool,
    stats: bool,
    strict: bool,
    list_: bool,
    explain: Path | None,
) -> None:
    """Turn files of any known format into STIX 2.1.

    Ids follow from the content and dates from the records, so a second run gives the same bytes. Exits with 3 if
    something was rejected; what, where and why is in --errors. Objects that are STIX already stay as they are.
    """
    from converters import CONVERTERS
    from hub.cli.conversion import Wanted

    if list_:
        _list()
        return
    if format_ is not None and format_ not in CONVERTERS:
        raise click.UsageError(f"--from: there are {', '.join(CONVERTERS)}")
    if explain is not None:
        _explain(explain, _options(explain, producer or "example", tlp or "amber", as_of, map_), format_)
        return
    if not files:
        raise click.UsageError("name a FILE to convert (or --list, --explain FILE)")
    if producer is None or tlp is None or not producer.strip():
        raise click.UsageError("say in whose name and how restricted: --producer NAME --tlp LEVEL")
    written = [Path(each).resolve() for each in (out, errors, provenance) if each is not None and str(each) != "-"]
    if len({*written, *(path.resolve() for path in files)}) < len(written) + len({path.resolve() for path in files}):
        raise click.UsageError("--out, --errors and --provenance name files of their own")
    options = [_options(path, producer, tlp, as_of, map_) for path in files]
    wanted = Wanted(out, errors, provenance, strict, dry_run, stats, len(files) > 1)
    run = _run(files, options, format_, wanted)
    ctx.exit(run.exit_code(FAILED if strict else REJECTED))


def _options(path: Path, producer: str, tlp: str, as_of: str | None, map_: Path | None) -> Options:
    from converters import Options
    from hub.cli.conversion import read_mapping
    from stix_models.markings import Level

    return Options(path.name, producer.strip(), Level(tlp.lower()), _date(as_of), read_mapping(map_) if map_ else None)


def _date(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--as-of: {text!r} is no date such as 2026-11-23") from None
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _list() -> None:
    from converters import CONVERTERS

    rows = [
        {"format": name, "reads": each.reads, "emits": each.emits, "example": each.example}
        for name, each in CONVERTERS.items()
    ]
    emit_table(rows, "no formats")


def _run(files: tuple[Path, ...], options: list[Options], format_: str | None, wanted: Wanted) -> Run:
    from hub.cli.conversion import Run

    run = Run(wanted)
    with run:
        for path, each in zip(files, options, strict=True):
            run.convert(path, each, format_)
    for finding in run.shown:
        note(_line(*finding))
    if run.more:
        note(f"… and {run.more} more{'' if wanted.errors else ': see them all with --errors FILE'}")
    run.summarise()
    return run


def _line(file: str, finding: Finding) -> str:
    place = ", ".join(part for part in (file, finding.locator, finding.field) if part)
    return f"{place}: {finding.message}{f' ({finding.value})' if finding.value else ''} [{finding.action}]"


def _explain(path: Path, options: Options, format_: str | None) -> None:
    """Print the choice of the format with its reasons, and the first records as they come out. Writes nothing."""
    import json
    from dataclasses import replace

    from converters.confined.wire import Started
    from converters.frame import Outcome
    from hub.services.conversion import convert_file

    shown = 0
    if options.as_of is None:  # a preview needs a date, and only a preview may take today's
        options = replace(options, as_of=datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0))
    for answer in convert_file(path, options, format_=format_):
        if isinstance(answer, Started):
            scores = dict(answer.scores)
            emit({"file": str(path), "format": answer.format, "scores": scores}, f"{path}: {answer.format}; {scores}")
            continue
        for finding in answer.findings:
            note(_line(path.name, finding))
        if answer.outcome is not Outcome.NONE:
            objects = [json.loads(content) for _, content in answer.objects]
            text = "\n".join(json.dumps(each, ensure_ascii=False) for each in objects)
            record: dict[str, Any] = {"locator": answer.locator, "outcome": str(answer.outcome), "objects": objects}
            emit(record, f"\n{answer.locator}: {answer.outcome}\n{text}".rstrip())
            shown += 1
        if shown == _SHOWN_RECORDS:
            return
