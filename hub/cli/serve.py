"""`hub serve`: TAXII and the console, several workers under one supervisor."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import ssl
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli import acting
from hub.errors import SettingsError, StoreBusyError, StoreError

if TYPE_CHECKING:
    from hub.settings import Settings

LOCK_NAME = "serve.lock"
_GRACE_SECONDS = 10
_THREAD_IDLE_SECONDS = 30
_WATCH_SECONDS = 1


@click.command(epilog="Example: hub --data ./var serve --port 6100 --workers 2")
@click.option("--host", help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65_535), help="The TCP port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer requests.")
@click.option("--tls-cert", metavar="FILE", help="A PEM file: the certificate and its chain.")
@click.option("--tls-key", metavar="FILE", help="A PEM file: the certificate's private key.")
@click.option("--trusted-proxy", "proxies", multiple=True, metavar="CIDR", help="A proxy in front whose word is taken.")
@click.option("--metrics-port", type=click.IntRange(0, 65_535), help="Where Prometheus is answered, on the loopback.")
def serve(proxies: tuple[str, ...], **said: Any) -> None:
    """Serve the hub over TAXII 2.1, and its console, until it is stopped (Ctrl-C or SIGTERM)."""
    given = {name: value for name, value in said.items() if value is not None}
    if proxies:
        given["trusted_proxies"] = ",".join(proxies)
    run_server(replace(acting.settings(), **given))


def run_server(settings: Settings, ready: Callable[[], None] | None = None) -> None:
    """Serve a hub until this process is asked to stop; its workers finish what they are answering.

    ready: called once the port is this server's.
    Raises: StoreError: there is no usable hub in settings.data; StoreBusyError: it is served already;
        SettingsError: the address can't be listened on, or the certificate can't be used.
    """
    _check_tls(settings)
    _check_hub(settings)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"{'https' if settings.tls_cert else 'http'}://{host}:{settings.port}"
    with unserved(settings.data, f"at {url}"):
        address = _free_address(settings.host, settings.port)
        click.echo(f"TAXII 2.1 at {url}/taxii2/, console at {url}/console/; stop with Ctrl-C", err=True)
        with _counted(settings):
            _run(settings, address, ready)


def _run(settings: Settings, address: str, ready: Callable[[], None] | None) -> None:
    """Hand over to granian. No access log: query strings carry what people look for."""
    from granian.constants import Interfaces, SSLProtocols
    from granian.log import LogLevels
    from granian.server import Server

    server = Server(
        "hub",
        address=address,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=settings.blocking_threads,
        blocking_threads_idle_timeout=_THREAD_IDLE_SECONDS,
        backlog=settings.backlog,
        backpressure=max(1, settings.max_connections // settings.workers),
        ssl_cert=Path(settings.tls_cert) if settings.tls_cert else None,
        ssl_key=Path(settings.tls_key) if settings.tls_key else None,
        ssl_protocol_min=SSLProtocols.tls12,
        websockets=False,
        log_access=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=_GRACE_SECONDS,
    )
    if ready is not None:
        server.on_startup(ready)
    server.serve(target_loader=partial(_application, settings, os.getpid()), wrap_loader=False)


def _application(settings: Settings, supervisor: int) -> Any:
    """Build the application inside a worker, with a store of its own. supervisor: the process it ends with."""
    from hub import doors
    from hub.application import build_hub
    from taxii_server import journal

    journal.configure(settings.log_level)
    # Out of the terminal's group: Ctrl-C is for the supervisor, which then stops its workers in order.
    os.setpgrp()
    # Until granian sets its own, a forked worker has the supervisor's handler, which would swallow a stop.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(supervisor,), daemon=True).start()
    return doors.create_application(build_hub(settings))


def _end_with(supervisor: int) -> None:
    """Stop this worker once its supervisor is gone: an orphan would hold port and folder with nobody to stop it."""
    main = threading.main_thread().ident or 0
    while True:
        time.sleep(_WATCH_SECONDS)
        if os.getppid() != supervisor:
            # To the main thread: it handles signals, and would not wake for one that another thread takes.
            signal.pthread_kill(main, signal.SIGTERM)


@contextmanager
def _counted(settings: Settings) -> Iterator[None]:
    """Answer Prometheus meanwhile, if it was asked for. Raises: SettingsError: its port is taken."""
    if not settings.metrics_port:
        yield
        return
    from taxii_server import metrics

    _free_address("127.0.0.1", settings.metrics_port)
    try:
        metrics.serve(settings.metrics_port, settings.data)
        yield
    finally:
        metrics.clear()


def _check_tls(settings: Settings) -> None:
    """Try the certificate and its key here, since a worker that can't would only die. Raises: SettingsError."""
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise SettingsError("tls_cert and tls_key go together: give both, or neither")
    if not settings.tls_cert:
        return
    try:
        if Path(settings.tls_key).stat().st_mode & stat.S_IROTH:
            raise SettingsError(f"{settings.tls_key}: everybody can read this key: chmod 600 it")
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(settings.tls_cert, settings.tls_key)
    except (OSError, ValueError) as error:
        raise SettingsError(f"tls_cert {settings.tls_cert}, tls_key {settings.tls_key}: {error}") from error


def _check_hub(settings: Settings) -> None:
    """Open the hub once before anything starts, so that what is wrong is said here and not by each worker."""
    from hub.application import build_hub

    build_hub(settings).close()


def _free_address(host: str, port: int) -> str:
    """Give the host's IP address once it is known that the port is free.

    Workers share the port (SO_REUSEPORT), so a second server would otherwise start and take half the requests.
    """
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(
            f"can't listen on {host}, port {port}: {reason}; stop what uses it, or choose another with --port"
        ) from error
    return str(where[0])


@contextmanager
def unserved(data: Path, doing: str) -> Iterator[None]:
    """Hold the lock of a folder's server; the system lets go of it when the last process that has it ends.

    doing: what this process does meanwhile, for whoever finds the lock taken.
    Raises: StoreBusyError: another process has it. StoreError: the folder can't be written.
    """
    path = data / LOCK_NAME
    try:
        lock = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"can't write {path}: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "another process"
            raise StoreBusyError(
                f"the hub in {data} is served already by {holder}; stop that one, or give another folder by --data"
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()} {doing}")
        lock.flush()
        yield
