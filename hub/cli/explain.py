"""hub explain: may an account see an object, and by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.cli.acting import open_hub, operator
from hub.cli.output import emit

if TYPE_CHECKING:
    from hub.services.insight import Explanation


@click.command(epilog="Example: hub explain x-pull ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4")
@click.argument("account")
@click.argument("object_id")
def explain(account: str, object_id: str) -> None:
    """Say whether ACCOUNT sees OBJECT_ID and, for each contribution of it, the first rule that decides."""
    with open_hub() as hub:
        found = hub.insight.explain(operator(), account, object_id)
    emit(_record(found), "\n".join(_lines(found)))


def _record(found: Explanation) -> dict[str, Any]:
    contributions = [
        {
            "collection": each.contribution.collection,
            "producer": each.contribution.producer,
            "version": each.contribution.version,
            "visible": each.visible,
            "rule": each.rule,
            "reason": each.reason,
        }
        for each in found.verdicts
    ]
    return {
        "account": found.account,
        "object": found.object_id,
        "visible": found.visible,
        "reason": found.reason,
        "contributions": contributions,
    }


def _lines(found: Explanation) -> list[str]:
    seen = "sees" if found.visible else "does not see"
    lines = [f"{found.account} {seen} {found.object_id}" + (f": {found.reason}" if found.reason else "")]
    for each in found.verdicts:
        one = each.contribution
        of = f"{one.producer} in {one.collection}, version {one.version or '-'}"
        lines.append(f"  {'yes' if each.visible else 'no':3}  {each.rule:3}  {each.reason}  ({of})")
    return lines
