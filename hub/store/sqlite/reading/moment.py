"""One moment of the hub, as one reader has it: a read transaction and his rights as of then."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import NamedTuple

from hub.errors import StoreError
from hub.model.contributions import Label
from hub.store.sqlite.reading.rights import LaneRights
from hub.store.sqlite.shelves.book import AudienceBook


class Moment(NamedTuple):  # not a dataclass: views take it apart
    """connection: inside the transaction. rights_in: by collection id. book: gives the audiences of the moment."""

    connection: sqlite3.Connection
    rights_in: Callable[[str], LaneRights]
    book: Callable[[], AudienceBook]

    def label(self, number: int) -> Label:
        """Give the label that a number in `standing` stands for."""
        label = self.book().nodes[number].label
        if label is None:
            raise StoreError(f"audience {number} is no label: run `hub check`")
        return label


Reading = Callable[[], AbstractContextManager[Moment]]
"""Opens one read transaction."""


def lanes_now(moment: Moment) -> str:
    """Give the lanes of all collections that the reader sees now, as a JSON list."""
    collections = [row[0] for row in moment.connection.execute("SELECT id FROM collection")]
    return json.dumps(sorted(lane for each in collections for lane in moment.rights_in(each).now))
