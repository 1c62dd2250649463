"""Both doors of one hub behind one address: TAXII for machines, the console for people.

They share nothing but the hub: the console takes no credentials of TAXII, TAXII no cookies. With a host name of its
own (settings console_name, taxii_name) each is found under that alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from hub.console import app as console
from taxii_server import app as taxii
from taxii_server import journal, metrics
from taxii_server.proxies import Proxies

if TYPE_CHECKING:
    from hub.application import Hub

PREFIX = "/console"
"""Where the console's pages begin; its cookie is for these paths alone."""

_PROBES = frozenset({"/healthz", "/readyz"})
"""For machines that watch the hub, under whatever name they have for it."""

_Environ = dict[str, Any]
Wsgi = Callable[[_Environ, Callable[..., Any]], Iterable[bytes]]


def create_application(hub: Hub) -> Wsgi:
    """Build both applications for one hub, whose store this process has opened itself."""
    hub.exploring.keep_ready()
    people = console.create_app(hub)
    for install in (journal.install, metrics.install):
        install(people)
    settings = hub.settings
    pages = Proxies(people.wsgi_app, settings.proxies)
    return Doorway(taxii.create_app(hub), pages, taxii_name=settings.taxii_name, console_name=settings.console_name)


class Doorway:
    """Hands each request to the door it is for, by host name and path."""

    def __init__(self, machines: Wsgi, people: Wsgi, *, taxii_name: str = "", console_name: str = "") -> None:
        self._machines = machines
        self._people = people
        self._taxii_name = taxii_name.lower()
        self._console_name = console_name.lower()

    def __call__(self, environ: _Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        path = environ.get("PATH_INFO", "")
        name = _name_in(environ)
        if not self._is_for_people(environ, name, path):
            if self._taxii_name not in {"", name} and path.rstrip("/") not in _PROBES:
                return _answered(start_response, "421 Misdirected Request")
            environ.pop("HTTP_COOKIE", None)
            return self._machines(environ, start_response)
        environ.pop("HTTP_AUTHORIZATION", None)
        if path == "/":  # somebody typed the host's name
            return _answered(start_response, "303 See Other", ("Location", f"{PREFIX}/"))
        environ["SCRIPT_NAME"] = PREFIX
        environ["PATH_INFO"] = path.removeprefix(PREFIX)
        return self._people(environ, start_response)

    def _is_for_people(self, environ: _Environ, name: str, path: str) -> bool:
        if self._console_name and name == self._console_name:
            return True
        if self._console_name or (self._taxii_name and name == self._taxii_name):
            return False
        if path == "/":  # a browser; to a machine there is nothing
            return "text/html" in environ.get("HTTP_ACCEPT", "")
        return path == PREFIX or path.startswith(f"{PREFIX}/")


def _name_in(environ: _Environ) -> str:
    """Give the host name of the request, without the port."""
    host: str = environ.get("HTTP_HOST", "").lower()
    return re.sub(r":[0-9]*\Z", "", host)


def _answered(start_response: Callable[..., Any], status: str, *headers: tuple[str, str]) -> Iterable[bytes]:
    start_response(status, [*headers, ("Content-Length", "0")])
    return [b""]
