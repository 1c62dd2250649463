"""The door for operators and analysts: click, one file for each noun.

May import: everything of the hub. Never comes in: what another door would need too.
"""

from __future__ import annotations

import click

from hub.cli.lazy import LazyGroup, shared_options

COMMANDS = {
    "init": ("hub.cli.init", "Make a new, empty hub."),
    "serve": ("hub.cli.serve", "Answer TAXII clients and browsers until stopped."),
    "demo": ("hub.cli.demo", "Make a hub with invented partners and real open data, and serve it."),
    "community": ("hub.cli.community", "Plan, apply or export partners, groups and grants as one file."),
    "partner": ("hub.cli.partner", "Organisations: add, list, suspend, resume."),
    "account": ("hub.cli.account", "Who signs in: add, list, invite, sign out, suspend, resume."),
    "token": ("hub.cli.token", "Credentials of an account: issue, list, revoke, rotate."),
    "group": ("hub.cli.group", "Sharing groups: add, join, leave, list."),
    "collection": ("hub.cli.collection", "Collections and their rules: add, list."),
    "grant": ("hub.cli.grant", "Let a partner, a group or everybody read or write a collection."),
    "ungrant": ("hub.cli.grant", "End what was granted."),
    "must-hold": ("hub.cli.must_hold", "Who never reads what, whatever is granted: add, list, remove."),
    "reference": ("hub.cli.reference", "Public knowledge held by the hub: load."),
    "convert": ("hub.cli.convert", "Turn files of any known format into STIX 2.1."),
    "mapping": ("hub.cli.mapping", "Mapping files for tables: init, check."),
    "submit": ("hub.cli.submit", "Push a bundle or any file a converter knows."),
    "status": ("hub.cli.status", "What became of a submission."),
    "review": ("hub.cli.review", "The queue: list, show, release, reject."),
    "mark": ("hub.cli.mark", "Raise an object's marking at once."),
    "delete": ("hub.cli.delete", "Delete an object from a collection."),
    "explain": ("hub.cli.explain", "May an account, or who may, see an object, and by which rule."),
    "push": ("hub.cli.push", "Push any file a converter knows to another TAXII server."),
    "pull": ("hub.cli.pull", "Pull what is new from another TAXII server into a file."),
    "audit": ("hub.cli.audit", "The audit trail: list, verify, holders, export."),
    "backup": ("hub.cli.backup", "Write the whole hub into one file while it is served."),
    "restore": ("hub.cli.restore", "Put a hub in place from a backup."),
    "upgrade": ("hub.cli.upgrade", "Bring the hub of an older version up to this one."),
    "check": ("hub.cli.check", "Verify hashes, lanes, references and the audit chain."),
}
"""Name to the module that holds it, under the same name, and what `hub --help` says of it."""


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    params=shared_options(),
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 some records rejected, 4 refused by policy.",
)
@click.version_option(package_name="atlas-sharing-hub")
def main() -> None:
    """Share vetted cybercrime research under TLP 2.0: the Atlas sharing hub."""
