"""The way in with a real browser: its passkeys, the picture for an app, and nothing the policy forbids."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from pyotp import TOTP
from selenium.webdriver.common.virtual_authenticator import VirtualAuthenticatorOptions
from selenium.webdriver.support.wait import WebDriverWait

from tests.hub.console.chromium import MISSING, chromium
from tests.processes import free_port, hub, serving

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)
PASSWORD = "lantern gravel otter nine"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Serve a hub with two persons; give its folder and the address by name, without which there are no passkeys."""
    data, port = tmp_path_factory.mktemp("entrance") / "var", free_port()
    hub(data, "init")
    hub(data, "partner", "add", "police-x", "--kind", "member")
    for name in ("x-xan", "x-yara"):
        hub(data, "account", "add", name, "--partner", "police-x", "--kind", "person")
    with serving(data, port, "serve"):
        yield data, f"http://localhost:{port}"


def link(data, account):
    """Invite somebody; give the path of the link after /console."""
    (made,) = hub(data, "account", "invite", account)
    return urlsplit(made["link"]).path.removeprefix("/console")


def arrives(browser, path):
    """Wait until the browser is there: hashing a password takes its time on a busy machine."""
    WebDriverWait(browser.driver, 20, poll_frequency=0.05).until(lambda _: browser.path == path)


def watched(browser):
    """Hold a page to what every page is held to."""
    assert browser.faults() == []
    assert browser.axe() == []


def test_a_passkey_is_made_and_opens(served, tmp_path):
    """From the invitation on: no password was ever typed; a second one is added, and the first removed."""
    data, base = served
    with chromium(base, tmp_path) as browser:
        options = VirtualAuthenticatorOptions()
        options.transport, options.has_resident_key = VirtualAuthenticatorOptions.Transport.INTERNAL, True
        options.has_user_verification = options.is_user_verified = True
        browser.driver.add_virtual_authenticator(options)
        browser.open(link(data, "x-xan"))
        watched(browser)
        browser.fill(label="laptop")
        browser.press("Make a passkey")
        arrives(browser, "/")
        assert "You are in" in browser.find("[role=status]").text
        browser.open("/you")
        assert "laptop" in browser.text
        watched(browser)
        browser.press("Sign out everywhere")
        arrives(browser, "/sign-in")
        watched(browser)
        browser.press("Sign in with a passkey")
        arrives(browser, "/")
        assert browser.faults() == []


def test_without_scripts_password_and_code_do(served, tmp_path):
    """No passkey is offered; the secret under the picture, typed into an app, gives the code."""
    data, base = served
    with chromium(base, tmp_path, scripts=False) as browser:
        browser.driver.set_window_size(1280, 1600)  # without scripts the driver can't scroll
        browser.open(link(data, "x-yara"))
        assert "Make a passkey" not in browser.text
        assert browser.find(".qr svg").is_displayed()
        code = TOTP(browser.find(".qr code").text).at(datetime.now(UTC))
        browser.fill(password=PASSWORD, repeated=PASSWORD, code="000000")
        browser.press("Set these and sign in")
        assert "not the code" in browser.text
        browser.fill(password=PASSWORD, repeated=PASSWORD, code=code)
        browser.press("Set these and sign in")
        arrives(browser, "/")
        browser.open("/you/password")
        browser.fill(current="wrong", password=PASSWORD, repeated=PASSWORD)
        browser.press("Save the password")
        assert "not your password" in browser.text
        assert browser.faults() == []
