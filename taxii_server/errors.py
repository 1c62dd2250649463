"""What a client is told when it gets no answer: TAXII error messages (section 3.6), each status decided here.

Nothing of the implementation is in them: what is for the operator is logged, under the client's `error_id`.
"""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from hub.errors import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    HubError,
    InvalidInputError,
    NotFoundError,
    StoreError,
    ThrottledError,
    TooLargeError,
)
from taxii_server.medallion_views import MedallionError
from taxii_server.negotiation import MEDIA_TYPE
from taxii_server.resources import serialise

if TYPE_CHECKING:
    from collections.abc import Mapping

_log = logging.getLogger("taxii_server")

_MAX_FINDINGS = 100
_RETRY_AFTER_SECONDS = "5"
_CHALLENGES = ('Basic realm="taxii", charset="UTF-8"', 'Bearer realm="taxii"')


class RefusedError(HubError):
    """The request breaks TAXII or HTTP; `status` says how, the text what to do."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


_STATUS: dict[type[HubError], HTTPStatus] = {
    NotFoundError: HTTPStatus.NOT_FOUND,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    AuthenticationError: HTTPStatus.UNAUTHORIZED,
    ThrottledError: HTTPStatus.TOO_MANY_REQUESTS,
    TooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    InvalidInputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ConflictError: HTTPStatus.CONFLICT,
    StoreError: HTTPStatus.SERVICE_UNAVAILABLE,
}

_FIXED = {
    HTTPStatus.NOT_FOUND: "there is no such thing here, or not for you",
    HTTPStatus.UNAUTHORIZED: "sign in with an account name and its token (Basic), or with the token (Bearer)",
    HTTPStatus.SERVICE_UNAVAILABLE: "the hub can't do this now; nothing of the request was kept; try again",
    HTTPStatus.INTERNAL_SERVER_ERROR: "the hub failed; tell its operator the error_id",
}
"""Where the text is the same whatever the reason: hidden and absent are alike, inner trouble stays inside."""


def install(app: Flask) -> None:
    """Let the app answer every error in TAXII's form."""
    app.register_error_handler(HubError, _answer_hub_error)
    app.register_error_handler(MedallionError, _answer_medallion_error)
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(Exception, _answer_failure)


def status_of(error: HubError) -> HTTPStatus:
    """Give the HTTP status of an error; of a kind not listed, 500."""
    if isinstance(error, RefusedError):
        return error.status
    found = (_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    return next(found, HTTPStatus.INTERNAL_SERVER_ERROR)


def _answer_hub_error(error: HubError) -> Response:
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, RefusedError):
        return _answer_failure(error, status)
    findings = error.findings[:_MAX_FINDINGS] if isinstance(error, InvalidInputError) else ()
    response = message(status, str(error), {finding.place or "request": str(finding) for finding in findings})
    if isinstance(error, ThrottledError):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _answer_medallion_error(error: MedallionError) -> Response:
    return message(HTTPStatus(error.status), str(error.message))


def _answer_http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    response = message(status, status.description or status.phrase)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _answer_failure(error: Exception, status: HTTPStatus = HTTPStatus.INTERNAL_SERVER_ERROR) -> Response:
    """Log what went wrong and tell the client only under which number."""
    error_id = secrets.token_hex(8)
    _log.error("answered %d, error_id %s", status, error_id, exc_info=error)
    return message(status, "", error_id=error_id)


def message(
    status: HTTPStatus, description: str, details: Mapping[str, str] | None = None, error_id: str = ""
) -> Response:
    """Build the answer; `title` is required, empty properties are left out (TAXII 2.1 section 3.6.1)."""
    content = {
        "title": status.phrase,
        "description": _FIXED.get(status, description),
        "error_id": error_id,
        "http_status": str(status.value),
        "details": dict(details or {}),
    }
    body = serialise({name: value for name, value in content.items() if value})
    response = Response(body, status=status, content_type=MEDIA_TYPE)
    if status is HTTPStatus.UNAUTHORIZED:
        for challenge in _CHALLENGES:
            response.headers.add("WWW-Authenticate", challenge)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = _RETRY_AFTER_SECONDS
    return response
