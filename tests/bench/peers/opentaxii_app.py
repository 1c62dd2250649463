"""OpenTAXII under the server that serves the hub; run in its own environment, where nothing of this project is.

found CONFIG: make its database with one collection for everybody, print the path of its objects.
serve CONFIG WORKERS PORT: serve until stopped.
"""

from __future__ import annotations

import json
import os
import sys
import uuid
from functools import partial
from typing import Any

_default = json.JSONEncoder.default


def _written(encoder: json.JSONEncoder, value: Any) -> Any:
    """Write ids as text: else 0.9.3 answers every push, though it has stored it, with 500."""
    return str(value) if isinstance(value, uuid.UUID) else _default(encoder, value)


def build(config: str) -> Any:
    """Build its application inside a worker."""
    os.environ["OPENTAXII_CONFIG"] = config
    json.JSONEncoder.default = _written  # type: ignore[method-assign]  # that is the mend
    from opentaxii.http import app

    return app


def found(config: str) -> None:
    """Make its database."""
    app = build(config)
    from opentaxii.http import server

    api = server.servers.taxii2.persistence.api
    with app.app_context():
        root = api.add_api_root(title="Bench", default=True, is_public=True)
        made = api.add_collection(api_root_id=root.id, title="Bench", is_public=True, is_public_write=True)
        print(f"/taxii2/{root.id}/collections/{made.id}/objects/")


def serve(config: str, workers: str, port: str) -> None:
    """Serve it as `hub serve` serves the hub."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    made = Server(
        config,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=int(workers),
        blocking_threads=4,
        websockets=False,
        log_level=LogLevels.error,
    )
    made.serve(target_loader=partial(build, config), wrap_loader=False)


if __name__ == "__main__":
    {"found": found, "serve": serve}[sys.argv[1]](*sys.argv[2:])
