"""Where converted objects come from, a line each, and how many of what there are."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from hub.errors import InvalidInputError

if TYPE_CHECKING:
    from converters.confined.wire import Parcel, Started

_READ_BYTES = 1 << 20


class _Named(msgspec.Struct):
    """What is read of an object to name its version. Objects of STIX have more, which is passed over."""

    id: str = ""
    type: str = ""
    modified: str | None = None


_decoder = msgspec.json.Decoder(_Named)


def file_digest(path: Path) -> str:
    """Give the SHA-256 of a file's bytes. Raises InvalidInputError: it can't be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_READ_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise InvalidInputError(f"{path}: {error.strerror}") from error
    return digest.hexdigest()


class Provenance:
    """Writes a line of JSON for each object that is given: which document, where in it, what stood there, read by what.

    begin is called for each document, and tells what all its lines say.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._document: dict[str, object] = {}

    def begin(self, path: Path, sha256: str, started: Started) -> None:
        """Begin a document. A mapping that was drafted on the way goes by the version of the converter."""
        self._document = {
            "file": path.name,
            "sha256": sha256,
            "format": started.format,
            "converter": f"{started.format} {started.version}",
            "mapping": f"sha256:{started.mapping}" if started.mapping else None,
        }

    def add(self, content: bytes, parcel: Parcel) -> None:
        """Write the line of one object."""
        named = _decoder.decode(content)
        version = {"modified": named.modified} if named.modified else {}
        raw = [{"field": field, "value": value} for field, value in parcel.raw]
        line = {"object": named.id, **version, **self._document, "place": parcel.locator, "raw": raw}
        self._file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")


class Statistics:
    """Counts objects by type and findings by code."""

    def __init__(self) -> None:
        self.types: Counter[str] = Counter()
        self.codes: Counter[str] = Counter()

    def add(self, contents: list[bytes], parcel: Parcel) -> None:
        """Count what one record gave."""
        self.types.update(_decoder.decode(content).type for content in contents)
        self.codes.update(f"{finding.code} ({finding.action})" for finding in parcel.findings)

    def record(self) -> dict[str, dict[str, int]]:
        """Give both counts, the most frequent first."""
        return {"types": dict(self.types.most_common()), "codes": dict(self.codes.most_common())}

    def lines(self) -> list[str]:
        """Give both counts for people."""
        counts = [*self.types.most_common(), *self.codes.most_common()]
        width = max((len(f"{count:,}") for _, count in counts), default=0)
        return [f"{count:>{width},}  {name}" for name, count in counts]
