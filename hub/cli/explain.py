"""hub explain: may an account see an object, and by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.cli.acting import open_hub, operator
from hub.cli.output import emit, emit_table, wants_json

if TYPE_CHECKING:
    from hub.services.insight import Explanation


@click.command(epilog="Example: hub explain x-pull ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4")
@click.argument("words", nargs=-1, required=True, metavar="[ACCOUNT] OBJECT_ID")
@click.option("--all", "everybody", is_flag=True, help="Say it of every account; give OBJECT_ID alone.")
def explain(words: tuple[str, ...], *, everybody: bool) -> None:
    """Say whether ACCOUNT sees OBJECT_ID and, for each contribution of it, the first rule that decides."""
    if len(words) != (1 if everybody else 2):
        raise click.UsageError("give ACCOUNT and OBJECT_ID, or --all and OBJECT_ID")
    with open_hub() as hub:
        if everybody:
            everyone = hub.insight.explain_all(operator(), words[0])
        else:
            found = hub.insight.explain(operator(), *words)
    if everybody:
        _table(everyone)
    else:
        emit(_record(found), "\n".join(_lines(found)))


def _table(everyone: tuple[Explanation, ...]) -> None:
    """One account a line; with --json each as `hub explain ACCOUNT OBJECT_ID` gives it."""
    if wants_json():
        for each in everyone:
            emit(_record(each))
        return
    rows = (
        {
            "account": each.account,
            "visible": each.visible,
            "rule": each.deciding.rule if each.deciding else "",
            "reason": each.deciding.reason if each.deciding else each.reason,
        }
        for each in everyone
    )
    emit_table(rows, "no accounts yet: hub account add NAME --partner P --kind person")


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
