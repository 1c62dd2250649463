"""What `hub demo` says: where the hub is, and for two partners who see different things how to ask it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FRAUD_ID = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
"""The collection in which the two partners see different things (community.toml)."""

_POLICE = (("police-x", "x-pull"), ("police-y", "y-pull"))

PEOPLE = {"sec-ada": "the secretariat", "a-ana": "a member, bank-a", "x-xan": "a police person, police-x"}
"""Who is invited to the console when the demo starts."""


_SNIPPET = """\
from taxii2client.v21 import Collection, as_pages
fraud = Collection("{url}", user="{account}", password="{token}")
for page in as_pages(fraud.get_objects, per_request=100):
    for each in page.get("objects", []):
        print(each["type"], each["id"], each.get("name", ""))"""

_CURL = """curl -s -u {account}:{token} '{url}objects/?limit=3'"""


@dataclass(frozen=True, slots=True)
class Welcome:
    """data: the hub's folder. base: scheme, host and port. tokens: by account, as kept.

    invitations: the secrets of one-time links to the console, by account.
    """

    data: Path
    base: str
    tokens: Mapping[str, str]
    invitations: Mapping[str, str]

    @property
    def discovery(self) -> str:
        """The URL a TAXII client starts from (TAXII 2.1 section 4.1)."""
        return f"{self.base}/taxii2/"

    @property
    def console(self) -> str:
        """The URL of the console's first page."""
        return f"{self.base}/console/"

    def record(self) -> dict[str, Any]:
        """Give it for programs."""
        return {
            "console": self.console,
            "invitations": {account: self._link(secret) for account, secret in self.invitations.items()},
            "discovery": self.discovery,
            "data": str(self.data),
            "partners": [dict(each) for each in self._each()],
        }

    def text(self) -> str:
        """Give it for people."""
        lines = [
            f"Demo hub in {self.data}: invented partners, real open data.",
            "",
            f"Console   {self.console}",
            "  One-time links: each sets a password and an authenticator app (or a passkey), then signs in.",
            *(f"  {PEOPLE[name]} ({name})\n    {self._link(secret)}" for name, secret in self.invitations.items()),
            "",
            f"TAXII discovery URL   {self.discovery}",
        ]
        for each in self._each():
            lines += ["", f"{each['partner']}, account {each['account']}", f"  token   {each['token']}"]
            lines += [
                "  curl",
                _indented(each["curl"]),
                "  python (.venv/bin/python)",
                _indented(each["python"]),
            ]
        lines += [
            "",
            f"All accounts and tokens: {self.data / 'demo-credentials.json'}. What waits for a reviewer:",
            f"  hub --data {self.data} review list --as sec-ada",
            "Stop with Ctrl-C; starting again keeps everything.",
        ]
        return "\n".join(lines)

    def _link(self, secret: str) -> str:
        return f"{self.console}welcome/{secret}"

    def _each(self) -> Iterator[Mapping[str, str]]:
        for partner, account in _POLICE:
            facts = {
                "url": f"{self.base}/api/collections/{FRAUD_ID}/",
                "account": account,
                "token": self.tokens[account],
            }
            yield {
                "partner": partner,
                **facts,
                "curl": _CURL.format(**facts),
                "python": _SNIPPET.format(**facts),
            }


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())
