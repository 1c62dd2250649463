"""How common TAXII clients are set up for an account, ready to paste; the texts are in texts/*/setups.toml.

Sources: the clients' own forms and settings as of November 2026 (OpenCTI's connector taxii2, MISP's TAXII servers,
Elastic's ti_custom, XSOAR's TAXII 2 Feed). Nothing is known of Splunk over TAXII 2.1: a script pulls for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request

from hub.console.here import hub
from hub.console.pages import t
from hub.services.sharing import Access

CLIENTS = ("curl", "taxii2client", "opencti", "misp", "sentinel", "splunk", "elastic", "xsoar")
_DISCOVERY, _API_ROOT = "/taxii2/", "/api/"


@dataclass(frozen=True, slots=True)
class Client:
    """One client: its name, where to begin, and what to paste."""

    name: str
    words: str
    code: str


@dataclass(frozen=True, slots=True)
class Setup:
    """What clients of an account are told. places: the collections with the URL of each."""

    account: str
    discovery: str
    api_root: str
    places: tuple[tuple[Access, str], ...]
    clients: tuple[Client, ...]


def set_up(account: str, accesses: Sequence[Access], secret: str | None) -> Setup:
    """Put together all set-ups. secret: of a token that was just made; None for a placeholder."""
    base = taxii_base()
    api_root = f"{base}{_API_ROOT}"
    places = tuple((each, f"{api_root}collections/{each.collection.id}/") for each in accesses)
    reads = next((place for place in places if place[0].can_read), None)
    access, url = reads or (places[0] if places else (None, f"{api_root}collections/{t('setups.no_collection')}/"))
    values = {
        "discovery": f"{base}{_DISCOVERY}",
        "api_root": api_root,
        "collection": access.collection.id if access else t("setups.no_collection"),
        "title": access.collection.title if access else t("setups.no_collection"),
        "url": url,
        "account": account,
        "token": secret or t("setups.placeholder"),
    }
    clients = (
        Client(t(f"setups.{each}.name"), t(f"setups.{each}.words", **values), t(f"setups.{each}.code", **values))
        for each in CLIENTS
    )
    return Setup(account, values["discovery"], api_root, places, tuple(clients))


def taxii_base() -> str:
    """Give scheme, host and port of TAXII: this host's, or the name it has for itself."""
    here = urlsplit(request.host_url)
    name = hub().settings.taxii_name
    host = f"{name}:{here.port}" if name and here.port else name or here.netloc
    return f"{here.scheme}://{host}"
