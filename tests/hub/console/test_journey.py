"""A community's day at real browsers: from an invitation to what the police pull, and back to why."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from taxii2client.v21 import Collection, as_pages

from hub.cli.demonstration.welcome import FRAUD_ID
from tests.hub.console.chromium import MISSING, Watched, chromium
from tests.hub.console.people import come_in
from tests.processes import free_port, serving

pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

VALUE = "glass-heron-pay.example"
SHEET = f"domain,first seen,note\n{VALUE},2026-11-02,panel of the phishing kit\n"
PICTURES = os.environ.get("PICTURES")
"""A folder for pictures of the pages, if they are wanted."""


@dataclass
class Demo:
    """A served demo hub and what it printed."""

    base: str
    links: dict[str, str]
    tokens: dict[str, str]
    folder: Path
    stack: ExitStack

    def browser(self, name: str, *, scripts: bool = True) -> Watched:
        """Start a browser of somebody's own."""
        return self.stack.enter_context(chromium(self.base, self.folder / name, scripts=scripts))

    def pulled(self, account: str) -> dict[str, str]:
        """Give what an account pulls over TAXII of the fraud collection: ids by name or value."""
        url = f"{self.base}/api/collections/{FRAUD_ID}/"
        with closing(Collection(url, user=account, password=self.tokens[account])) as fraud:
            pages = list(as_pages(fraud.get_objects, per_request=1_000))
        found = [each for page in pages for each in page.get("objects", [])]
        return {each.get("name") or each.get("value") or each["id"]: each["id"] for each in found}


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """Serve a new demo hub."""
    port = free_port()
    data = tmp_path / "demo" / "hub"
    data.parent.mkdir()
    with serving(data, port, "demo", "--json") as log, ExitStack() as stack:
        printed = next(json.loads(line) for line in log.read_text().splitlines() if line.startswith("{"))
        tokens = {each["account"]: each["token"] for each in printed["partners"]}
        yield Demo(f"http://127.0.0.1:{port}", printed["invitations"], tokens, tmp_path, stack)


def _look(browser: Watched, *paths: str) -> None:
    """Open pages; none may break a rule of the browser's, ask anybody else, or shut somebody out (axe-core)."""
    for path in paths:
        if path:
            browser.open(path)
        assert browser.faults() == [], browser.path
        assert browser.axe() == [], browser.path
        if PICTURES:
            name = f"{browser.find('.me summary').text.split()[0]}{browser.path.replace('/', '-').rstrip('-')}.png"
            browser.picture(Path(PICTURES) / name)


def _choose(browser: Watched, label: str, value: str) -> None:
    """Choose in a field by what it is labelled as."""
    browser.find(f"#main select[aria-label='{label}'] option[value='{value}']").click()


def _invite(ada: Watched) -> str:
    """Take up a partner and its analyst; give the analyst's link."""
    ada.open("/partners")
    ada.fill(name="pay-co", kind="member", contact="Nel, +31 20 555 01 02", agreement_ends="06302027")
    ada.press("Add the partner")
    ada.fill(account="nel", kind="person")
    for role in ("contributor", "reader"):
        ada.find(f"#main input[name='roles'][value='{role}']").click()
    ada.press("Add the account")
    ada.fill(reason="Analyst of the newcomer")
    ada.press("Apply 1 change")
    ada.press("Make an invitation link")
    link = ada.find("#link").text
    _look(ada, "", "/partners", "/partners/pay-co", "/accounts/nel")
    return link


def _form_group(ada: Watched) -> None:
    """Form a group of two partners, with a look at what that changes before it does."""
    ada.open("/groups")
    ada.fill(name="g-pay")
    ada.press("Form the group")
    ada.open("/groups/g-pay")
    for partner in ("pay-co", "police-x"):
        ada.find(f"#main input[name='join'][value='{partner}']").click()
    ada.press("Show what that changes")
    assert "pay-co joins g-pay" in ada.text
    ada.press("Apply 2 changes")
    _look(ada, "/groups", "/groups/g-pay")


def _grant(ada: Watched) -> None:
    """Let the newcomer pull and push: who gains how much is named before it is done."""
    ada.open("/access")
    _choose(ada, "pay-co on Fraud infrastructure", "both")
    ada.press("Show what that changes")
    assert "nel pay-co +" in ada.find("#main table").text
    _look(ada, "")
    ada.fill(reason="Joins the fraud desk")
    ada.press("Apply")
    _look(ada, "/access", f"/access/{FRAUD_ID}")


