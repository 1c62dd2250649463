"""hub explain: may an account see an object, and by which rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.cli.acting import open_hub, operator
from hub.cli.output import emit, emit_table, wants_json

if TYPE_CHECKING:
    from hub.services.insight import Nearest, Why


@click.command(epilog="Example: hub explain x-pull ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4")
@click.argument("words", nargs=-1, required=True, metavar="[ACCOUNT] OBJECT_ID")
@click.option("--all", "everybody", is_flag=True, help="Say it of every account; give OBJECT_ID alone.")
def explain(words: tuple[str, ...], *, everybody: bool) -> None:
    """Say whether ACCOUNT sees OBJECT_ID and, for each contribution of it, the first rule that decides.

    Where it does not: the fewest changes that would open it, or what stands in the way whatever is granted. With
    --json every rule that was tried is told, in order.
    """
    if len(words) != (1 if everybody else 2):
        raise click.UsageError("give ACCOUNT and OBJECT_ID, or --all and OBJECT_ID")
    with open_hub() as hub:
        if everybody:
            everyone = hub.insight.why_all(operator(), words[0])
        else:
            why = hub.insight.why(operator(), *words)
    if everybody:
        _table(everyone)
    else:
        emit(_record(why), "\n".join(_lines(why)))


def _table(everyone: tuple[Why, ...]) -> None:
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
        for each in (why.explanation for why in everyone)
    )
    emit_table(rows, "no accounts yet: hub account add NAME --partner P --kind person")


def _record(why: Why) -> dict[str, Any]:
    found = why.explanation
    contributions = [
        {
            "collection": each.contribution.collection,
            "producer": each.contribution.producer,
            "version": each.contribution.version,
            "visible": each.visible,
            "rule": each.rule,
            "reason": each.reason,
            "rules": [
                {"rule": step.rule, "question": step.question, "outcome": step.outcome, "said": step.said}
                for step in each.steps
            ],
        }
        for each in found.verdicts
    ]
    return {
        "account": found.account,
        "object": found.object_id,
        "visible": found.visible,
        "reason": found.reason,
        "contributions": contributions,
        "nearest": [_nearest_record(each) for each in why.nearest],
    }


def _nearest_record(found: Nearest) -> dict[str, Any]:
    one = found.contribution
    return {
        "collection": one.collection,
        "producer": one.producer,
        "version": one.version,
        "changes": list(found.changes),
        "obstacle": found.obstacle,
    }


def _lines(why: Why) -> list[str]:
    found = why.explanation
    seen = "sees" if found.visible else "does not see"
    lines = [f"{found.account} {seen} {found.object_id}" + (f": {found.reason}" if found.reason else "")]
    nearest = {each.contribution: each for each in why.nearest}
    for each in found.verdicts:
        one = each.contribution
        of = f"{one.producer} in {one.collection}, version {one.version or '-'}"
        lines.append(f"  {'yes' if each.visible else 'no':3}  {each.rule:3}  {each.reason}  ({of})")
        if one in nearest:
            lines.append(f"            {_advice(nearest[one])}")
    return lines


def _advice(found: Nearest) -> str:
    return f"to open it: {', and '.join(found.changes)}" if found.changes else found.obstacle
