"""What is believed of a proxy's headers: from those that are trusted, and from nobody else."""

from __future__ import annotations

import json
from ipaddress import ip_network

import pytest

from taxii_server.proxies import Proxies

TRUSTED = [ip_network("10.0.0.0/24"), ip_network("2001:db8::5/128")]
PROXY, STRANGER = "10.0.0.5", "192.0.2.66"


def ask(peer: str, **headers: str) -> tuple[int, str, str]:
    """Send a request through; give the status and what the application took for address and scheme."""
    seen: list[str] = []
    status: list[str] = []

    def app(environ, start_response):
        seen.extend((environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]))
        assert not [name for name in environ if "FORWARDED" in name]
        start_response("200 OK", [])
        return [b""]

    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "REQUEST_METHOD": "GET", "PATH_INFO": "/"}
    environ |= {f"HTTP_{name}": value for name, value in headers.items()}
    body = b"".join(Proxies(app, TRUSTED)(environ, lambda line, _headers, _exc=None: status.append(line)))
    if not seen:
        assert json.loads(body)["http_status"] == status[0][:3]
        return int(status[0][:3]), "", ""
    return int(status[0][:3]), seen[0], seen[1]


@pytest.mark.parametrize(
    ("said", "address"),
    [
        (STRANGER, STRANGER),
        (f"{STRANGER}, 10.0.0.7", STRANGER),
        (f"127.0.0.1, {STRANGER}", STRANGER),
        (f"127.0.0.1,{STRANGER},10.0.0.7 , 10.0.0.9", STRANGER),
        ("10.0.0.7", "10.0.0.7"),
        ("2001:db8:1::9", "2001:db8:1::9"),
        (f"::ffff:{STRANGER}", STRANGER),
    ],
)
def test_the_last_that_is_no_proxy_is_the_client(said: str, address: str) -> None:
    """What a client wrote before it went through the proxies changes nothing."""
    assert ask(PROXY, X_FORWARDED_FOR=said, X_FORWARDED_PROTO="https") == (200, address, "https")


@pytest.mark.parametrize("peer", [STRANGER, "127.0.0.1", "", "nonsense", "10.0.1.5"])
@pytest.mark.parametrize("header", ["X_FORWARDED_FOR", "X_FORWARDED_PROTO", "X_FORWARDED_HOST", "FORWARDED"])
def test_a_stranger_is_refused(peer: str, header: str) -> None:
    """Whatever it is that he says of himself; without it he is welcome."""
    assert ask(peer, **{header: "10.0.0.5"})[0] == 400
    assert ask(peer) == (200, peer, "http")


@pytest.mark.parametrize("said", ["", "unknown", "192.0.2.1:80", f"{STRANGER}, x", ", ".join(["10.0.0.7"] * 99)])
def test_what_cannot_be_read_is_refused(said: str) -> None:
    """A trusted proxy that says no address is set up wrongly; guessing would open what a network closes."""
    assert ask(PROXY, X_FORWARDED_FOR=said)[0] == 400
    assert ask(PROXY, X_FORWARDED_PROTO="gopher")[0] == 400


def test_every_form_of_a_proxys_address_is_known() -> None:
    """IPv4 as IPv6 writes it, and IPv6."""
    assert ask(f"::ffff:{PROXY}", X_FORWARDED_FOR=STRANGER)[1] == STRANGER
    assert ask("2001:db8::5", X_FORWARDED_FOR=STRANGER)[1] == STRANGER
