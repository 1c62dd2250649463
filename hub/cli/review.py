"""hub review: what waits, and letting it out, sending it back or turning it away."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from hub.cli.acting import as_account, open_hub
from hub.cli.output import emit, emit_table, wants_json
from hub.cli.status import show as show_status
from hub.model.submissions import ItemState

if TYPE_CHECKING:
    from hub.model.submissions import Approval
    from hub.services.shelves.review import Case, Exhibit


@click.group()
def review() -> None:
    """Decide about what waits: never one's own push."""


@review.command("list", epilog="Example: hub review list --as s-sue")
@as_account
def list_(account: str) -> None:
    """List what waits for the account, oldest first."""
    with open_hub() as hub:
        cases = hub.review.queue(hub.membership.acting(account))
    emit_table(map(_row, cases), "nothing waits")


@review.command(epilog="Example: hub review show 8f0f9f3a-6a66-4f3c-9d4e-6f2a3b1c0d9e --as s-sue")
@click.argument("submission")
@as_account
def show(submission: str, account: str) -> None:
    """Show one submission: its objects, their levels and what their producer is told."""
    with open_hub() as hub:
        case = hub.review.show(hub.membership.acting(account), submission)
    for exhibit in case.exhibits:
        record = {"submission": case.submission.id, **_exhibit(exhibit)}
        emit(record, _sheet(exhibit))


_objects = click.option(
    "--object",
    "objects",
    multiple=True,
    metavar="ID",
    help="Decide about this object alone; may be given again. Without it: about all that waits for the account.",
)
_reason = click.option("--reason", required=True, metavar="TEXT", help="One line for the sender and the audit trail.")


@review.command(epilog="Example: hub review release 8f0f9f3a-6a66-4f3c-9d4e-6f2a3b1c0d9e --as s-sue")
@click.argument("submission")
@_objects
@as_account
def release(submission: str, objects: tuple[str, ...], account: str) -> None:
    """Let out what the account may decide about; where two reviewers decide, the first one's word is kept."""
    with open_hub() as hub:
        done = hub.review.release(hub.membership.acting(account), submission, _chosen(objects))
    show_status(done)
    if any(item.state is ItemState.REVIEW for item in done.items) and not wants_json():
        click.echo("what is still in review waits for a second reviewer, of another organisation")


@review.command(
    "return", epilog='Example: hub review return 8f0f9f3a-6a66-4f3c-9d4e-6f2a3b1c0d9e --reason "no date" --as s-sue'
)
@click.argument("submission")
@_reason
@_objects
@as_account
def return_(submission: str, reason: str, objects: tuple[str, ...], account: str) -> None:
    """Send back what the account may decide about, for its sender to mend and send again."""
    with open_hub() as hub:
        show_status(hub.review.send_back(hub.membership.acting(account), submission, reason, _chosen(objects)))


@review.command(
    epilog='Example: hub review reject 8f0f9f3a-6a66-4f3c-9d4e-6f2a3b1c0d9e --reason "no source" --as s-sue'
)
@click.argument("submission")
@_reason
@_objects
@as_account
def reject(submission: str, reason: str, objects: tuple[str, ...], account: str) -> None:
    """Turn away what the account may decide about."""
    with open_hub() as hub:
        show_status(hub.review.reject(hub.membership.acting(account), submission, reason, _chosen(objects)))


def _chosen(objects: tuple[str, ...]) -> frozenset[str] | None:
    return frozenset(objects) or None


def _row(case: Case) -> dict[str, Any]:
    found = case.submission
    return {
        "submission": found.id,
        "received": found.received,
        "partner": found.partner or None,
        "account": found.account or None,
        "collection": found.collection,
        "objects": len(case.exhibits),
        "level": max((each.label.level for each in case.exhibits), key=lambda level: level.rank),
    }


def _exhibit(exhibit: Exhibit) -> dict[str, Any]:
    return {
        "id": exhibit.item.object_id,
        "type": exhibit.item.type,
        "version": exhibit.item.version,
        "level": exhibit.label.level,
        "findings": list(exhibit.findings),
        "approved_by": [each.account or None for each in exhibit.approvals],
        "object": None if exhibit.body is None else json.loads(exhibit.body),
    }


def _printable(text: str) -> str:
    """Write what a terminal might obey, or an eye might read backwards, as escapes."""
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)


def _approved(approval: Approval) -> str:
    return f"approved by {approval.account} of {approval.partner}" if approval.account else "approved once"


def _sheet(exhibit: Exhibit) -> str:
    body = "(metadata only)" if exhibit.body is None else _printable(exhibit.body.decode())
    approved = (_approved(each) for each in exhibit.approvals)
    notes = "".join(f"\n  {note}" for note in (*exhibit.findings, *approved))
    return f"{exhibit.label.level.upper()}  {exhibit.item.object_id}{notes}\n  {body}"
