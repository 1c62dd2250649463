"""What Prometheus is told: how many requests of which kind, how they ended, how long they took, and the disk.

No label says what was asked for or by whom: names of collections and accounts are for those who may see them.
Workers count in files of one folder (prometheus_client's multi-process mode); the supervisor adds them up and
answers on a port of the loopback.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request

if TYPE_CHECKING:
    from prometheus_client import Counter, Histogram
    from prometheus_client.core import GaugeMetricFamily

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Where prometheus_client looks for the folder, when it is imported: set before any worker begins."""

_LOOPBACK = "127.0.0.1"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def install(app: Flask) -> None:
    """Count the application's requests, if `serve` has made a folder for that."""
    if FOLDER_VARIABLE not in os.environ:
        return
    requests, seconds = _meters()

    def begin() -> None:
        g.begun = time.perf_counter()

    def finish(response: Response) -> Response:
        # The route's name, never its path; a method that is none of HTTP's could be anything.
        endpoint = request.endpoint or "none"
        method = request.method if request.method in _METHODS else "other"
        requests.labels(endpoint, method, str(response.status_code)).inc()
        seconds.labels(endpoint).observe(time.perf_counter() - g.begun)
        return response

    app.before_request(begin)
    app.after_request(finish)


@cache
def _meters() -> tuple[Counter, Histogram]:
    """Give what counts and times requests, the same for every application of this process."""
    from prometheus_client import Counter, Histogram

    return (
        Counter("hub_requests", "Requests answered.", ["endpoint", "method", "status"]),
        Histogram("hub_request_seconds", "Time to the answer.", ["endpoint"], buckets=_BUCKETS),
    )


_METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH"})


def serve(port: int, data: Path) -> None:
    """Answer Prometheus on the port of the loopback, from a thread of this process, and make workers count.

    data: the hub's folder, whose disk is looked at. Raises: OSError: the port is taken.
    """
    folder = mkdtemp(prefix="hub-metrics-")
    os.environ[FOLDER_VARIABLE] = folder
    from prometheus_client import CollectorRegistry, multiprocess, start_http_server

    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]  # the library's own lack
    registry.register(_Disk(data))
    start_http_server(port, _LOOPBACK, registry)


def clear() -> None:
    """Delete what the workers counted, once they have ended."""
    folder = os.environ.pop(FOLDER_VARIABLE, None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


class _Disk:
    """The size of the hub's files and what is free beside them, as of the moment somebody asks."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def collect(self) -> Iterator[Any]:
        """Give both, in bytes."""
        yield _gauge("hub_disk_free_bytes", "Free on the hub's disk.", shutil.disk_usage(self._data).free)
        files = (path for path in self._data.iterdir() if path.name.split(".")[-1].startswith("sqlite3"))
        yield _gauge("hub_store_bytes", "Size of the hub's files.", sum(path.stat().st_size for path in files))


def _gauge(name: str, about: str, value: int) -> GaugeMetricFamily:
    from prometheus_client.core import GaugeMetricFamily

    return GaugeMetricFamily(name, about, value)
