"""Makes the demo hub, through the services alone: whatever is in it came by the doors that everybody has."""

from __future__ import annotations

import fcntl
import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from converters import Options
from hub.application import STORE_NAME, Hub, create_hub
from hub.cli.demonstration import credentials
from hub.cli.serve import LOCK_NAME
from hub.errors import StoreBusyError, StoreError
from hub.model.members import Actor
from hub.model.submissions import Submission, SubmissionState
from hub.services.conversion import to_envelope
from hub.settings import Settings
from stix_models.markings import Level

_HERE = files("hub.cli.demonstration")

REVIEWER = "sec-ada"
FRAUD, PHISHING, PUBLIC = "fraud", "phishing", "public"

_REFERENCE = ("attack-mobile.json", "sectors.json")
_TOKEN_DAYS = 3_650
"""A demo hub is kept as long as somebody likes; its tokens open nothing else."""


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


PUSHES = (
    Push("a-push", FRAUD, "invented-bank.json"),
    Push("b-push", FRAUD, "invented-telco.json"),
    Push("a-push", FRAUD, "invented-bank-red.json"),
    Push("a-push", FRAUD, "xegroup.csv", Sheet("Bank A", Level.GREEN, datetime(2021, 12, 6, tzinfo=UTC))),
    Push("b-push", PHISHING, "phishing.csv", Sheet("Telco B", Level.GREEN)),
    Push("b-push", PUBLIC, "ipsum.json"),
    Push("a-push", PUBLIC, "stalkerware.csv", Sheet("Bank A", Level.CLEAR, datetime(2026, 11, 2, tzinfo=UTC))),
)
"""What is released when the demo begins, in this order."""

LEFT_WAITING = Push("b-push", FRAUD, "invented-waiting.json")
"""What a reviewer finds in the queue."""


def found(settings: Settings, operator: Actor) -> dict[str, str]:
    """Make the demo hub of a data folder; give its tokens by account.

    It is made beside its place and moved there when it is whole, so a killed start leaves no half hub.
    Raises: StoreError: the folder holds something already, or can't be made.
    """
    folder = settings.data
    try:
        _check_free(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as room:
            site = Path(room, "hub")
            with closing(create_hub(replace(settings, data=site, token_days=_TOKEN_DAYS))) as hub:
                tokens = _fill(hub, operator)
            credentials.keep(site, tokens)
            site.replace(folder)
    except OSError as error:
        raise StoreError(f"can't make a demo hub in {folder}: {error.strerror}") from error
    return tokens


def raze(folder: Path) -> None:
    """Delete a demo hub with all that is in its folder; a folder that is not there is fine.

    Raises: StoreError: it has no demo credentials, so it is no demo hub. StoreBusyError: it is being served.
    """
    if not folder.exists():
        return
    if not (credentials.are_in(folder) and (folder / STORE_NAME).exists()):
        raise StoreError(f"{folder} holds no demo hub with a {credentials.FILE_NAME}: nothing is deleted")
    _check_idle(folder)
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise StoreError(f"can't delete {folder}: {error.strerror}") from error


def data_file(name: str) -> bytes:
    """Give a file of the demo's data."""
    return (_HERE / "data" / name).read_bytes()


def _fill(hub: Hub, operator: Actor) -> dict[str, str]:
    community = (_HERE / "community.toml").read_text("utf-8")
    hub.community.apply(community, operator)
    accounts = hub.membership.members.accounts(operator)
    tokens = {each.name: hub.membership.tokens.issue(operator, each.name).secret for each in accounts}
    for name in _REFERENCE:
        hub.reference.load(operator, data_file(name))
    reviewer = hub.membership.acting(REVIEWER)
    for push in PUSHES:
        received = _submit(hub, push)
        if received.state is SubmissionState.REVIEW:
            hub.review.release(reviewer, received.id)
    _submit(hub, LEFT_WAITING)
    return tokens


def _submit(hub: Hub, push: Push) -> Submission:
    body = data_file(push.file) if push.sheet is None else _converted(push.file, push.sheet)
    return hub.intake.submit(hub.membership.acting(push.account), push.collection, body)


def _converted(name: str, sheet: Sheet) -> bytes:
    mapping = data_file(str(PurePath(name).with_suffix(".yaml"))).decode()
    options = Options(name, sheet.producer, sheet.level, sheet.as_of, mapping)
    with as_file(_HERE / "data" / name) as path:
        return to_envelope(path, options, format_="csv").body


def _check_free(folder: Path) -> None:
    """Refuse to build where something is; an empty folder may be taken."""
    if (folder / STORE_NAME).exists():
        raise StoreError(f"the hub in {folder} is no demo hub: give another folder by --data")
    if folder.exists() and any(folder.iterdir()):
        raise StoreError(f"{folder} is not empty and no hub: give another folder by --data")


def _check_idle(folder: Path) -> None:
    """Refuse while a server holds the folder."""
    with (folder / LOCK_NAME).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreBusyError(f"the hub in {folder} is being served: stop that first") from None
