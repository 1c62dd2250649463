"""Two doors behind one address: machines and people don't meet."""

from __future__ import annotations

import pytest
from werkzeug.test import Client

from hub.doors import Doorway


def _telling(name: str):
    """Give an application that says who it is, where it was asked, and what it was shown."""

    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        seen = [key for key in ("HTTP_COOKIE", "HTTP_AUTHORIZATION") if key in environ]
        return [f"{name} {environ['SCRIPT_NAME']} {environ['PATH_INFO']} {' '.join(seen)}".strip().encode()]

    return app


def _ask(doorway: Doorway, path: str, host: str = "hub.example") -> str:
    headers = {"Cookie": "hub_session=x", "Authorization": "Bearer y"}
    return Client(doorway, use_cookies=False).get(path, base_url=f"https://{host}", headers=headers).text


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/console/", "people /console / HTTP_COOKIE"),
        ("/console/objects/x", "people /console /objects/x HTTP_COOKIE"),
        ("/taxii2/", "machines  /taxii2/ HTTP_AUTHORIZATION"),
        ("/consoles/", "machines  /consoles/ HTTP_AUTHORIZATION"),
        ("/api/collections/", "machines  /api/collections/ HTTP_AUTHORIZATION"),
    ],
)
def test_the_path_says_which_door(path, answer):
    """The console gets no credentials of machines, TAXII no cookies."""
    assert _ask(Doorway(_telling("machines"), _telling("people")), path) == answer


def test_who_types_the_name_of_the_host_comes_to_the_console():
    """A person who asks for / is led on; a machine never does."""
    client = Client(Doorway(_telling("machines"), _telling("people")))
    answer = client.get("/", headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer.location) == (303, "/console/")
    assert client.get("/").text == "machines  /"


def test_with_names_of_their_own_each_is_found_under_its_own_alone():
    """A page can't be had under TAXII's name, nor a feed under the console's."""
    doorway = Doorway(
        _telling("machines"), _telling("people"), taxii_name="taxii.hub.example", console_name="console.hub.example"
    )
    assert _ask(doorway, "/console/", "console.hub.example").startswith("people")
    assert _ask(doorway, "/taxii2/", "console.hub.example").startswith("people")
    assert _ask(doorway, "/console/", "taxii.hub.example:6100").startswith("machines")
    for path, host in (("/console/", "other.example"), ("/taxii2/", "other.example"), ("/taxii2/", "[::1]:6100")):
        assert Client(doorway).get(path, base_url=f"https://{host}").status_code == 421
    assert _ask(doorway, "/healthz", "127.0.0.1").startswith("machines")
