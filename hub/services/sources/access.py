"""Whom to ask, and as whom: addresses that may be asked, and credentials that stay out of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from hub.errors import InvalidInputError

_PORTS = {"http": 80, "https": 443}
_OBJECTS = "/objects"
MAX_URL_CHARS = 2_048


@dataclass(frozen=True, slots=True)
class Access:
    """A collection on another server (TAXII 2.1 section 5.2), and who asks.

    url: as `collection_url` gives it. user, token: HTTP Basic; a token alone is sent as Bearer; neither: anonymous.
    ca_file: the authorities that may vouch for the server, in place of those that are trusted usually.
    Raises: InvalidInputError: a user without a token, or one that no header can carry.
    """

    url: str
    user: str | None = None
    token: str | None = field(default=None, repr=False)
    ca_file: Path | None = None

    def __post_init__(self) -> None:
        if self.user is not None and (not self.user.isprintable() or ":" in self.user or not self.user):
            raise InvalidInputError("a user's name has no colon and is printable (RFC 7617 section 2)")
        if self.user is not None and self.token is None:
            raise InvalidInputError("a user without a token")
        if self.token is not None and not (self.token.isascii() and self.token.isprintable() and self.token.strip()):
            raise InvalidInputError("the token is empty or has signs that no HTTP header can carry")


def collection_url(text: str, *, insecure_http: bool = False) -> str:
    """Check the address of a collection; give it with a slash at its end.

    The address of its objects is understood too. insecure_http: plain HTTP beyond loopback.

    Raises: InvalidInputError: another scheme, plain HTTP to another machine, credentials, a query or a fragment in it.
    """
    if len(text) > MAX_URL_CHARS or not text.isprintable() or not text.isascii() or " " in text or "\\" in text:
        raise InvalidInputError("the address is too long, or has signs that belong in no address")
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise InvalidInputError("this is no address of a collection") from None
    if "@" in parts.netloc:  # it is not repeated: it would stand in logs
        raise InvalidInputError("credentials never stand in an address: give --user, and the token apart")
    if parts.scheme not in _PORTS or not parts.hostname:
        raise InvalidInputError(f"{text}: an address begins with https://")
    if parts.query or parts.fragment:
        raise InvalidInputError(f"{text}: an address of a collection ends with its path")
    if parts.scheme == "http" and not insecure_http and not is_loopback(parts.hostname):
        raise InvalidInputError(f"{text}: plain HTTP would show token and content to the network; use https://")
    path = parts.path.rstrip("/").removesuffix(_OBJECTS)
    return SplitResult(parts.scheme, parts.netloc, f"{path}/", "", "").geturl()


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its name or number."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def origin(url: str) -> tuple[str, str, int]:
    """Give scheme, host and port of an address: what credentials are meant for.

    Raises: ValueError: it has none.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        raise ValueError("no address of a server")
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]
