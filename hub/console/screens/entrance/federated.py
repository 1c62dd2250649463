"""Signing in through the community's identity provider: off to it, and back.

Both are links, as the policy lets forms go nowhere else. The way back begins a session only for the browser that left:
it has the ticket in a cookie of its own.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.console.doorkeeper import give_session, local_path, open_to_all
from hub.console.here import hub
from hub.console.pages import again
from hub.console.screens.entrance import arriving
from hub.console.screens.entrance.blueprint import blueprint, visitor
from hub.errors import AuthenticationError, ConflictError, HubError, NotFoundError, SourceError, ThrottledError
from hub.services.entrance import Opened
from hub.services.entrance.oidc import Came, Federation
from hub.services.entrance.oidc.flow import TICKET_SECONDS

TICKET = "hub_ticket"


@blueprint.get("/sign-in/oidc")
@open_to_all
def leave() -> AnyResponse:
    """Send a person to the provider, to come back signed in."""
    return _leave(where=local_path(request.args.get("next")) or "")


@blueprint.get("/welcome/<token>/oidc")
@open_to_all
def leave_invited(token: str) -> AnyResponse:
    """Send an invited person to the provider, to be known by it from then on."""
    hub().entrance.invitations.peek(token, visitor())
    return _leave(invitation=token)


@blueprint.get("/sign-in/oidc/back")
@open_to_all
def back() -> AnyResponse:
    """Take a person back from the provider, and let him in."""
    try:
        came = _federation().finish(request.cookies.get(TICKET, ""), request.args, _back(), datetime.now(UTC))
        opened = _opened(came)
    except (AuthenticationError, ConflictError, NotFoundError, SourceError, ThrottledError) as problem:
        return _without_ticket(_failed(problem))
    arriving.let_in(opened)
    where = local_path(came.where) or url_for("home.show", done="welcome" if came.invitation else None)
    return _without_ticket(give_session(redirect(where, HTTPStatus.SEE_OTHER), opened.secret))


def _leave(*, invitation: str = "", where: str = "") -> AnyResponse:
    try:
        begun = _federation().begin(_back(), datetime.now(UTC), invitation=invitation, where=where)
    except SourceError as problem:
        return _failed(problem)
    response = redirect(begun.url, HTTPStatus.SEE_OTHER)
    response.set_cookie(
        TICKET,
        begun.ticket,
        max_age=TICKET_SECONDS,
        path=url_for("entrance.leave"),
        httponly=True,
        secure=request.is_secure,
        samesite="Lax",
    )
    return response


def _opened(came: Came) -> Opened:
    if came.invitation:
        return hub().entrance.invitations.accept_subject(came.invitation, came.subject, visitor())
    return hub().entrance.arrivals.by_subject(came.subject, visitor())


def _failed(problem: HubError) -> AnyResponse:
    """Show the sign-in page with what went wrong; the provider's fault is told as such."""
    response = again("entrance/sign_in.html", problem, form={}, **arriving.asked())
    if isinstance(problem, AuthenticationError):
        response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    if isinstance(problem, SourceError):
        response.status_code = HTTPStatus.BAD_GATEWAY
    return response


def _without_ticket(response: AnyResponse) -> AnyResponse:
    response.delete_cookie(
        TICKET, path=url_for("entrance.leave"), httponly=True, secure=request.is_secure, samesite="Lax"
    )
    return response


def _federation() -> Federation:
    """Give the way to the provider. Raises: NotFoundError: there is none."""
    federation = hub().entrance.federation
    if federation is None:
        raise NotFoundError("no identity provider")
    return federation


def _back() -> str:
    return url_for("entrance.back", _external=True)
