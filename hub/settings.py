"""How one hub is set up: a TOML file, then `HUB_*` of the environment; a field for everything, nothing else.

The file is DATA/hub.toml if there is one, or what HUB_CONFIG names. There is no secret among the settings.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any

from hub.errors import SettingsError

CONFIG_NAME = "hub.toml"
_PREFIX = "HUB_"
_NOT_SETTINGS = frozenset({"HUB_CA_FILE", "HUB_CONFIG", "HUB_PULL_TOKEN", "HUB_PUSH_TOKEN"})


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. Numbers are whole and within the bounds given with each."""

    data: Path = Path("var")
    """The folder that holds the hub (mode 0700)."""

    host: str = "127.0.0.1"
    """The address to listen on; anything but loopback wants TLS, here or in front."""

    port: int = field(default=6100, metadata={"from": 1, "to": 65_535})
    """The TCP port to listen on."""

    workers: int = field(default=2, metadata={"from": 1, "to": 64})
    """Processes that answer requests."""

    blocking_threads: int = field(default=8, metadata={"from": 1, "to": 256})
    """Requests one worker answers at a time."""

    backlog: int = field(default=256, metadata={"from": 1, "to": 65_535})
    """Connections that may wait to be taken up."""

    max_connections: int = field(default=512, metadata={"from": 1, "to": 65_535})
    """Requests that may be under way at a time, over all workers; more wait in the backlog."""

    tls_cert: str = ""
    """A PEM file with the certificate and its chain; with tls_key the hub speaks HTTPS."""

    tls_key: str = ""
    """The PEM file of the certificate's private key, for its owner alone."""

    trusted_proxies: str = ""
    """Networks of the proxies in front, with commas between: X-Forwarded-For and -Proto are taken from them alone."""

    metrics_port: int = field(default=0, metadata={"from": 0, "to": 65_535})
    """The port of the loopback on which Prometheus is answered; 0 for none."""

    log_level: str = field(default="warning", metadata={"of": ("debug", "info", "warning", "error")})
    """From which level on the server logs, as JSON lines on stderr; `info` has a line for each request."""

    min_free_bytes: int = field(default=268_435_456, metadata={"from": 0, "to": 2**60})
    """Bytes that must be free on the hub's disk for `/readyz` to say yes."""

    title: str = "Atlas sharing hub"
    """What the discovery answer calls this hub (TAXII 2.1 section 4.1)."""

    description: str = "Vetted sharing of cybercrime research under TLP 2.0"
    """The discovery answer's description."""

    contact: str = ""
    """Whom to turn to, as the discovery answer says it; left out if empty."""

    oidc_issuer: str = ""
    """The identity provider through which persons may sign in too (OpenID Connect), as its issuer; empty: none."""

    oidc_client_id: str = ""
    """What the identity provider knows this hub as."""

    oidc_secret_file: str = ""
    """A file with the secret that the identity provider gave this hub, for its owner alone; empty: it gave none."""

    oidc_name: str = ""
    """What people call the identity provider; empty: its host's name."""

    console_name: str = ""
    """The host name under which the console is served, and nothing else; empty: under any, beside TAXII."""

    taxii_name: str = ""
    """The host name under which TAXII is served, and nothing else; empty: under any, beside the console."""

    max_content_bytes: int = field(default=33_554_432, metadata={"from": 1_024, "to": 1_073_741_824})
    """Bytes one push may have (TAXII 2.1 section 4.2)."""

    max_objects: int = field(default=50_000, metadata={"from": 1, "to": 1_000_000})
    """Objects one push may have."""

    max_object_bytes: int = field(default=8_388_608, metadata={"from": 1_024, "to": 1_073_741_824})
    """Bytes one object may have; a bigger one is refused alone."""

    max_depth: int = field(default=64, metadata={"from": 8, "to": 64})
    """Levels of nesting JSON may have."""

    default_page: int = field(default=1_000, metadata={"from": 1, "to": 100_000})
    """Entries of a page where the client names no limit."""

    max_page: int = field(default=5_000, metadata={"from": 1, "to": 100_000})
    """Entries a page has at most, whatever the client asks for."""

    max_failed_per_address: int = field(default=300, metadata={"from": 1, "to": 1_000_000})
    """Failed sign-ins heard from one address (IPv6: one /64) in a window; then it is told to wait (429)."""

    max_failed_per_account: int = field(default=30, metadata={"from": 1, "to": 1_000_000})
    """Failed sign-ins heard under one account's name in a window; the right token always comes in."""

    failed_window_seconds: int = field(default=300, metadata={"from": 1, "to": 86_400})
    """Seconds for which failed sign-ins are counted."""

    token_days: int = field(default=365, metadata={"from": 1, "to": 3_650})
    """Days a token lasts where nothing is said."""

    session_idle_seconds: int = field(default=1_800, metadata={"from": 60, "to": 86_400})
    """Seconds after which a console session ends in which nothing was asked."""

    session_hours: int = field(default=12, metadata={"from": 1, "to": 168})
    """Hours a console session lasts at most."""

    invitation_hours: int = field(default=72, metadata={"from": 1, "to": 720})
    """Hours a person has to take up an invitation to the console."""

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The trusted proxies as networks. Raises: SettingsError: one is none."""
        try:
            return tuple(ip_network(each.strip()) for each in self.trusted_proxies.split(",") if each.strip())
        except ValueError as error:
            raise SettingsError(f"trusted_proxies: {error}") from error


def load(environment: Mapping[str, str] | None = None, data: Path | None = None) -> Settings:
    """Read the settings. environment: os.environ if not given; data: stands above file and environment.

    Raises: SettingsError: an unknown key, a value of the wrong form or out of bounds, an unreadable file.
    """
    environment = os.environ if environment is None else environment
    folder = data or Path(environment.get("HUB_DATA") or Settings().data)
    values: dict[str, Any] = _from_file(environment.get("HUB_CONFIG"), folder)
    values |= _from_environment(environment)
    values["data"] = folder
    settings = Settings(**values)
    if settings.default_page > settings.max_page:
        raise SettingsError(f"default_page {settings.default_page} is above max_page {settings.max_page}")
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise SettingsError("tls_cert and tls_key go together: give both, or neither")
    _ = settings.proxies  # so that a network that is none is said now
    return settings


def _from_file(named: str | None, folder: Path) -> dict[str, Any]:
    path = Path(named) if named else folder / CONFIG_NAME
    if not named and not path.exists():
        return {}
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error
    if "data" in table:
        raise SettingsError(f"{path}: data is not set in a file: give --data or HUB_DATA")
    return {key: _checked(f"{path}: {key}", key, value) for key, value in table.items()}


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    named = {key: value for key, value in environment.items() if key.startswith(_PREFIX)}
    values: dict[str, Any] = {}
    for name, text in named.items():
        if name in _NOT_SETTINGS:
            continue
        key = name.removeprefix(_PREFIX).lower()
        value = int(text) if _is_whole(key) and text.isascii() and text.isdigit() else text
        values[key] = _checked(name, key, value)
    return values


def _checked(place: str, key: str, value: object) -> Any:
    """Give the value if the setting exists and takes it."""
    known = Settings.__dataclass_fields__.get(key)
    if known is None:
        names = ", ".join(each.name for each in fields(Settings))
        raise SettingsError(f"{place}: there is no such setting; there are {names}")
    if not _is_whole(key):
        if not isinstance(value, str):
            raise SettingsError(f"{place}: a text is needed")
        if value not in (words := known.metadata.get("of", (value,))):
            raise SettingsError(f"{place}: one of {', '.join(words)} is needed")
        return value
    low, high = known.metadata["from"], known.metadata["to"]
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise SettingsError(f"{place}: a whole number from {low} to {high} is needed")
    return value


def _is_whole(key: str) -> bool:
    known = Settings.__dataclass_fields__.get(key)
    return known is not None and "from" in known.metadata
