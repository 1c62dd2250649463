"""What goes wrong, as a page: one place, one look, and nothing that tells hidden from absent."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from hub.console import texts
from hub.console.pages import again, language, page, status_of, t
from hub.errors import HubError, NotFoundError, ThrottledError


def install(app: Flask) -> None:
    """Answer what no view caught."""
    app.register_error_handler(HubError, _refused)
    app.register_error_handler(HTTPException, _failed)


def _refused(problem: Exception) -> Response:
    if isinstance(problem, NotFoundError):
        return _of_status(HTTPStatus.NOT_FOUND)  # no word of what was asked for: hidden and absent are the same
    if isinstance(problem, ThrottledError):
        return again("refused.html", problem, form={}, status=HTTPStatus.TOO_MANY_REQUESTS)
    assert isinstance(problem, HubError)  # noqa: S101 - registered for nothing else
    return again("refused.html", problem, form={}, status=status_of(problem))


def _failed(problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)  # noqa: S101 - registered for nothing else
    if problem.response is not None:
        return problem.get_response()  # type: ignore[return-value]  # a redirect of the router
    status = HTTPStatus(problem.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    return _of_status(status, str(problem.description or ""))


def _of_status(status: HTTPStatus, said: str = "") -> Response:
    """Give the page of a status. said: the key of what there is to say of it; anything else is not shown."""
    key = said if texts.has(language(), said) else ""
    response = page("refused.html", status=status, said=t(key) if key else None)
    response.status_code = status
    return response
