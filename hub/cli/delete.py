"""hub delete: take an object back."""

from __future__ import annotations

import click

from hub.cli.acting import as_account, open_hub
from hub.cli.output import emit


@click.command(
    epilog="Example: hub delete ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4 --collection fraud --as a-push"
)
@click.argument("object_id")
@click.option("--collection", required=True, metavar="C", help="Its id, alias or title.")
@as_account
def delete(object_id: str, collection: str, account: str) -> None:
    """Delete all versions of an object that the account's partner has in a collection."""
    with open_hub() as hub:
        count = hub.sharing.delete(hub.membership.acting(account), collection, object_id)
    emit({"object": object_id, "collection": collection, "deleted": count}, f"deleted {count} versions")
