"""hub pull: everything new from a collection of any TAXII 2.1 server, into a file."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.output import emit
from hub.cli.remote import Progress, access, limits, remote_options

if TYPE_CHECKING:
    from hub.services.sources import Pulled

TOKEN_VARIABLE = "HUB_PULL_TOKEN"  # noqa: S105 - where the token is, not what it is
_FIELDS = ("id", "spec_version", "type", "version")


@click.command(
    epilog="Example: hub pull --from https://taxii.example/api/collections/"
    "91a7b528-80eb-42ed-a74d-c6fbd5a26116/ --user x-pull --token-file token --match type=indicator --out feed.jsonl"
)
@click.option("--from", "url", required=True, metavar="COLLECTION_URL", help="The collection, as its server names it.")
@click.option(
    "--out",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="JSON lines, or a bundle if it ends in .json; its position is kept in FILE.position.",
)
@click.option("--added-after", metavar="DATE", help="Only what was added later: 2026-11-23, or with a time (UTC).")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Objects a page; else as the server likes.")
@click.option(
    "--match", multiple=True, metavar="FIELD=VALUE", help=f"One of {', '.join(_FIELDS)}; repeatable, any of the values."
)
@click.option("--fresh", is_flag=True, help="Forget the position and pull all; FILE is replaced in the end.")
@remote_options
def pull(
    url: str,
    out: Path,
    added_after: str | None,
    limit: int | None,
    match: tuple[str, ...],
    fresh: bool,
    user: str | None,
    token_file: Path | None,
    ca_file: Path | None,
    insecure_http: bool,
    max_time: float,
    retries: int,
) -> None:
    """Pull what is new since the last pull into FILE, every object once, also if a pull was killed.

    The token comes from HUB_PULL_TOKEN, from --token-file, or is asked for. The next call with the same words goes
    on where this one ended.
    """
    from hub.services.sources import Landing, Question, Remote
    from hub.services.sources import pull as pull_all

    question = Question(_date(added_after), limit, _matched(match))
    who = access(url, TOKEN_VARIABLE, user=user, token_file=token_file, ca_file=ca_file, insecure_http=insecure_http)
    bounds = limits(max_time, retries)
    with (
        Progress() as progress,
        Remote(who, bounds, progress.note) as remote,
        Landing(out, question.of(remote), fresh=fresh) as landing,
    ):
        if landing.place.objects:
            progress.note(f"{out}: going on after {landing.place.objects} objects")
        pulled = pull_all(
            remote, landing, question, bounds, lambda far: progress.show(f"{far.objects} objects, {far.pages} pages")
        )
    _tell(out, who.url, pulled)


def _tell(out: Path, url: str, pulled: Pulled) -> None:
    record = {
        "from": url,
        "out": str(out),
        "objects": pulled.objects,
        "total": pulled.total,
        "pages": pulled.pages,
        "last_added": pulled.last,
    }
    emit(record, f"{out}: {pulled.objects} new objects, {pulled.total} in all; up to {pulled.last or 'no date'}")


def _date(text: str | None) -> str | None:
    """Write a date or time as a TAXII timestamp."""
    if text is None:
        return None
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise click.UsageError(f"--added-after: {text!r} is no date such as 2026-11-23") from None
    value = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return value.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _matched(words: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Gather FIELD=VALUE by field, in an order that does not hang on the one they were given in."""
    found: dict[str, set[str]] = {}
    for word in words:
        field, _, value = word.partition("=")
        if field not in _FIELDS or not value:
            raise click.UsageError(f"--match: {word!r} is not FIELD=VALUE with one of {', '.join(_FIELDS)}")
        found.setdefault(field, set()).update(filter(None, value.split(",")))
    return tuple((field, tuple(sorted(values))) for field, values in sorted(found.items()))
