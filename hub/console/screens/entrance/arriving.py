"""Signing in, taking up an invitation, signing out."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import Any

import segno
from flask import Response, g, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from hub.console.doorkeeper import even_as_viewer, give_session, local_path, open_to_all, take_session
from hub.console.forms import is_ticked, line, refuse
from hub.console.here import entered, hub
from hub.console.pages import again, go, page, t
from hub.console.screens.entrance import resuming
from hub.console.screens.entrance.blueprint import blueprint, site, visitor
from hub.errors import AuthenticationError, ConflictError, InvalidInputError, NotFoundError, ThrottledError
from hub.services.entrance import Opened
from hub.services.entrance.codes import Offer

_SIGN_IN, _WELCOME, _GONE = "entrance/sign_in.html", "entrance/welcome.html", "entrance/gone.html"
_QR_SCALE = 5


@blueprint.get("/sign-in")
@open_to_all
def sign_in() -> Response:
    """Ask for name, password and code, or a passkey."""
    return page(_SIGN_IN, **asked())


@blueprint.post("/sign-in")
@open_to_all
def enter() -> AnyResponse:
    """Let a person in, then go where he was going; a form that waited is shown to be sent."""
    kept = resuming.kept()
    if kept is not None and "entered" in g and is_ticked("elsewhere"):  # signed in meanwhile, in another tab
        return resuming.show(kept)
    try:
        opened = _prove()
    except (AuthenticationError, ThrottledError) as problem:
        response = again(_SIGN_IN, problem, **asked() | {"kept": kept})
        if isinstance(problem, AuthenticationError):
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response
    let_in(opened)
    return give_session(resuming.show(kept) if kept is not None else _on(), opened.secret)


@blueprint.post("/sign-out")
@even_as_viewer
def sign_out() -> AnyResponse:
    """Sign out here."""
    hub().entrance.sessions.end(entered())
    return take_session(go("entrance.sign_in", done="signed_out"))


@blueprint.get("/welcome/<token>")
@open_to_all
def welcome(token: str) -> Response:
    """Show an invited person what to set; a link that is not good says no more than that."""
    try:
        return page(_WELCOME, **_offered(token))
    except NotFoundError as problem:
        return again(_GONE, problem)


@blueprint.post("/welcome/<token>")
@open_to_all
def accept(token: str) -> AnyResponse:
    """Set how the person signs in, and let him in."""
    try:
        opened = _set(token)
    except (InvalidInputError, ConflictError) as problem:
        return _welcome_again(token, problem)
    except NotFoundError as problem:
        return again(_GONE, problem)
    let_in(opened)
    return give_session(go("home.show", done="welcome"), opened.secret)


def asked(on: str | None = None) -> dict[str, Any]:
    """Give what the sign-in page shows: where to go on to, and the question for a passkey; nothing that waits.

    on: where to; None: as the request says.
    """
    place = site()
    question = hub().entrance.arrivals.question(place) if place else ""
    where = local_path(request.values.get("next") if on is None else on) or ""
    return {"next": where, "question": question, "kept": None, "ended": False, "lost": False, "provider": provider()}


def provider() -> str:
    """Give what people call the identity provider, "" if there is none."""
    federation = hub().entrance.federation
    return federation.title if federation else ""


def let_in(opened: Opened) -> None:
    """Go on as who has just signed in; whoever was signed in here before is not any more."""
    if "entered" in g:
        with suppress(NotFoundError):
            hub().entrance.sessions.end(g.entered)
    found = hub().entrance.session(opened.secret)
    if found is not None:
        g.entered, g.actor = found, found.actor


def picture(offer: Offer) -> Markup:
    """Draw an offered secret for an app's camera, dark on white whatever is around it."""
    code = segno.make(offer.uri, error="m", micro=False)
    return Markup(code.svg_inline(scale=_QR_SCALE, light="#fff", title=t("entrance.qr")))  # noqa: S704 - segno's own SVG, the title escaped by it


def _prove() -> Opened:
    arrivals, place, answer = hub().entrance.arrivals, site(), request.form.get("answer", "")
    if answer and place:
        return arrivals.by_passkey(place, answer, visitor())
    return arrivals.by_password(line("account"), request.form.get("password", ""), line("code"), visitor())


def _set(token: str) -> Opened:
    invitations, place, answer = hub().entrance.invitations, site(), request.form.get("answer", "")
    if answer and place:
        return invitations.accept_passkey(token, place, answer, line("label"), visitor())
    password = request.form.get("password", "")
    if password != request.form.get("repeated", ""):
        refuse("repeated", t("entrance.not_the_same"), "")
    return invitations.accept(token, password, line("code"), visitor())


def _offered(token: str) -> dict[str, Any]:
    invitations, place = hub().entrance.invitations, site()
    invitee = invitations.peek(token, visitor())
    question = invitations.ask_passkey(token, place, visitor()) if place else ""
    shown = {"invitee": invitee, "token": token, "picture": picture(invitee.offer), "question": question}
    return shown | {"provider": provider()}


def _welcome_again(token: str, problem: InvalidInputError | ConflictError) -> Response:
    try:
        return again(_WELCOME, problem, **_offered(token))
    except NotFoundError as gone:
        return again(_GONE, gone)


def _on() -> AnyResponse:
    """Go where the browser was going, if that is here."""
    where = local_path(request.form.get("next")) or url_for("home.show")
    return redirect(where, HTTPStatus.SEE_OTHER)
