"""Files named on the command line, read within the limits of what they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.errors import InvalidInputError, TooLargeError

if TYPE_CHECKING:
    from pathlib import Path


def read_file(path: Path, most_bytes: int) -> bytes:
    """Read a file. Raises: TooLargeError: it is larger; no more was read. InvalidInputError: it can't be read."""
    try:
        with path.open("rb") as file:
            body = file.read(most_bytes + 1)
    except OSError as error:
        raise InvalidInputError(f"{path}: {error.strerror}") from error
    if len(body) > most_bytes:
        raise TooLargeError(f"{path}: larger than {most_bytes} bytes")
    return body
