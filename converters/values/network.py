"""Addresses, names, URLs and mailboxes in normal form; None for what is none."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import quote, urlsplit

import idna

MAX_URL_CHARS = 8_192
_MAX_HOST_CHARS = 253

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,59}})")
_V4 = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3})(?:/(\d{1,2})|:(\d{1,5}))?")
_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,20}")
_NEVER_IN_URL = re.compile(r'[\s<>"\x00-\x1f]')
_PLAIN_URI = re.compile(r"[A-Za-z0-9!#$%&'()*+,/:;=?@\[\]~._-]*")
# What most URLs look like, and what changes nothing in them: a cheap way past the full reading.
_NORMAL_URL = re.compile(rf"https?://(?=[^/]{{1,{_MAX_HOST_CHARS}}}/){_HOST.pattern}/[A-Za-z0-9!#$%&'()*+,/:;=?@~._-]*")
_DEFAULT_PORT = {"http": 80, "https": 443, "ftp": 21, "ws": 80, "wss": 443}
_URI_SAFE = "!#$%&'()*+,/:;=?@[]~-._"


def host(text: str) -> str | None:
    """Give a domain name in lower-case A-labels without the root's dot (RFC 1034, IDNA 2008)."""
    text = text.removesuffix(".").lower()
    if len(text) > _MAX_HOST_CHARS:
        return None
    if not text.isascii():
        try:
            text = idna.encode(text, uts46=True).decode("ascii")
        except idna.IDNAError:
            return None
    return text if len(text) <= _MAX_HOST_CHARS and _HOST.fullmatch(text) else None


def ip(text: str) -> str | None:
    """Give an IPv4 or IPv6 address or prefix; of `address:port` the address."""
    found = _V4.fullmatch(text)
    if found is None and ":" not in text:
        return None
    if found is not None and found[3]:
        text = found[1]
    elif text.startswith("["):
        text = re.sub(r"^\[([^\]]*)\](?::\d{1,5})?$", r"\1", text)
    try:
        if "/" in text:
            return str(ipaddress.ip_network(text, strict=True))
        return str(ipaddress.ip_address(text)) if "%" not in text else None
    except ValueError:
        return None


def email(text: str) -> str | None:
    """Give a mailbox, in lower case throughout: that is how senders are compared."""
    local, at, domain = text.rpartition("@")
    name = host(domain) if at and _MAILBOX.fullmatch(local) else None
    return f"{local.lower()}@{name}" if name else None


def url(text: str) -> str | None:
    """Give an absolute URL with its scheme and host in normal form and its path untouched (RFC 3986 section 6.2.2).

    Lower-case scheme and host, no default port; what no URI holds is percent-encoded as UTF-8.
    """
    if len(text) > MAX_URL_CHARS:
        return None
    if _NORMAL_URL.fullmatch(text):
        return text
    scheme, colon, rest = text.partition("://")
    scheme = scheme.lower()
    if not colon or not _SCHEME.fullmatch(scheme) or _NEVER_IN_URL.search(text):
        return None
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    place = _url_host(name)
    if place is None:
        return None
    login, at, _ = parts.netloc.rpartition("@")
    tail = rest[len(parts.netloc) :]
    suffix = "" if port is None or _DEFAULT_PORT.get(scheme) == port else f":{port}"
    return f"{scheme}://{login}{at}{place}{suffix}{tail if _PLAIN_URI.fullmatch(tail) else quote(tail, safe=_URI_SAFE)}"


def _url_host(name: str) -> str | None:
    if ":" in name:
        address = ip(name)
        return address and f"[{address}]"
    return host(name) or ip(name)
