"""A file as a browser sends it, and what was asked for it in the form beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import request

from hub.console.forms import day, line, one_of, refuse
from hub.services.submitting.wishes import MAX_NAME_CHARS, Wish
from stix_models.markings import Level


@contextmanager
def uploaded() -> Iterator[tuple[Path, str]]:
    """Give the file that was sent, in a folder of its own that goes at the end, and what its sender calls it.

    Raises: InvalidInputError: none was sent.
    """
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        refuse("file", "choose a file", "")
    with TemporaryDirectory(prefix="hub-upload-") as folder:
        path = Path(folder) / "upload"
        sent.save(path)
        yield path, _called(sent.filename)


def wish_for(filename: str) -> Wish:
    """Give what the form asks for. Raises: InvalidInputError: a field is not what it must be."""
    as_of = day("as_of")
    return Wish(
        collection=line("collection"),
        filename=filename,
        level=one_of(Level, "level"),
        format=line("format") or None,
        group=line("group"),
        recipients=frozenset(line("recipients").replace(",", " ").split()),
        producer=line("producer"),
        as_of=datetime.combine(as_of, time(), UTC) if as_of else None,
        mapping=line("mapping") or None,
    )


def _called(filename: str) -> str:
    """Give the name without folders and without what would steer a page or a terminal."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:MAX_NAME_CHARS] or "file"
