"""The invented credentials of a demo hub, kept in its folder: the only hub that keeps any, and known by them."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from hub.errors import StoreError

FILE_NAME = "demo-credentials.json"
_MODE = 0o600


def keep(folder: Path, tokens: Mapping[str, str]) -> None:
    """Write the tokens, by account, readable for the owner alone from the first byte on."""
    descriptor = os.open(folder / FILE_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(dict(tokens), file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def are_in(folder: Path) -> bool:
    """Whether the folder is a demo hub's."""
    return (folder / FILE_NAME).is_file()


def kept(folder: Path) -> dict[str, str] | None:
    """Give the tokens by account; None if the folder is no demo hub's.

    Raises: StoreError: there are credentials that can't be read.
    """
    path = folder / FILE_NAME
    try:
        read = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path} can't be read: {error}") from error
    if not isinstance(read, dict) or not all(isinstance(token, str) for token in read.values()):
        raise StoreError(f"{path} holds no tokens by account; make a new demo hub with --reset")
    return read
