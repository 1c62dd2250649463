"""A TAXII client that was in the middle of a feed when the hub was restored: nothing missed, nothing twice."""

from __future__ import annotations

import json
from contextlib import closing

import pytest

from hub.application import build_hub, create_hub, restore_hub
from hub.model.collections import Intake, Right
from hub.model.members import Account, AccountKind, Partner, PartnerKind, Role
from hub.policy.actions import operator
from hub.settings import Settings
from stix_models.markings import Level
from taxii_server.app import create_app
from tests.taxii_server.conformance.door import TAXII
from tests.taxii_server.conformance.samples import campaign

OPERATOR = operator("tests")


class Client:
    """A client that keeps its token and its place, whatever hub answers."""

    def __init__(self, settings: Settings, collection: str, token: str) -> None:
        self._settings = settings
        self._path = f"/api/collections/{collection}/objects/"
        self._headers = {"Authorization": f"Bearer {token}"}

    def push(self, *objects: dict[str, object]) -> None:
        """Push objects."""
        with closing(build_hub(self._settings)) as hub:
            headers = self._headers | {"Content-Type": TAXII}
            answer = create_app(hub).test_client().post(self._path, json={"objects": objects}, headers=headers)
        assert (answer.status_code, json.loads(answer.data)["failure_count"]) == (202, 0)

    def page(self, **query: str) -> tuple[list[str], str | None, str]:
        """Get two objects: ids, cursor, last date."""
        with closing(build_hub(self._settings)) as hub:
            answer = (
                create_app(hub)
                .test_client()
                .get(self._path, query_string={"limit": "2"} | query, headers=self._headers)
            )
        assert answer.status_code == 200
        found = json.loads(answer.data)
        ids = [each["id"] for each in found.get("objects", ())]
        return ids, found.get("next"), answer.headers.get("X-TAXII-Date-Added-Last", "")

    def rest(self, cursor: str | None) -> list[str]:
        """Go on to the end."""
        ids: list[str] = []
        while cursor is not None:
            more, cursor, _ = self.page(next=cursor)
            ids += more
        return ids


@pytest.fixture
def settings(tmp_path):
    """Give the folder of the hub."""
    return Settings(data=tmp_path / "hub")


@pytest.fixture
def client(settings):
    """Make a hub with one partner that writes and reads one collection."""
    with closing(create_hub(settings)) as hub:
        membership = hub.membership
        membership.members.add_partner(OPERATOR, Partner("maker", PartnerKind.MEMBER))
        roles = frozenset({Role.CONTRIBUTOR, Role.READER})
        membership.members.add_account(OPERATOR, Account("maker", "maker", AccountKind.SERVICE, roles))
        kept = membership.agreements.add(OPERATOR, "Kept", default_tlp=Level.CLEAR, intake=Intake.TRUSTED)
        membership.agreements.grant(OPERATOR, kept.id, "maker", frozenset({Right.READ, Right.WRITE}))
        return Client(settings, kept.id, membership.tokens.issue(OPERATOR, "maker").secret)


@pytest.fixture
def backup(settings, client, tmp_path):
    """Push five objects, then keep a backup. Gives its file and the ids."""
    objects = [campaign() for _ in range(5)]
    for each in objects:
        client.push(each)
    with closing(build_hub(settings)) as hub:
        hub.upkeep.back_up(OPERATOR, tmp_path / "kept.zip")
    return tmp_path / "kept.zip", [each["id"] for each in objects]


def test_a_cursor_goes_on_after_a_restore(settings, client, backup):
    """Read as its date (S18): the rest of what is there, then what came since, each once."""
    file, ids = backup
    first, cursor, _ = client.page()
    client.push(campaign())  # lost
    restore_hub(settings, OPERATOR, file, replace=True)
    later = campaign()
    client.push(later)
    assert first + client.rest(cursor) == [*ids, later["id"]]


def test_a_date_goes_on_after_a_restore(settings, client, backup):
    """Who had polled what was lost gets all that is new: it is newer than everything he ever saw."""
    file, _ = backup
    lost, again = campaign(), campaign()
    client.push(lost)
    *_, last = client.page(added_after="1970-01-01T00:00:00Z", limit="100")
    restore_hub(settings, OPERATOR, file, replace=True)
    assert client.page(added_after=last)[0] == []
    client.push(lost, again)
    assert set(client.page(added_after=last)[0]) == {lost["id"], again["id"]}
