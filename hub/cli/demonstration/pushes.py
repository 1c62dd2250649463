"""What is pushed in the demo: which file by whom, where to, and how a table becomes STIX."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import PurePath

from converters import Options
from hub.services.conversion import to_envelope
from stix_models.markings import Level

FRAUD, PHISHING, PUBLIC, JOINT = "fraud", "phishing", "public", "joint"

HERE = files("hub.cli.demonstration")


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a table becomes STIX: by the mapping of the same name, with these for what its rows don't say."""

    producer: str
    level: Level
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Push:
    """One file on its way in: who pushes it, and where to. Without a sheet it is a bundle."""

    account: str
    collection: str
    file: str
    sheet: Sheet | None = None

    def body(self) -> bytes:
        """Give what goes over the wire."""
        return data_file(self.file) if self.sheet is None else _converted(self.file, self.sheet)


OPENING = (
    Push("a-push", FRAUD, "invented-bank.json"),
    Push("b-push", FRAUD, "invented-telco.json"),
    Push("a-push", FRAUD, "invented-bank-red.json"),
    Push("a-push", FRAUD, "xegroup.csv", Sheet("Bank A", Level.GREEN, datetime(2021, 12, 6, tzinfo=UTC))),
    Push("b-push", PHISHING, "phishing.csv", Sheet("Telco B", Level.GREEN)),
    Push("b-push", PUBLIC, "ipsum.json"),
    Push("a-push", PUBLIC, "stalkerware.csv", Sheet("Bank A", Level.CLEAR, datetime(2026, 11, 2, tzinfo=UTC))),
)
"""What is released on the first day, in this order."""

FOUND_SINCE = (
    Push("a-push", FRAUD, "invented-heron.json"),
    Push("a-push", FRAUD, "invented-heron-red.json"),
)
"""What the bank found out since about Glass Heron."""

SEEN_TOO = Push("b-push", FRAUD, "invented-gateway.json")
"""What the telco saw of it."""

RETURNED = Push("a-push", FRAUD, "invented-returned.json")
REJECTED = Push("a-ana", FRAUD, "invented-rejected.json")

LEFT_WAITING = (
    (timedelta(hours=22), Push("b-push", FRAUD, "invented-waiting.json")),
    (timedelta(hours=17), Push("a-push", FRAUD, "invented-panel-again.json")),
    (timedelta(hours=9), Push("b-push", FRAUD, "invented-unmarked.json")),
    (timedelta(hours=4), Push("b-push", FRAUD, "invented-duplicate.json")),
)
"""What a reviewer finds, and how long ago it came.

It is clean, a new version of what is released, without a marking, and said by another already.
"""

FOR_TWO = Push("a-ana", JOINT, "invented-nightfall.json")
"""What one reviewer has approved, and waits for one of another organisation."""


def data_file(name: str) -> bytes:
    """Give a file of the demo's data."""
    return (HERE / "data" / name).read_bytes()


def _converted(name: str, sheet: Sheet) -> bytes:
    mapping = data_file(str(PurePath(name).with_suffix(".yaml"))).decode()
    options = Options(name, sheet.producer, sheet.level, sheet.as_of, mapping)
    with as_file(HERE / "data" / name) as path:
        return to_envelope(path, options, format_="csv").body
