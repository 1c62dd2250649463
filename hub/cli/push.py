"""hub push: a file of any format a converter knows, to a collection of any TAXII 2.1 server."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from hub.cli.output import REJECTED
from hub.cli.remote import Progress, access, limits, remote_options
from stix_models.markings import TLP_MARKING, Level

TOKEN_VARIABLE = "HUB_PUSH_TOKEN"  # noqa: S105 - where the token is, not what it is


@click.command(
    epilog="Examples: hub push bundle.json --to https://taxii.example/api/collections/"
    "91a7b528-80eb-42ed-a74d-c6fbd5a26116/ --user a-push --token-file token; "
    'hub push iocs.csv --map iocs.yaml --producer "ACME Bank" --tlp amber --to …'
)
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--to", "url", required=True, metavar="COLLECTION_URL", help="The collection, as its server names it.")
@click.option("--from", "format_", metavar="FORMAT", help="The format; found out if it is not given.")
@click.option("--map", "mapping", type=click.Path(dir_okay=False, path_type=Path), help="The mapping of a table.")
@click.option("--producer", metavar="NAME", help="In whose name objects are made; not needed for STIX.")
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
@click.option(
    "--envelope-objects",
    type=click.IntRange(1, 50_000),
    default=1_000,
    show_default=True,
    metavar="N",
    help="Objects an envelope has at most; its bytes are as the server says.",
)
@click.option(
    "--receipts",
    "receipts_file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to keep what was acknowledged until all is [default: beside the file].",
)
@remote_options
@click.pass_context
def push(
    ctx: click.Context,
    file: Path,
    url: str,
    format_: str | None,
    mapping: Path | None,
    producer: str | None,
    tlp: str,
    as_of: datetime | None,
    envelope_objects: int,
    receipts_file: Path | None,
    user: str | None,
    token_file: Path | None,
    ca_file: Path | None,
    insecure_http: bool,
    max_time: float,
    retries: int,
) -> None:
    """Push the file's objects and wait for the server's word on each; exit code 3 if some were not taken.

    The token comes from HUB_PUSH_TOKEN, from --token-file, or is asked for. A push that was broken off goes on with
    the envelopes that were not acknowledged.
    """
    from converters import Options
    from hub.cli.conversion import read_mapping
    from hub.cli.delivery import Delivery

    options = Options(
        name=file.name,
        producer=producer or "",
        level=Level(tlp.lower()),
        as_of=as_of.replace(tzinfo=UTC) if as_of else None,
        mapping=read_mapping(mapping) if mapping else None,
    )
    who = access(url, TOKEN_VARIABLE, user=user, token_file=token_file, ca_file=ca_file, insecure_http=insecure_http)
    delivery = Delivery(file, options, format_)
    with Progress() as progress:
        delivery.run(who, limits(max_time, retries), envelope_objects, receipts_file, progress)
    delivery.summarise(who.url)
    ctx.exit(REJECTED if delivery.has_losses else 0)
