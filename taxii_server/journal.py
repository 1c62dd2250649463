"""The log of a server: one JSON object a line on stderr, made only of fields that are listed here.

Of a request it says which route it was, never its path or query string: those hold names of collections and
objects, which may be hidden, and what people look for. Credentials are in no field.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request
from structlog.types import Processor

_FIELDS = frozenset(
    {"timestamp", "level", "event", "exception", "endpoint", "method", "status", "bytes", "milliseconds", "account"}
)
"""What a line may have; a field that somebody adds elsewhere stays out until it is weighed and added here."""


def configure(level: str) -> None:
    """Write everything this process logs as JSON lines to stderr, from a level on (`info` has each request)."""
    before: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
    ]
    shown: list[Processor] = [structlog.processors.format_exc_info, only_listed, structlog.processors.JSONRenderer()]
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=shown))
    root = logging.getLogger()
    root.handlers = [out]
    root.setLevel(level.upper())


def install(app: Flask) -> None:
    """Log each request once it is answered, at level `info`."""
    log = logging.getLogger("taxii_server.requests")
    if not log.isEnabledFor(logging.INFO):
        return

    def begin() -> None:
        g.arrived = time.perf_counter()

    def finish(response: Response) -> Response:
        log.info("request", extra=_facts(response))
        return response

    app.before_request(begin)
    app.after_request(finish)


def _facts(response: Response) -> dict[str, object]:
    return {
        "endpoint": request.endpoint or "none",
        "method": request.method,
        "status": response.status_code,
        "bytes": response.content_length or 0,
        "milliseconds": round((time.perf_counter() - g.arrived) * 1000, 2),
        "account": g.actor.name if "actor" in g else "",
    }


def only_listed(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out every field that is not listed (a processor of structlog)."""
    return {name: value for name, value in event.items() if name in _FIELDS}
