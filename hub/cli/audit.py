"""hub audit: what was done by whom, whether the trail is whole, and who has got what."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from hub.cli.acting import open_hub, operator
from hub.cli.output import FAILED, dump, emit
from hub.model.audit import Wanted

if TYPE_CHECKING:
    from hub.model.audit import Recorded, Serving

_SECOND_US = 1_000_000
_HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})\Z")
_DATES = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"]


class Head(click.ParamType[tuple[int, str]]):
    """A link of the trail as `hub audit verify` prints it: NUMBER:HASH."""

    name = "number:hash"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, str]:
        """Read it, or say what form it has."""
        found = _HEAD.match(value)
        if found is None:
            self.fail(f"{value!r} is not NUMBER:HASH with a hash of 64 hexadecimal digits", param, ctx)
        return int(found[1]), found[2]


@click.group()
def audit() -> None:
    """Read the audit trail: every act and every answer that served objects, chained by hash."""


@audit.command("list", epilog="Example: hub audit list --actor x-pull --since 2026-11-01")
@click.option("--actor", metavar="NAME", help="Who did it: an account, or `operator (system user)`.")
@click.option("--action", metavar="NOUN:VERB", help="What was done, such as object:add; reads are collection:read.")
@click.option("--object", "object_", metavar="ID", help="What it was done to; for a read the collection's id.")
@click.option("--since", type=click.DateTime(_DATES), help="From this moment on (UTC).")
@click.option("--until", type=click.DateTime(_DATES), help="Up to this moment, itself left out (UTC).")
def list_(
    actor: str | None, action: str | None, object_: str | None, since: datetime | None, until: datetime | None
) -> None:
    """List what was done, oldest first."""
    wanted = Wanted(actor, action, object_, _moment(since), _moment(until))
    with open_hub() as hub:
        for each in hub.trail.records(operator(), wanted):
            event = each.event
            shown = "  ".join(f"{name}={value}" for name, value in event.detail.items())
            line = f"{_time(each.at)}  {event.actor}  {event.action}  {event.object}  {shown}"
            emit(_record(each), line.rstrip())


@audit.command(
    epilog="Example: hub audit verify --head 63:858e231872950c4d79d41de8a614bd0abd59a2d5fde5e66a51584a96b3a045c7"
)
@click.option("--head", type=Head(), metavar="NUMBER:HASH", help="An act noted earlier, elsewhere: it must be there.")
@click.pass_context
def verify(ctx: click.Context, head: tuple[int, str] | None) -> None:
    """Walk both chains; print where they break, else their last links. Exit code 1 if anything is wrong."""
    with open_hub() as hub:
        findings = hub.trail.verify(operator(), head)
        heads = hub.trail.heads(operator())
    for finding in findings:
        emit({"place": finding.place, "message": finding.message}, str(finding))
    if not findings:
        for chain, (seq, hash_) in heads.items():
            emit({"chain": chain, "seq": seq, "hash": hash_}, f"{chain} chain is whole: {seq}:{hash_}")
    ctx.exit(FAILED if findings else 0)


@audit.command(epilog="Example: hub audit holders domain-name--3c10e93f-798e-5a26-a0c1-08156efab7f5")
@click.argument("object_id")
def holders(object_id: str) -> None:
    """Say who has been served which version of OBJECT_ID and when, deleted and recalled ones too.

    The endpoint tells what: `objects` and `object/…` served the object itself, `manifest` and `versions/…` its
    id and dates.
    """
    with open_hub() as hub:
        for each in hub.trail.holders(operator(), object_id):
            emit(_serving(each), "  ".join(str(value) for value in _serving(each).values()))


@audit.command(epilog="Example: hub audit export > trail-2026-11.jsonl")
def export() -> None:
    """Print the whole trail as JSON lines, each link with its hash, by time.

    The hash is the sha-256 of the hash before it in the same chain and, as a JSON list without spaces, of the
    values between `chain` and `hash`.
    """
    with open_hub() as hub:
        for each in hub.trail.records(operator(), Wanted()):
            fields = {name: _plain(value) for name, value in each.fields.items()}
            click.echo(dump({"chain": each.chain, **fields, "hash": each.hash.hex()}))


def _record(each: Recorded) -> dict[str, Any]:
    event = each.event
    return {
        "chain": each.chain,
        "seq": each.seq,
        "at": _time(each.at),
        "actor": event.actor,
        "action": event.action,
        "object": event.object,
        "detail": dict(event.detail),
    }


def _serving(each: Serving) -> dict[str, Any]:
    return {
        "at": _time(each.at),
        "account": each.account,
        "version": each.version,
        "producer": each.producer,
        "collection": each.collection,
        "endpoint": each.endpoint,
        "record": each.seq,
        "proven": each.proven,
    }


def _moment(written: datetime | None) -> int | None:
    return None if written is None else int(written.replace(tzinfo=UTC).timestamp()) * _SECOND_US


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / _SECOND_US, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _plain(value: Any) -> Any:
    return value.hex() if isinstance(value, bytes) else value
