"""hub submit: push files of any format a converter knows, as a local client would over TAXII."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.acting import as_account, open_hub
from hub.cli.files import read_file
from hub.cli.output import REJECTED, note
from hub.cli.status import show
from stix_models.markings import TLP_MARKING, Level

if TYPE_CHECKING:
    from converters import Finding, Options
    from hub.application import Hub
    from hub.model.members import Actor

STIX = "stix21"


@click.command(
    epilog="Examples: hub submit bundle.json --collection fraud --as a-push; "
    "hub submit iocs.csv --map iocs.yaml --tlp amber --collection fraud --as a-push"
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--collection", required=True, metavar="C", help="Its id, alias or title.")
@as_account
@click.option("--recipient", "recipients", multiple=True, metavar="ACCOUNT", help="Who gets what is RED; repeatable.")
@click.option("--from", "format_", metavar="FORMAT", help="The format; found out if it is not given.")
@click.option("--map", "mapping", type=click.Path(dir_okay=False, path_type=Path), help="The mapping of a table.")
@click.option(
    "--tlp",
    type=click.Choice(list(map(str, TLP_MARKING)), case_sensitive=False),
    default=str(Level.AMBER),
    show_default=True,
    help="The least restrictive level of what is converted; STIX keeps its own.",
)
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The date of records that have none (UTC)."
)
@click.pass_context
def submit(
    ctx: click.Context,
    files: tuple[Path, ...],
    collection: str,
    account: str,
    recipients: tuple[str, ...],
    format_: str | None,
    mapping: Path | None,
    tlp: str,
    as_of: datetime | None,
) -> None:
    """Push each file as one submission and print its status; exit code 3 if something was rejected."""
    from converters import Options
    from hub.cli.conversion import read_mapping

    rejected = 0
    with open_hub() as hub:
        actor = hub.membership.acting(account)
        for file in files:
            options = Options(
                name=file.name,
                producer=actor.partner.name if actor.partner else "",
                level=Level(tlp.lower()),
                as_of=as_of.replace(tzinfo=UTC) if as_of else None,
                mapping=read_mapping(mapping) if mapping else None,
            )
            rejected += _push(hub, actor, file, options, format_, collection, frozenset(recipients))
    ctx.exit(REJECTED if rejected else 0)


def _push(
    hub: Hub,
    actor: Actor,
    file: Path,
    options: Options,
    format_: str | None,
    collection: str,
    recipients: frozenset[str],
) -> int:
    """Push one file and print its status; give how much of it was lost or rejected."""
    from hub.services.conversion import to_envelope

    if (format_ or _format_of(file)) == STIX:  # every object is judged by intake itself, with its own entry
        body = read_file(file, hub.intake.max_content_bytes)
        return show(hub.intake.submit(actor, collection, body, recipients, from_file=True), file=str(file))
    converted = to_envelope(file, options, format_=format_)
    for finding in filter(_matters, converted.findings):
        note(f"{file}: {_remark(finding)}")
    if not converted.tally.objects:
        note(f"{file}: nothing to push")
        return converted.tally.lost
    submission = hub.intake.submit(actor, collection, converted.body, recipients)
    return converted.tally.lost + show(submission, file=str(file))


def _matters(finding: Finding) -> bool:
    """Whether a person should read it: something is missing, or otherwise than the source says."""
    from converters import Action

    return finding.action.is_loss or finding.action is Action.ADJUSTED


def _remark(finding: Finding) -> str:
    """Write what a converter has to tell: place, field, message, value, as far as there are any."""
    place = " ".join(part for part in (finding.locator, finding.field) if part)
    text = f"{place}: {finding.message}" if place else finding.message
    return f"{text} ({finding.value})" if finding.value else text


def _format_of(file: Path) -> str:
    """Give the format whose converter is surest of a file, the pass-through if none is."""
    from converters import scores
    from converters.frame import HEAD_BYTES

    with file.open("rb") as opened:
        format_, score = scores(opened.read(HEAD_BYTES), file.name)[0]
    return format_ if score else STIX
