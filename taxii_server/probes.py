"""`/healthz` and `/readyz`: for machines that watch the hub, without credentials and without content.

They are answered before the application: medallion's routes take any path of one segment for an API root.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from flask import Response

if TYPE_CHECKING:
    from hub.services.operation.health import Health

_LIVE, _READY = "/healthz", "/readyz"
_log = logging.getLogger("taxii_server")


class Probes:
    """Answers the probes and hands everything else on. 200: yes; 503: no, and the log says why."""

    def __init__(self, app: Callable[..., Iterable[bytes]], health: Health) -> None:
        self._app = app
        self._health = health

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        path = environ.get("PATH_INFO", "").rstrip("/")
        if path not in {_LIVE, _READY} or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return self._app(environ, start_response)
        faults = self._health.faults() if path == _READY else ()
        for fault in faults:
            _log.warning("not ready: %s", fault)
        answer = Response(status=503 if faults else 200, headers={"Cache-Control": "no-store"})
        del answer.headers["Content-Type"]
        return answer(environ, start_response)
