"""A form that was sent when its session had ended: what was typed goes with the sign-in and is shown to be sent again.

It travels in the page, never in the hub, and is sent only when the person, signed in, says so. Secrets are not kept,
and files can't be: the browser has to be given them again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from hub.console.doorkeeper import TOKEN, local_path
from hub.console.pages import page

MAX_CHARACTERS = 65_536
MAX_FIELDS = 500
_PREFIX = "kept."
_PATH = "kept_path"
_FILES = "kept_file"
_SECRETS = frozenset({TOKEN, "password", "repeated", "current", "code", "answer"})


@dataclass(frozen=True, slots=True)
class Kept:
    """What waits to be sent. path: of this console; fields: names and values; files: names of the fields for files."""

    path: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


def keep_form() -> Response:
    """Ask whoever sent a form without a session to sign in; the page carries what he typed."""
    from hub.console.screens.entrance.arriving import asked  # it shows what is kept here

    kept = _sent()
    return page("entrance/sign_in.html", **asked("") | {"kept": kept, "ended": True, "lost": kept is None})


def kept() -> Kept | None:
    """Give what came along with a sign-in; None if nothing did, or nothing that may be sent from here."""
    path = local_path(request.form.get(_PATH))
    if path is None:
        return None
    fields = tuple(
        (name.removeprefix(_PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(_PREFIX) and name.removeprefix(_PREFIX) not in _SECRETS
    )
    files = tuple(request.form.getlist(_FILES))
    return Kept(path, fields, files) if _fits(fields, files) else None


def show(waiting: Kept) -> Response:
    """Give the page on which the person, signed in by now, sends his form."""
    return page("entrance/resume.html", kept=waiting)


def _sent() -> Kept | None:
    """Give the form that was sent; None if it is more than a page carries, or than is read of a stranger."""
    try:
        fields, files = tuple(_typed()), tuple(request.files)
    except RequestEntityTooLarge:
        return None
    path = f"{request.script_root}{request.path}"
    return Kept(path, fields, files) if _fits(fields, files) else None


def _typed() -> Iterator[tuple[str, str]]:
    return ((name, value) for name, value in request.form.items(multi=True) if name not in _SECRETS)


def _fits(fields: tuple[tuple[str, str], ...], files: tuple[str, ...]) -> bool:
    size = sum(len(name) + len(value) for name, value in fields) + sum(map(len, files))
    return len(fields) + len(files) <= MAX_FIELDS and size <= MAX_CHARACTERS
