"""What the hub is measured beside, under the same server: `python -m tests.bench.others KIND MATERIAL WORKERS PORT`.

floor: an empty Flask route, and pages served as the files they are. peer: medallion 3.0.0 with its memory
backend, as it comes.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request

from hub.settings import Settings
from tests.bench.client import MEDIA_TYPE
from tests.bench.community import COLLECTION

if TYPE_CHECKING:
    from collections.abc import Callable

_ABOUT = {"id": COLLECTION, "title": "Bench", "can_read": True, "can_write": False}


def floor(folder: Path) -> Flask:
    """Build the floor. folder: holds page 0, 1 …, each a file of that name; `next` in them is the next one's."""
    app = Flask("floor", static_folder=None)

    @app.get("/empty/")
    def empty() -> Response:
        return Response(b"{}", mimetype=MEDIA_TYPE)

    @app.get(f"/api/collections/{COLLECTION}/")
    def about() -> Response:
        return Response(app.json.dumps(_ABOUT), mimetype=MEDIA_TYPE)

    @app.get(f"/api/collections/{COLLECTION}/objects/")
    def page() -> Response:
        return Response((folder / str(int(request.args.get("next", "0")))).read_bytes(), mimetype=MEDIA_TYPE)

    return app


def peer(config: Path) -> Any:
    """Build medallion's own application from a configuration file of its kind."""
    import medallion

    return medallion.load_app(str(config))


KINDS: dict[str, Callable[[Path], Any]] = {"floor": floor, "peer": peer}


def build(kind: str, material: Path) -> Any:
    """Build one of them inside a worker."""
    return KINDS[kind](material)


def main(kind: str, material: str, workers: str, port: str) -> None:
    """Serve one of them as `hub serve` serves the hub, until stopped."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    usual = Settings()
    server = Server(
        kind,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=int(workers),
        blocking_threads=usual.blocking_threads,
        backlog=usual.backlog,
        websockets=False,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=partial(build, kind, Path(material)), wrap_loader=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
