"""Makes the folder of a demo hub, whole or not at all, and deletes it; what is in it, story.py tells."""

from __future__ import annotations

import fcntl
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hub.application import STORE_NAME, create_hub
from hub.cli.demonstration import credentials
from hub.cli.demonstration.past import PastClock
from hub.cli.demonstration.story import BEGINS, tell
from hub.cli.serve import LOCK_NAME
from hub.errors import StoreBusyError, StoreError
from hub.model.members import Actor
from hub.settings import Settings

_TOKEN_DAYS = 3_650
"""A demo hub is kept as long as somebody likes; its tokens open nothing else."""


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
            clock = PastClock(BEGINS)
            with closing(create_hub(replace(settings, data=site, token_days=_TOKEN_DAYS), clock)) as hub:
                tokens = tell(hub, operator, clock)
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
