"""This hub beside medallion 3.0.0's memory backend, at a size at which that one still answers.

Its pushes are neither checked nor on disk when it answers; the hub's are both.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.bench.client import MEDIA_TYPE, Account, Line, objects_path
from tests.bench.community import COLLECTION, MARKS
from tests.bench.corpus import Corpus, Piece
from tests.bench.hubs import NEW, served
from tests.bench.loading import load
from tests.bench.peers.comparing import OBJECTS, PAGE, Peer, compare
from tests.bench.servers import other_server
from tests.bench.table import Table

_USER = Account("user", "invented-for-the-bench")


def medallion(folder: Path, table: Table, *, workers: int, rounds: int) -> None:
    """Ask both the same, in turn. medallion's workers share nothing, so it has one."""
    marks = tuple(mark for mark in MARKS if mark.visible)
    batches = list(Corpus(marks=marks).batches(OBJECTS, PAGE))
    loaded = load(folder / "beside-medallion", iter(batches))
    config = folder / "medallion.json"
    config.write_text(
        json.dumps(_config([piece for batch in batches for piece in batch], folder / "medallion-data.json"))
    )
    with ExitStack() as stack:
        hub = stack.enter_context(served(loaded, workers))
        server = stack.enter_context(other_server("peer", config, 1))
        line = stack.enter_context(Line(server.port, _USER))
        objects = objects_path(COLLECTION).rstrip("?")
        compare(table, hub, Peer("medallion 3.0.0", line, objects, _date(OBJECTS - NEW - 1)), rounds)


def _config(pieces: list[Piece], data: Path) -> dict[str, Any]:
    """Write medallion's data and give the configuration that names it."""
    about = {"title": "Bench", "versions": [MEDIA_TYPE], "max_content_length": 33_554_432}
    objects = [_dated(number, json.loads(piece.raw)) for number, piece in enumerate(pieces)]
    collection = {
        "id": COLLECTION,
        "title": "Bench",
        "can_read": True,
        "can_write": True,
        "media_types": ["application/stix+json;version=2.1"],
        "objects": objects,
        "manifest": [_manifest(number, each) for number, each in enumerate(objects)],
    }
    root = {"information": about, "status": [], "collections": [collection]}
    data.write_text(
        json.dumps({"/discovery": {"title": "Bench", "default": "/api/", "api_roots": ["/api/"]}, "api": root})
    )
    memory = {"module": "medallion.backends.memory_backend", "module_class": "MemoryBackend", "filename": str(data)}
    return {"backend": memory, "users": {_USER.name: _USER.secret}, "taxii": {"max_page_size": 1_000}}


def _dated(number: int, value: dict[str, Any]) -> dict[str, Any]:
    """Give what has no version the field in which medallion keeps the date instead."""
    return value if "modified" in value else value | {"_date_added": _date(number)}


def _manifest(number: int, value: dict[str, Any]) -> dict[str, str]:
    version = value.get("modified", _date(number))
    media = "application/stix+json;version=2.1"
    return {"id": value["id"], "date_added": _date(number), "version": version, "media_type": media}


def _date(number: int) -> str:
    """Give the date_added of an object, one a second."""
    return f"2026-02-01T{number // 3_600:02}:{number // 60 % 60:02}:{number % 60:02}.000000Z"
