"""hub status: what became of a push, object by object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.cli.acting import as_account, open_hub
from hub.cli.output import emit
from hub.model.submissions import FAILURES

if TYPE_CHECKING:
    from hub.model.submissions import Item, Submission


@click.command(epilog="Example: hub status 8f0f9f3a-6a66-4f3c-9d4e-6f2a3b1c0d9e --as a-push")
@click.argument("id_", metavar="ID")
@as_account
def status(id_: str, account: str) -> None:
    """Tell the sender of a push where each of its objects stands and what holds it."""
    with open_hub() as hub:
        submission = hub.intake.status(hub.membership.acting(account), id_)
    show(submission)


def show(submission: Submission, **more: str) -> int:
    """Print a submission with its objects; give how many of them failed or were rejected."""
    failures = [item for item in submission.items if item.state in FAILURES]
    emit({**_record(submission, failures), **more}, "\n".join(_lines(submission, len(failures), more)))
    return len(failures)


def _record(submission: Submission, failures: list[Item]) -> dict[str, Any]:
    """Write it as a TAXII status with the hub's own words beside (TAXII 2.1 section 4.3.1)."""
    successes = [item for item in submission.items if item.state not in FAILURES]
    return {
        "id": submission.id,
        "status": "complete",
        "request_timestamp": submission.received,
        "collection": submission.collection,
        "state": submission.state,
        "total_count": len(submission.items),
        "success_count": len(successes),
        "successes": [_detail(item) for item in successes],
        "failure_count": len(failures),
        "failures": [_detail(item) for item in failures],
        "pending_count": 0,
    }


def _detail(item: Item) -> dict[str, str]:
    return {"id": item.object_id, "version": item.version, "state": item.state, "message": item.message}


def _lines(submission: Submission, failed: int, more: dict[str, str]) -> list[str]:
    total = len(submission.items)
    about = "".join(f" ({value})" for value in more.values())
    head = f"submission {submission.id}{about}: {submission.state}, {total - failed} taken, {failed} refused"
    objects = (f"  {each.state:9} {each.object_id}  {each.message}".rstrip() for each in submission.items)
    return [head, *objects]