def _push(nel: Watched, sheet: Path) -> None:
    """Push a sheet from the browser, once what is in it was shown."""
    nel.open("/push")
    nel.fill(file=str(sheet), collection=FRAUD_ID, level="green")
    nel.press("Read the file")
    _look(nel, "")
    nel.press("Send ")
    assert "in review" in nel.text
    _look(nel, "", "/", "/push", "/contributions", "/tokens", "/tokens/setup", "/questions", "/groups", "/feeds")


def _release(ada: Watched) -> None:
    """Look at what waits and who would get it, then let it out."""
    ada.open("/intake")
    _look(ada, "")
    ada.driver.find_element(By.XPATH, "//main//tr[contains(., 'pay-co')]//a").click()
    assert VALUE in ada.text
    _look(ada, "")
    ada.press("Release…")
    assert "police-x" in ada.text
    _look(ada, "")
    ada.press("Release ")


def _find(xan: Watched) -> str:
    """Look for the value as it stands in a report; give the id of what is found."""
    xan.find("#find").send_keys(VALUE.replace(".", "[.]") + "\n")
    xan.driver.find_element(By.LINK_TEXT, VALUE).click()
    assert "pay-co" not in xan.text  # who pushed it is not told
    id_ = xan.path.rpartition("/")[2]
    _look(xan, "", "/", "/search?q=glass", "/search", "/intake", "/why", "/audit", "/tokens", "/objects/nothing")
    return id_


def _raise(ada: Watched, id_: str) -> None:
    """Ask who sees it and why, then raise it: the preview names who loses it."""
    ada.open(f"/why?account=x-pull&object={id_}")
    assert "sees it" in ada.text
    _look(ada, "", f"/why?object={id_}", f"/objects/{id_}", "/feeds", "/audit", "/tokens", "/questions", "/you")
    ada.open(f"/objects/{id_}/marking")
    ada.fill(level="red", reason="Ongoing operation")
    ada.press("Show who loses it")
    assert "x-pull" in ada.text
    _look(ada, "")
    ada.press("Apply")


def _look_as(ada: Watched, id_: str) -> None:
    """Look as the police person for a moment: a banner on every page, nothing of one's own, nothing to change."""
    ada.open("/view-as?account=x-xan")
    ada.fill(account="x-xan", reason="They miss an object")
    ada.press("Begin to look")
    for path in ("/", "/search?q=glass", f"/objects/{id_}", "/feeds", "/audit", "/why"):
        _look(ada, path)
        assert "You look as x-xan" in ada.find(".banner").text
    ada.open("/partners")
    assert "Stop viewing first" in ada.text
    ada.find(".banner button").click()
    ada.open("/partners")
    assert "pay-co" in ada.text


def test_from_an_invitation_to_the_feed_and_to_why(demo: Demo):
    """A partner is invited and put in a group, pushes a sheet, a reviewer lets it out, the police pull and find it.

    Then it is explained, raised, and gone from the feed. No page is blocked, asks elsewhere or shuts anybody out.
    """
    ada, nel, xan = (demo.browser(name) for name in ("ada", "nel", "xan"))
    come_in(ada, demo.links["sec-ada"])
    _look(ada, "/")
    link = _invite(ada)
    _form_group(ada)
    _grant(ada)

    come_in(nel, link)
    sheet = demo.folder / "panels.csv"
    sheet.write_text(SHEET)
    _push(nel, sheet)
    assert VALUE not in demo.pulled("x-pull")
    _release(ada)
    assert VALUE in demo.pulled("x-pull")

    come_in(xan, demo.links["x-xan"])
    id_ = _find(xan)
    _look_as(ada, id_)
    _raise(ada, id_)
    assert VALUE not in demo.pulled("x-pull")
    xan.open(f"/objects/{id_}")
    gone = xan.text
    xan.open("/objects/domain-name--00000000-0000-4000-8000-000000000000")
    assert xan.text == gone  # hidden and absent are the same page


def test_every_way_is_open_without_scripts(demo: Demo):
    """With JavaScript off a person comes in, searches, reads, makes a token, signs out and in again."""
    xan = demo.browser("xan", scripts=False)
    come_in(xan, demo.links["x-xan"])
    xan.find("#find").send_keys("Glass Heron")
    xan.find("#find").submit()
    xan.driver.find_element(By.PARTIAL_LINK_TEXT, "Glass Heron").click()
    assert "Invented: Glass Heron" in xan.text
    xan.open("/tokens")
    xan.press("Make the token")
    assert "hub_" in xan.text
    for path in ("/", "/search", "/contributions", "/intake", "/questions", "/why", "/feeds", "/audit", "/you"):
        xan.open(path)
        assert xan.find("h1").text
    xan.find(".me summary").click()
    xan.find(".me form button").click()
    xan.open("/audit")
    assert xan.path == "/sign-in"
