"""The names of browsers in the list of sessions."""

from __future__ import annotations

import pytest

from hub.console.screens.entrance.browsers import named

WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox, Linux"),
        (WINDOWS, "Chrome, Windows"),
        (f"{WINDOWS} Edg/142.0.0.0", "Edge, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("x" * 200, "x" * 40),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_people_know_it(agent, name):
    """Not as all those it claims to be; what nobody knows says its own beginning."""
    assert named(agent) == name
