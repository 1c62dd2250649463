"""The application by itself: who has not signed in, and what a failure tells."""

from __future__ import annotations

import json
import logging
from contextlib import closing
from dataclasses import replace

import pytest

from hub.application import create_hub
from hub.errors import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    HubError,
    InvalidInputError,
    NotFoundError,
    SettingsError,
    StoreBusyError,
    StoreError,
    TooLargeError,
)
from hub.model.collections import Intake, Right
from hub.model.members import Account, AccountKind, Partner, PartnerKind, Role
from hub.policy.actions import operator
from hub.settings import Settings
from stix_models.markings import Level
from taxii_server.app import create_app
from taxii_server.errors import RefusedError, status_of
from tests.taxii_server.conformance.door import TAXII
from tests.taxii_server.conformance.samples import RED, campaign

OPERATOR = operator("tests")


@pytest.fixture
def hub(tmp_path):
    """Make a hub with one partner that writes to a public collection and to one that is not."""
    with closing(create_hub(Settings(data=tmp_path / "hub"))) as made:
        membership = made.membership
        membership.members.add_partner(OPERATOR, Partner("maker", PartnerKind.MEMBER))
        roles = frozenset({Role.CONTRIBUTOR})
        membership.members.add_account(OPERATOR, Account("maker", "maker", AccountKind.SERVICE, roles))
        yield made


def opened(hub, title, *, public):
    """Open a collection that needs no review."""
    agreements = hub.membership.agreements
    return agreements.add(OPERATOR, title, default_tlp=Level.CLEAR, intake=Intake.TRUSTED, public=public)


def path(collection):
    """Give the URL of a collection's objects."""
    return f"/api/collections/{collection.id}/objects/"


def push(hub, client, collection, objects):
    """Push objects as the maker."""
    hub.membership.agreements.grant(OPERATOR, collection.id, "maker", frozenset({Right.WRITE}))
    token = hub.membership.tokens.issue(OPERATOR, "maker").secret
    headers = {"Authorization": f"Bearer {token}", "Content-Type": TAXII}
    return client.post(path(collection), json={"objects": objects}, headers=headers)


def test_who_has_not_signed_in_reads_what_is_public(hub):
    """A public collection shows its CLEAR objects to anybody, and there is nothing else for nobody (S4)."""
    client = create_app(hub).test_client()
    private = opened(hub, "Private", public=False)
    assert client.get("/taxii2/").status_code == 401
    public = opened(hub, "Public", public=True)
    shown, hidden = campaign(), campaign(object_marking_refs=[RED])
    for objects in ([shown], [hidden]):
        assert push(hub, client, public, objects).status_code == 202
    listed = json.loads(client.get("/api/collections/").data)["collections"]
    assert [(each["id"], each["can_read"], each["can_write"]) for each in listed] == [(public.id, True, False)]
    assert json.loads(client.get(path(public)).data)["objects"] == [shown]
    assert client.get(path(private)).status_code == 404
    for method in ("POST", "DELETE", "OPTIONS"):
        assert client.open(path(public), method=method).status_code == 401


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFoundError(), 404),
        (ForbiddenError(), 403),
        (AuthenticationError(), 401),
        (InvalidInputError("x"), 422),
        (TooLargeError("x"), 413),
        (ConflictError(), 409),
        (StoreError(), 503),
        (StoreBusyError(), 503),
        (SettingsError(), 500),
        (HubError(), 500),
        (RefusedError(406, "x"), 406),  # type: ignore[arg-type]  # its number is its value
    ],
)
def test_every_error_has_its_status(error, status):
    """Each kind of error is one status, decided in one place."""
    assert status_of(error) == status


def test_a_failure_tells_its_number_and_nothing_else(hub, caplog):
    """R039 R044: what went wrong inside is in the log under the number the client gets, and nowhere else."""
    client = create_app(replace(hub, membership=None)).test_client()
    with caplog.at_level(logging.ERROR, "taxii_server"):
        answer = client.get("/api/collections/", headers={"Authorization": "Bearer hub_invented"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, TAXII)
    told = json.loads(answer.data)
    assert set(told) == {"title", "description", "error_id", "http_status"}
    assert "NoneType" not in answer.text
    assert told["error_id"] in caplog.text
    assert "NoneType" in caplog.text
    assert "hub_invented" not in caplog.text


def test_who_fails_too_often_is_told_to_wait(tmp_path):
    """429 with Retry-After, in TAXII's form, for the address and not for the hub."""
    settings = Settings(data=tmp_path / "few", max_failed_per_address=2)
    with closing(create_hub(settings)) as few:
        client = create_app(few).test_client()
        headers = {"Authorization": "Bearer hub_invented"}
        answers = [client.get("/taxii2/", headers=headers) for _ in range(3)]
        elsewhere = client.get("/taxii2/", headers=headers, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})
    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= settings.failed_window_seconds
    assert json.loads(answers[-1].data)["http_status"] == "429"
    assert elsewhere.status_code == 401
