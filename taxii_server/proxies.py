"""What a proxy in front says of a request, believed from the proxies named in the settings and nobody else.

The address decides what a token opens and whose failures are counted, so a stranger must not choose it. His
header is refused and not passed over: either he tries, or a proxy is missing in the settings, and both should show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from taxii_server.errors import message

_FOR, _PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO"
_SAID = (_FOR, _PROTO, "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")
_STRANGER = "X-Forwarded-For and its like are taken from the proxies named with --trusted-proxy, and you are none"
_UNREADABLE = "X-Forwarded-For is no list of addresses, or X-Forwarded-Proto neither http nor https"
_MAX_HOPS = 16

Network = IPv4Network | IPv6Network


class Proxies:
    """Puts the client's address and scheme where the application looks for them, or refuses the request."""

    def __init__(self, app: Callable[..., Iterable[bytes]], trusted: Sequence[Network]) -> None:
        self._app = app
        self._trusted = trusted

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        if any(name in environ for name in _SAID):
            against = self._resolve(environ)
            if against is not None:
                return message(HTTPStatus.BAD_REQUEST, against)(environ, start_response)
        return self._app(environ, start_response)

    def _resolve(self, environ: dict[str, Any]) -> str | None:
        """Take the headers in and out of the request; give what is wrong with them."""
        if not self._trusts(_address(environ.get("REMOTE_ADDR", ""))):
            return _STRANGER
        said, proto = environ.pop(_FOR, None), environ.pop(_PROTO, None)
        for name in _SAID:
            environ.pop(name, None)
        if proto is not None:
            if proto.lower() not in {"http", "https"}:
                return _UNREADABLE
            environ["wsgi.url_scheme"] = proto.lower()
        if said is not None:
            client = self._client(said)
            if client is None:
                return _UNREADABLE
            environ["REMOTE_ADDR"] = str(client)
        return None

    def _client(self, said: str) -> IPv4Address | IPv6Address | None:
        """Give the last address that is no trusted proxy: what stands before it could be anybody's invention."""
        hops = [_address(hop.strip()) for hop in said.split(",", _MAX_HOPS)]
        for hop in reversed(hops):
            if hop is None or not self._trusts(hop):
                return hop
        return hops[0]

    def _trusts(self, address: IPv4Address | IPv6Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
