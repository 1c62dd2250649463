"""What every answer says to the browser: nothing from elsewhere, nothing inline, nothing kept."""

from __future__ import annotations

from flask import Flask, Response, request

_SOURCES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
_POLICY = "; ".join(f"{what} {where}" for what, where in _SOURCES.items())
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Not `no-referrer`: with that a form's Origin is `null`, and an own form could not be told from a strange one.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_YEAR_SECONDS = 31_536_000


def install(app: Flask) -> None:
    """Put the headers on every answer, refusals too."""
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    response.headers.update(_HEADERS)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_YEAR_SECONDS}"
    if request.endpoint != "assets.show":
        # A page is one account's at one moment: no cache keeps it, and the way back asks again.
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
    return response
