"""One server of two workers for all conformance tests, started as an operator starts it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from hub.application import create_hub
from hub.model.members import SECRETARIAT, Account, AccountKind, Partner, PartnerKind, Role
from hub.settings import CONFIG_NAME, Settings
from tests.processes import free_port, serving
from tests.taxii_server.conformance.door import SETTER_UP, Door, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hub.application import Hub

MAX_CONTENT_BYTES = 2_000_000
DEFAULT_PAGE = 20
MAX_PAGE = 50
ROLES = frozenset({Role.READER, Role.CONTRIBUTOR})
LIMITS = f"""
max_content_bytes = {MAX_CONTENT_BYTES}
default_page = {DEFAULT_PAGE}
max_page = {MAX_PAGE}
"""


@pytest.fixture(scope="session")
def door(tmp_path_factory) -> Iterator[Door]:
    """Serve a hub with four partners by two workers on a free port of the loopback."""
    folder = tmp_path_factory.mktemp("served")
    hub = create_hub(Settings(data=folder / "hub"))
    members = hub.membership.members
    members.add_partner(SETTER_UP, Partner(SECRETARIAT, PartnerKind.MEMBER))
    secretary = Account("secretary", SECRETARIAT, AccountKind.PERSON, frozenset({Role.SECRETARIAT}))
    members.add_account(SETTER_UP, secretary)
    tokens = {name: _enrol(hub, name) for name in ("maker", "reader", "dropper", "stranger")}
    port = free_port()
    (folder / "hub" / CONFIG_NAME).write_text(LIMITS)
    with closing(hub), serving(folder / "hub", port, "serve"):
        yield Door(port, hub, tokens)


@pytest.fixture
def place(door: Door) -> Place:
    """Open a collection: maker reads and writes, reader reads, dropper writes; what is unmarked is CLEAR."""
    return door.open_collection()


def _enrol(hub: Hub, name: str) -> str:
    """Add a partner with one service of the same name, and give that one's token."""
    hub.membership.members.add_partner(SETTER_UP, Partner(name, PartnerKind.MEMBER))
    hub.membership.members.add_account(SETTER_UP, Account(name, name, AccountKind.SERVICE, ROLES))
    return hub.membership.tokens.issue(SETTER_UP, name).secret
