"""A real Chromium (Debian's package), watched while it walks: what it logs, whom it asks, what axe-core finds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = "" if CHROMIUM and DRIVER else "no Chromium here: apt-get install chromium chromium-driver"
"""Why tests that want a browser are skipped; "" if it is there."""

_AXE = Path(__file__).with_name("assets") / "axe-4.14.1.min.js"
_SIZE = (1280, 900)
_OUTSIDE = {"http", "https", "ws", "wss"}


class Watched:
    """One browser. base: scheme, host and port of the hub; paths are as they stand after /console."""

    def __init__(self, driver: webdriver.Chrome, base: str) -> None:
        self.driver = driver
        self.base = base

    def open(self, path: str) -> None:
        """Go to a page."""
        self.driver.get(f"{self.base}/console{path}")

    @property
    def path(self) -> str:
        """Where the browser is, after /console."""
        return urlsplit(self.driver.current_url).path.removeprefix("/console")

    @property
    def text(self) -> str:
        """What the page's main part says."""
        return self.driver.find_element(By.ID, "main").text

    def find(self, selector: str) -> WebElement:
        """Find an element of the page by a CSS selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        """Find all elements of the page by a CSS selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def fill(self, **fields: str) -> None:
        """Type into fields by their names; a choice takes the value, a file its path."""
        for name, value in fields.items():
            field = self.find(f"#main [name='{name}']")
            if field.tag_name == "select":
                field.find_element(By.CSS_SELECTOR, f"option[value='{value}']").click()
            else:
                if field.get_attribute("type") not in {"file", "date"}:
                    field.clear()
                field.send_keys(value)

    def press(self, words: str) -> None:
        """Press the button, or follow the link, of the main part that says these words; wait for the next page."""
        before = self.find("html")
        xpath = f'//main//*[self::button or self::a or self::summary][contains(normalize-space(.), "{words}")]'
        found = self.driver.find_elements(By.XPATH, xpath)
        assert found, f"nothing to press says {words!r} at {self.path}: {self.text[:400]}"
        found[0].click()
        self._settle(before)

    def _settle(self, before: WebElement) -> None:
        """Wait until the page that was pressed on is gone, or stays because nothing was to load."""
        from selenium.common.exceptions import TimeoutException, WebDriverException
        from selenium.webdriver.support.expected_conditions import staleness_of
        from selenium.webdriver.support.wait import WebDriverWait

        try:
            WebDriverWait(self.driver, 2, poll_frequency=0.05).until(staleness_of(before))
        except TimeoutException:
            return
        except WebDriverException as error:  # asked in the middle of the change, the driver words it otherwise
            if "does not belong to the document" not in str(error.msg):
                raise

    def faults(self) -> list[str]:
        """Give what the browser complained of since it was last asked: errors, policy violations, other hosts."""
        said = [each["message"] for each in self.driver.get_log("browser") if each["level"] in {"SEVERE", "WARNING"}]
        return [each for each in said if "status of 4" not in each] + self._strangers()

    def axe(self) -> list[str]:
        """Give what axe-core finds serious or critical on this page (WCAG 2.2 A and AA)."""
        self.driver.execute_script(_AXE.read_text("utf-8"))
        found = self.driver.execute_async_script(
            "axe.run(document, {resultTypes: ['violations']}).then(arguments[arguments.length - 1])"
        )
        return [
            f"{self.path}: {each['id']}: {node['html'][:160]}"
            for each in found["violations"]
            if each["impact"] in {"serious", "critical"}
            for node in each["nodes"]
        ]

    def picture(self, file: Path) -> None:
        """Take a picture of the whole page."""
        height = self.driver.execute_script("return document.documentElement.scrollHeight")
        self.driver.set_window_size(_SIZE[0], min(max(height, _SIZE[1]), 2_400))
        file.parent.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(file))
        self.driver.set_window_size(*_SIZE)

    def _strangers(self) -> list[str]:
        """Give the requests of the browser's pages to anybody but the hub."""
        host = urlsplit(self.base).netloc
        asked: Iterator[dict[str, Any]] = (
            json.loads(each["message"])["message"] for each in self.driver.get_log("performance")
        )
        urls = [each["params"]["request"]["url"] for each in asked if each["method"] == "Network.requestWillBeSent"]
        parts = [(url, urlsplit(url)) for url in urls]
        return [f"asked {url}" for url, part in parts if part.scheme in _OUTSIDE and part.netloc != host]


@contextmanager
def chromium(base: str, profile: Path, *, scripts: bool = True) -> Iterator[Watched]:
    """Start a browser with a profile of its own. scripts: whether pages may run any."""
    options = Options()
    options.binary_location = CHROMIUM or ""
    for word in (
        "--headless=new",
        "--no-sandbox",  # tests run as root, in a container
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        f"--user-data-dir={profile}",
        f"--window-size={_SIZE[0]},{_SIZE[1]}",
    ):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    if not scripts:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    driver = webdriver.Chrome(options=options, service=Service(executable_path=DRIVER))
    driver.set_script_timeout(30)
    driver.implicitly_wait(2)
    try:
        yield Watched(driver, base)
    finally:
        driver.quit()
