"""The console as browsers without a screen see it: the real application, signed in as an account, page by page."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from hub.application import Hub
from hub.console.app import create_app
from hub.console.doorkeeper import COOKIE
from hub.doors import PREFIX
from hub.model.entrance import Session
from tests.hub.services.world import World

ORIGIN = "http://localhost"


@dataclass
class Browser:
    """One account's browser. Paths are as they stand after /console."""

    client: FlaskClient
    csrf: str = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        """Ask for a page."""
        return self.client.get(path, base_url=f"{ORIGIN}{PREFIX}", **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form as its page would: with the token, from this site."""
        form = {"csrf": self.csrf, **(data or {})}
        more.setdefault("headers", {"Origin": ORIGIN})
        return self.client.post(path, base_url=f"{ORIGIN}{PREFIX}", data=form, **more)


@dataclass
class Site:
    """A community and its console."""

    world: World
    hub: Hub
    app: Any = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.hub)
        self.app.testing = True  # what no view caught is the test's

    def browser(self, account: str = "") -> Browser:
        """Give a browser that is signed in as the account; "" for one that is not."""
        client = self.app.test_client()
        if not account:
            return Browser(client)
        secret, csrf, now = secrets.token_hex(32), secrets.token_hex(16), datetime.now(UTC)
        digest = hashlib.sha256(secret.encode()).digest()
        self.world.store.sessions.start(Session(digest, account, now, now, csrf))
        client.set_cookie(COOKIE, secret, path=PREFIX)
        return Browser(client, csrf)


def words(response: TestResponse) -> str:
    """Give what a page says, without its elements, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", response.get_data(as_text=True))).split())
