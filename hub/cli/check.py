"""hub check: is the store sound, and what is held back."""

from __future__ import annotations

import click

from hub.cli.acting import open_hub, operator
from hub.cli.output import FAILED, emit, emit_table


@click.command(epilog="Example: hub check --waiting")
@click.option("--waiting", is_flag=True, help="Say what is held back and by which ids or markings instead.")
@click.option("--repair", is_flag=True, help="First make again what can be derived: lanes, counters; never bytes.")
@click.pass_context
def check(ctx: click.Context, *, waiting: bool, repair: bool) -> None:
    """Verify hashes, lanes, references and the audit chain; exit code 1 if anything is wrong."""
    if waiting:
        _waiting()
        return
    wrong = 0
    with open_hub() as hub:
        for finding in hub.upkeep.repair(operator()) if repair else ():
            emit({"repaired": finding.place, "message": finding.message}, f"repaired {finding}")
        for finding in hub.insight.check(operator()):
            wrong += 1
            record = {"place": finding.place, "message": finding.message, "value": finding.value}
            emit(record, str(finding))
    emit({"wrong": wrong}, f"{wrong} things are wrong" if wrong else "all is well")
    ctx.exit(FAILED if wrong else 0)


def _waiting() -> None:
    with open_hub() as hub:
        held = hub.insight.waiting(operator())
    rows = (
        {
            "object": each.contribution.object_id,
            "producer": each.contribution.producer,
            "collection": each.contribution.collection,
            "held_by": list(each.reasons),
            "missing": list(each.missing),
        }
        for each in held
    )
    emit_table(rows, "nothing is held back")
