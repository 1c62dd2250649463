"""Who may come in: every page wants a session unless its view says otherwise, and every form its own token.

A session's secret is in a cookie that only these paths get. Its forms carry a token that no other session has, and a
form sent from another site fails by its Origin before that is looked at.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.exceptions import Forbidden
from werkzeug.wrappers import Response as AnyResponse

from hub.console.here import hub

COOKIE = "hub_session"
TOKEN = "csrf"  # noqa: S105 - the name of a field
READING = frozenset({"GET", "HEAD"})
MAX_STRANGERS_BYTES = 1_048_576
"""How much somebody without a session may send: forms, and no file that the disk would have to hold."""

V = TypeVar("V", bound=Callable[..., Any])
_OPEN = "is_open_to_all"
_AS_VIEWER = "is_for_viewers"


def open_to_all(view: V) -> V:
    """Mark a view as one that needs no session."""
    setattr(view, _OPEN, True)
    return view


def even_as_viewer(view: V) -> V:
    """Mark a view that is there too while a secretariat person looks as another: it shows what both may see.

    The others are closed meanwhile: they would show, or change, what is the person's own.
    """
    setattr(view, _AS_VIEWER, True)
    return view


def is_for_viewers(view: Callable[..., Any] | None) -> bool:
    """Whether the view was marked so."""
    return bool(getattr(view, _AS_VIEWER, False))


def install(app: Flask) -> None:
    """Ask everybody at the door."""
    app.before_request(_admit)
    app.context_processor(lambda: {TOKEN: form_token(), "entered": g.get("entered")})


def form_token() -> str:
    """Give the token that every form of this session carries; "" without a session."""
    return str(g.entered.session.csrf) if "entered" in g else ""


def give_session(response: AnyResponse, secret: str) -> AnyResponse:
    """Let the browser keep a session's secret until it is closed."""
    response.set_cookie(COOKIE, secret, path=_path(), httponly=True, secure=request.is_secure, samesite="Lax")
    return response


def take_session(response: AnyResponse) -> AnyResponse:
    """Let the browser forget the session."""
    response.delete_cookie(COOKIE, path=_path(), httponly=True, secure=request.is_secure, samesite="Lax")
    return response


def local_path(text: str | None) -> str | None:
    """Give a path of this console to go on to, or None: never another site, whatever a link says."""
    if not text or not text.startswith(f"{_path()}/") or "\\" in text or not text.isprintable():
        return None
    parts = urlsplit(text)
    climbs = "//" in parts.path or not {".", ".."}.isdisjoint(parts.path.split("/"))
    return None if parts.scheme or parts.netloc or climbs else text


def _admit() -> AnyResponse | None:
    """Settle who asks, before any view runs."""
    secret = request.cookies.get(COOKIE)
    found = hub().entrance.session(secret) if secret else None
    if found is not None:
        g.entered = found
        g.actor = found.actor
    else:
        request.max_content_length = MAX_STRANGERS_BYTES
    _check_origin()
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, _OPEN, False):
        return None
    if found is None:
        return _ask_in()
    if request.method not in READING:
        _check_token()
    if found.session.viewing_as and not is_for_viewers(view):
        raise Forbidden("refused.viewing")
    return None


def _ask_in() -> AnyResponse:
    """Send whoever has no session to sign in, and keep what a form brought."""
    if request.method in READING:
        return redirect(url_for("entrance.sign_in", next=request.full_path.rstrip("?")))
    from hub.console.screens.entrance.resuming import keep_form

    return keep_form()


def _check_origin() -> None:
    """Refuse what another site sends: browsers name the origin of every form (Fetch standard, section 3.2)."""
    if request.method in READING:
        return
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    if (origin is not None and origin != request.host_url.rstrip("/")) or site not in {None, "same-origin", "none"}:
        raise Forbidden("refused.foreign_form")


def _check_token() -> None:
    sent = request.form.get(TOKEN) or request.headers.get("X-CSRF-Token") or ""
    if not hmac.compare_digest(sent.encode(), form_token().encode()):
        raise Forbidden("refused.other_session")


def _path() -> str:
    return request.script_root or "/"
