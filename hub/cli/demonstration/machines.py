"""The demo's machines: they come in with their tokens, push, and pull what is new, as over TAXII."""

from __future__ import annotations

from collections.abc import Mapping

from hub.application import Hub
from hub.cli.demonstration.pushes import Push
from hub.model.members import Actor
from hub.model.submissions import Submission
from hub.store.query import Query

_PER_PAGE = 500


class Machines:
    """Acts for services by their tokens; of each feed it remembers the last date, which is all there is to remember."""

    def __init__(self, hub: Hub, tokens: Mapping[str, str]) -> None:
        self._hub = hub
        self._tokens = tokens
        self._last: dict[tuple[str, str], int] = {}

    def push(self, push: Push) -> Submission:
        """Push a file."""
        actor = self._hub.membership.authenticate(self._tokens[push.account], push.account)
        return self._hub.intake.submit(actor, push.collection, push.body())

    def pull(self, account: str) -> None:
        """Pull what is new from every collection that the account may read (TAXII 2.1 section 5.4)."""
        actor = self._hub.membership.authenticate(self._tokens[account], account)
        for access in self._hub.sharing.collections(actor):
            while access.can_read and self._got_more(actor, access.collection.id):
                pass

    def _got_more(self, actor: Actor, collection: str) -> bool:
        feed = actor.name, collection
        query = Query(added_after=self._last.get(feed))
        entries = self._hub.sharing.page(actor, collection, query, None, _PER_PAGE, "objects").entries
        if entries:
            self._last[feed] = entries[-1].date_added
        return bool(entries)
