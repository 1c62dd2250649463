"""Persons at a real browser: they take up an invitation, and are signed in from then on."""

from __future__ import annotations

import pyotp

from tests.hub.console.chromium import Watched

PASSWORD = "seven lamps over the harbour"


def come_in(browser: Watched, link: str) -> None:
    """Take up an invitation as anybody would: a password, an authenticator app, and its first code."""
    browser.driver.get(link)
    secret = browser.find("#main .qr code").text
    browser.fill(password=PASSWORD, repeated=PASSWORD, code=pyotp.TOTP(secret).now())
    browser.press("Set these and sign in")
    assert browser.path == "/", browser.text
