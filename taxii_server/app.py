"""The TAXII application: medallion's blueprints on our own Flask app, between our hook and our backend."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, g, request
from flask.json.provider import DefaultJSONProvider

from taxii_server import bodies, errors, journal, metrics, negotiation
from taxii_server.auth import authenticate
from taxii_server.backend import Backend
from taxii_server.bodies import Reception
from taxii_server.errors import RefusedError
from taxii_server.medallion_views import BLUEPRINTS
from taxii_server.probes import Probes
from taxii_server.proxies import Proxies
from taxii_server.query import Endpoint, read_deletion, read_question
from taxii_server.resources import Raw, serialise

if TYPE_CHECKING:
    from hub.application import Hub

_MAX_QUERY_BYTES = 65_536
_READS = {
    "objects.get_or_add_objects": Endpoint.OBJECTS,
    "manifest.get_object_manifest": Endpoint.MANIFEST,
    "objects.get_or_delete_object": Endpoint.OBJECT,
    "objects.get_object_versions": Endpoint.VERSIONS,
}
"""Names of medallion's views that read released data."""

_Environ = dict[str, Any]
_Wsgi = Callable[[_Environ, Callable[..., Any]], Iterable[bytes]]


class BytesProvider(DefaultJSONProvider):
    """Lets bytes through the views' JSON calls: pages leave as stored, a push comes in as sent."""

    def dumps(self, obj: object, **kwargs: object) -> Any:  # noqa: ARG002 - the views pass none
        """Give the bytes of `Raw`, and JSON of anything else."""
        return obj.body if isinstance(obj, Raw) else serialise(obj)  # type: ignore[arg-type]  # the views dump dicts

    def loads(self, s: str | bytes, **kwargs: object) -> Any:  # noqa: ARG002 - the views pass none
        """Give the body back: parsing it strictly is the intake's."""
        return s


def create_app(hub: Hub) -> Flask:
    """Build the application for one hub, whose store this process has opened itself."""
    app = Flask("taxii_server", static_folder=None)
    app.json = BytesProvider(app)
    # A path without its last slash is served: some clients drop their credentials on a redirect.
    app.url_map.strict_slashes = False
    backend = Backend(hub)
    app.medallion_backend = backend  # type: ignore[attr-defined]  # where medallion looks for it
    app.taxii_config = {"max_page_size": hub.settings.max_page}  # type: ignore[attr-defined]  # likewise
    settings = hub.settings
    reception = Reception(settings.max_content_bytes, at_once=max(1, settings.blocking_threads // 2))
    metrics.install(app)
    journal.install(app)
    app.before_request(_prepare(hub, backend, reception))
    app.after_request(_finish(reception))
    app.after_request(_count_failures(hub))
    errors.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    through = Proxies(_single_slashes(app.wsgi_app), settings.proxies)
    app.wsgi_app = Probes(through, hub.health)  # type: ignore[method-assign]  # Flask's way to wrap an app
    return app


def _prepare(hub: Hub, backend: Backend, reception: Reception) -> Callable[[], None]:
    """Give the hook before every view: who asks, in which media type, and what; the first refusal ends it."""
    settings = hub.settings

    def prepare() -> None:
        g.actor = authenticate(request, hub.membership)
        if request.routing_exception is not None or request.method == "OPTIONS":
            return
        if request.method == "HEAD":
            request.method = "GET"  # the views know no HEAD; the server leaves the body out
        _negotiate()
        if len(request.query_string) > _MAX_QUERY_BYTES:
            raise RefusedError(HTTPStatus.REQUEST_URI_TOO_LONG, f"the query is over {_MAX_QUERY_BYTES} bytes")
        if request.method == "POST":
            _prepare_push(backend, reception)
        elif request.method == "DELETE":
            g.deletion = read_deletion(request.args)
        elif (endpoint := _READS.get(request.endpoint or "")) is not None:
            g.question = read_question(request.args, endpoint, settings.default_page, settings.max_page)

    return prepare


def _negotiate() -> None:
    """Settle the media types of answer and body, and show the views the one spelling they know."""
    if not negotiation.accepts(request.headers.get("Accept")):
        raise RefusedError(HTTPStatus.NOT_ACCEPTABLE, f"answers are {negotiation.MEDIA_TYPE}")
    request.environ["HTTP_ACCEPT"] = negotiation.MEDIA_TYPE
    if request.method == "POST":
        if not negotiation.takes(request.headers.get("Content-Type")):
            raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {negotiation.MEDIA_TYPE}")
        request.environ["CONTENT_TYPE"] = negotiation.MEDIA_TYPE


def _prepare_push(backend: Backend, reception: Reception) -> None:
    """Read the body of a push, once it is known that its sender may push here at all."""
    path = request.view_args or {}
    backend.get_api_root_information(path["api_root"])
    if backend.get_collection(path["api_root"], path["collection_id"])["can_write"]:
        reception.take(request)


def _finish(reception: Reception) -> Callable[[Response], Response]:
    """Give the hook after every answer: its media type, out of caches, and compressed for those who ask."""

    def finish(response: Response) -> Response:
        response.headers["Content-Type"] = negotiation.MEDIA_TYPE
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        reception.leave(request, response, known="actor" in g)
        return bodies.compress(request, response)

    return finish


def _count_failures(hub: Hub) -> Callable[[Response], Response]:
    """Give the hook that lets those who watch feeds know of errors answered to an account."""

    def count(response: Response) -> Response:
        if response.status_code >= HTTPStatus.BAD_REQUEST and "actor" in g:
            hub.feeds.failed(g.actor)
        return response

    return count


def _single_slashes(app: _Wsgi) -> _Wsgi:
    """Serve a path with doubled slashes: clients join a base URL and an API root that both have one."""

    def serve(environ: _Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["PATH_INFO"] = re.sub("/{2,}", "/", environ.get("PATH_INFO", ""))
        return app(environ, start_response)

    return serve
