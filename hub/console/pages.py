"""Making a page: a template with its texts, or the same form again with what was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from flask import Flask, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.console import assets, texts
from hub.console.here import hub
from hub.errors import (
    ConflictError,
    ForbiddenError,
    HubError,
    InvalidInputError,
    NotFoundError,
    StoreError,
    ThrottledError,
    TooLargeError,
)
from stix_models.timestamps import instant_of

_STATUS: tuple[tuple[type[HubError], HTTPStatus], ...] = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (ForbiddenError, HTTPStatus.FORBIDDEN),
    (ThrottledError, HTTPStatus.TOO_MANY_REQUESTS),
    (TooLargeError, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (InvalidInputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (ConflictError, HTTPStatus.CONFLICT),
    (StoreError, HTTPStatus.SERVICE_UNAVAILABLE),
)


def install(app: Flask) -> None:
    """Give the templates what all of them use."""
    app.jinja_env.globals.update(t=t, asset=assets.tag_of, has_text=lambda key: texts.has(language(), key))
    app.jinja_env.filters.update(moment=_moment, day=_day)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(
        lambda: {"hub_title": hub().settings.title, "version": version("atlas-sharing-hub"), "done": _done()}
    )


def t(key: str, **values: object) -> str:
    """Give a text in the language of the page."""
    return texts.say(language(), key, **values)


def language() -> str:
    """Give the first language the browser asks for and the console has."""
    return request.accept_languages.best_match(texts.languages()) or texts.DEFAULT


def page(template: str, **values: Any) -> Response:
    """Give a page. form: what was typed, when it is shown again; problem: the HubError that says what is wrong."""
    values.setdefault("form", {})
    values.setdefault("problem", None)
    return make_response(render_template(template, language=language(), **values))


def again(template: str, problem: HubError, form: Mapping[str, str] | None = None, **values: Any) -> Response:
    """Give the page of a form again, with what was typed, and say what is wrong and where."""
    typed = request.form if form is None else form
    response = page(template, problem=problem, form=typed, **values)
    response.status_code = status_of(problem)
    if isinstance(problem, ThrottledError):
        response.headers["Retry-After"] = str(problem.retry_after_seconds)
    return response


def go(endpoint: str, done: str = "", **values: Any) -> AnyResponse:
    """Send the browser on after an act (303, so that a reload repeats nothing). done: key of what to tell there."""
    if done:
        values["done"] = done
    return redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER)


def status_of(problem: HubError) -> HTTPStatus:
    """Give the HTTP status of what went wrong."""
    return next((status for kind, status in _STATUS if isinstance(problem, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)


def _done() -> str:
    """Give what to tell about the act just done: a text of ours by its key, never what a link says."""
    key = f"done.{request.args.get('done', '')}"
    return t(key) if texts.has(language(), key) else ""


def _moment(value: datetime | int | None) -> str:
    """Write a time (µs since 1970, or aware) to the minute, UTC."""
    found = _aware(value)
    return found.strftime("%Y-%m-%d %H:%M") if found else "—"


def _day(value: datetime | int | None) -> str:
    """Write a time as its day, UTC."""
    found = _aware(value)
    return found.strftime("%Y-%m-%d") if found else "—"


def _aware(value: datetime | int | None) -> datetime | None:
    return instant_of(value) if isinstance(value, int) else value
