"""A backup: one ZIP archive, not compressed, of both files as of one moment, and a manifest with their sha-256.

Any tool can open it; the parts are plain SQLite files. It holds the cursor key and all content, so it is for
its owner alone (mode 0600). Whoever is told a backup's sha-256 can hold the manifest to it, and so the parts.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from hub.errors import ConflictError, InvalidInputError, StoreError
from hub.model.backups import Backup
from hub.store.sqlite.files import connection as files
from hub.store.sqlite.files.clock import meta
from hub.store.sqlite.upkeep.drafts import draft

FORM = 1
"""The form of the archive; another one is refused."""

READS_NAME = "reads.sqlite3"
HUB_PART = "hub.sqlite3"
_PARTS = (HUB_PART, READS_NAME)
_MANIFEST = "manifest.json"
_MAX_MANIFEST_BYTES = 65_536
_CHUNK_BYTES = 1 << 20


def write(path: Path, target: Path, taken: datetime) -> Backup:
    """Copy a hub that may be in use into a new file, which takes its name when it is whole and on the disk.

    path: the hub's file. Needs room for twice the hub beside the target while it runs.
    Raises: ConflictError: the target is there. StoreError: it can't be written, or the disk is full.
    """
    if target.exists():
        raise ConflictError(f"{target} is there already: name a new file")
    try:
        with draft(target.parent) as folder:
            backup = _copy(path, folder, taken)
            _pack(folder, backup)
            (folder / "archive").replace(target)
            sync(target.parent)
    except OSError as error:
        raise StoreError(f"can't write the backup {target}: {error.strerror or error}") from error
    return backup


def _copy(path: Path, folder: Path, taken: datetime) -> Backup:
    """Copy both files as of one moment.

    The reads are pinned first: what they say was served is then surely among the contributions copied after.
    """
    with _pinned(path.with_name(READS_NAME)) as reads, _pinned(path) as hub, files.reported(path):
        backup = _described(hub, taken)
        _copy_file(hub, folder / HUB_PART)
        _copy_file(reads, folder / READS_NAME)
    return backup


@contextmanager
def _pinned(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file as of now: what is committed while this is open is not in it, and waits for nothing."""
    with closing(files.connect(path)) as connection, files.reported(path):
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # the moment is that of the first read
        yield connection


def _described(hub: sqlite3.Connection, taken: datetime) -> Backup:
    (tables,) = hub.execute("PRAGMA user_version").fetchone()
    row = hub.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    events, head = (row[0], row[1].hex()) if row else (0, "")
    return Backup(version("atlas-sharing-hub"), tables, meta(hub, "epoch"), taken, events, head)


def _copy_file(source: sqlite3.Connection, path: Path) -> None:
    with files.reported(path), closing(sqlite3.connect(path, isolation_level=None)) as target:
        target.execute("PRAGMA synchronous=OFF")  # the archive is what is brought to the disk
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it


def _pack(folder: Path, backup: Backup) -> None:
    """Put the parts and their digests into the archive; each copy goes once it is packed."""
    parts: dict[str, dict[str, Any]] = {}
    with _private(folder / "archive") as file:
        with zipfile.ZipFile(file, "w") as archive:
            for name in _PARTS:
                with (
                    (folder / name).open("rb") as part,
                    archive.open(_entry(name, backup), "w", force_zip64=True) as to,
                ):
                    parts[name] = _pour(part, to)
                (folder / name).unlink()
            manifest = {"form": FORM, **asdict(backup), "taken": backup.taken.isoformat(), "parts": parts}
            archive.writestr(_entry(_MANIFEST, backup), json.dumps(manifest, indent=2))
        file.flush()
        os.fsync(file.fileno())


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b")


def _entry(name: str, backup: Backup) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, backup.taken.timetuple()[:6])
    entry.external_attr = 0o600 << 16
    return entry


def _pour(source: IO[bytes], target: IO[bytes]) -> dict[str, Any]:
    """Copy to the end; give the number of bytes and their sha-256."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
        target.write(chunk)
    return {"bytes": size, "sha256": digest.hexdigest()}


_DAMAGED = (zipfile.BadZipFile, EOFError, KeyError, RuntimeError)
"""What zipfile raises on a damaged archive: RuntimeError where a bit says it is encrypted, or of another version."""


def unpack(file: Path, folder: Path) -> Backup:
    """Unpack a backup into a folder, as long as everything in it is what its manifest says.

    Raises: InvalidInputError: it is none, was cut short or changed, or is of a newer hub; StoreError: disk full.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            backup, parts = _manifest(file, archive)
            for name in _PARTS:
                _unpack_part(file, archive, name, parts.get(name), folder)
    except _DAMAGED as error:
        reason = error.args[0] if error.args else "it ends too early"
        raise InvalidInputError(f"{file}: it is no backup of a hub, or was cut short or changed: {reason}") from error
    except OSError as error:
        raise StoreError(f"{file}: can't be unpacked into {folder}: {error.strerror or error}") from error
    return backup


def _manifest(file: Path, archive: zipfile.ZipFile) -> tuple[Backup, Mapping[str, Any]]:
    try:
        entry = archive.getinfo(_MANIFEST)
        if entry.file_size > _MAX_MANIFEST_BYTES or entry.compress_type != zipfile.ZIP_STORED:
            raise InvalidInputError(f"{file}: {_MANIFEST}: larger than a manifest is, or compressed")
        said = json.loads(archive.read(entry))
        _check_age(file, said)
        values = {name: kind(said[name]) for name, kind in _FIELDS.items()}
        return Backup(**values, taken=datetime.fromisoformat(said["taken"])), dict(said["parts"])
    except KeyError as error:
        raise InvalidInputError(f"{file}: it is no backup of a hub: {error.args[0]} is missing") from error
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"{file}: {_MANIFEST}: it is no manifest: {error}") from error


_FIELDS = {"hub": str, "tables": int, "epoch": int, "events": int, "head": str}


def _check_age(file: Path, said: Mapping[str, Any]) -> None:
    newest = len(files.migrations())
    if said["form"] != FORM or not 0 < said["tables"] <= newest:
        raise InvalidInputError(
            f"{file}: it was made by hub {said['hub']} (form {said['form']}, tables {said['tables']}); this hub reads"
            f" form {FORM} and tables 1 to {newest}: restore it with the hub that made it, or upgrade this one"
        )


def _unpack_part(file: Path, archive: zipfile.ZipFile, name: str, said: Any, folder: Path) -> None:
    entry = archive.getinfo(name)
    if not isinstance(said, dict) or entry.compress_type != zipfile.ZIP_STORED:
        raise InvalidInputError(f"{file}: {name}: the manifest doesn't describe it, or it is compressed")
    if entry.file_size != said.get("bytes"):
        raise InvalidInputError(f"{file}: {name}: {entry.file_size} bytes, where the manifest says {said.get('bytes')}")
    with archive.open(entry) as part, _private(folder / name) as target:
        found = _pour(part, target)
        target.flush()
        os.fsync(target.fileno())
    if found != said:
        raise InvalidInputError(f"{file}: {name}: its sha-256 is not the one in the manifest: it was changed")


def sync(path: Path) -> None:
    """Bring a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
