"""Errors that TAXII answers to an account are known to those who watch its feeds."""

from __future__ import annotations

from contextlib import closing

from hub.application import create_hub
from hub.model.collections import Right
from hub.model.members import Account, AccountKind, Partner, PartnerKind, Role
from hub.policy.actions import operator
from hub.settings import Settings
from taxii_server.app import create_app

OPERATOR = operator("tests")


def test_errors_are_counted_for_who_signed_in(tmp_path):
    """A 4xx to an account counts, an answer or a stranger's 401 does not."""
    with closing(create_hub(Settings(data=tmp_path / "hub"))) as hub:
        hub.membership.members.add_partner(OPERATOR, Partner("police", PartnerKind.MEMBER))
        account = Account("pull", "police", AccountKind.SERVICE, frozenset({Role.READER}))
        hub.membership.members.add_account(OPERATOR, account)
        collection = hub.membership.agreements.add(OPERATOR, "Shared")
        hub.membership.agreements.grant(OPERATOR, collection.id, "police", frozenset({Right.READ}))
        client = create_app(hub).test_client()
        signed_in = {"Authorization": f"Bearer {hub.membership.tokens.issue(OPERATOR, 'pull').secret}"}
        path = f"/api/collections/{collection.id}/objects/"
        statuses = [
            client.get(path, headers=signed_in).status_code,
            client.get("/api/collections/nothing/objects/", headers=signed_in).status_code,
            client.get(f"{path}?limit=x", headers=signed_in).status_code,
            client.get(path, headers={"Authorization": "Bearer hub_wrong"}).status_code,
        ]
        assert statuses == [200, 404, 400, 401]
        assert [(each.account, each.failed) for each in hub.feeds.health(OPERATOR).feeds] == [("pull", 2)]
