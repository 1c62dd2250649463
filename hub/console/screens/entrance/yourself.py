"""What a person has to sign in with, and where he is signed in."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from hub.console.doorkeeper import give_session, take_session
from hub.console.forms import line, refuse
from hub.console.here import entered, hub
from hub.console.pages import again, go, page, t
from hub.console.screens.entrance.arriving import picture
from hub.console.screens.entrance.blueprint import blueprint, site
from hub.console.screens.entrance.browsers import named
from hub.errors import ConflictError, InvalidInputError, NotFoundError
from hub.services.entrance import Opened, Site

_YOU, _PASSWORD, _CODE, _PASSKEY = (f"entrance/{name}.html" for name in ("you", "password", "code", "passkey"))
_TYPED = (InvalidInputError, ConflictError)


@blueprint.get("/you")
def you() -> Response:
    """Show how the person signs in, and where he is signed in."""
    return page(_YOU, **_yours())


@blueprint.get("/you/password")
def password() -> AnyResponse:
    """Ask for a new password; where there was none, with an app that goes with it."""
    if (first := _sign_in_first()) is not None:
        return first
    return page(_PASSWORD, **_password())


@blueprint.post("/you/password")
def change_password() -> AnyResponse:
    """Set the new password."""
    factors, new = hub().entrance.factors, request.form.get("password", "")
    try:
        if new != request.form.get("repeated", ""):
            refuse("repeated", t("entrance.not_the_same"), "")
        if factors.ways(entered()).password:
            opened = factors.change_password(entered(), request.form.get("current", ""), new)
        else:
            opened = factors.set_password(entered(), new, line("code"))
    except _TYPED as problem:
        return again(_PASSWORD, problem, **_password())
    return _changed(opened, "password_changed")


@blueprint.get("/you/code")
def code() -> AnyResponse:
    """Offer a new secret for an authenticator app."""
    if (first := _sign_in_first()) is not None:
        return first
    return page(_CODE, **_offer())


@blueprint.post("/you/code")
def renew_code() -> AnyResponse:
    """Put the app that shows the right code in the place of the old one."""
    try:
        opened = hub().entrance.factors.renew_code(entered(), line("code"))
    except _TYPED as problem:
        return again(_CODE, problem, **_offer())
    return _changed(opened, "code_renewed")


@blueprint.get("/you/passkeys")
def passkey() -> AnyResponse:
    """Ask the browser for a further passkey."""
    if (first := _sign_in_first()) is not None:
        return first
    return page(_PASSKEY, question=_question())


@blueprint.post("/you/passkeys")
def add_passkey() -> AnyResponse:
    """Add the passkey that the browser made."""
    try:
        opened = hub().entrance.factors.add_passkey(entered(), _site(), request.form.get("answer", ""), line("label"))
    except _TYPED as problem:
        return again(_PASSKEY, problem, question=_question())
    return _changed(opened, "passkey_added")


@blueprint.post("/you/passkeys/<id>/remove")
def remove_passkey(id: str) -> AnyResponse:  # noqa: A002 - the field's name
    """Forget a passkey."""
    try:
        opened = hub().entrance.factors.remove_passkey(entered(), _bytes(id))
    except ConflictError as problem:
        return again(_YOU, problem, **_yours())
    return _changed(opened, "passkey_removed")


@blueprint.post("/you/sessions/<id>/end")
def end_session(id: str) -> AnyResponse:  # noqa: A002 - the field's name
    """Sign out of one session."""
    hub().entrance.sessions.end(entered(), _bytes(id))
    return go("entrance.you", done="session_ended")


@blueprint.post("/you/sign-out-everywhere")
def sign_out_everywhere() -> AnyResponse:
    """Sign out of all sessions, this one too."""
    hub().entrance.sessions.end_own(entered())
    return take_session(go("entrance.sign_in", done="signed_out_everywhere"))


def _sign_in_first() -> AnyResponse | None:
    """Send whoever signed in long ago to do so again, and back here; None for the others."""
    fresh = hub().entrance.factors.ways(entered()).fresh
    return None if fresh else go("entrance.sign_in", next=f"{request.script_root}{request.path}")


def _changed(opened: Opened, done: str) -> AnyResponse:
    """Go on under the new session's secret."""
    return give_session(go("entrance.you", done=done), opened.secret)


def _yours() -> dict[str, Any]:
    here = entered()
    return {
        "ways": hub().entrance.factors.ways(here),
        "sessions": [(each, named(each.agent)) for each in hub().entrance.sessions.of(here)],
        "here": here.session.digest,
        "passkeys_work": site() is not None,
    }


def _password() -> dict[str, Any]:
    ways = hub().entrance.factors.ways(entered())
    return {"ways": ways} | (_offer() if not ways.password else {})


def _offer() -> dict[str, Any]:
    offer = hub().entrance.factors.offer(entered())
    return {"offer": offer, "picture": picture(offer), "ways": hub().entrance.factors.ways(entered())}


def _site() -> Site:
    place = site()
    if place is None:
        raise NotFoundError("no passkeys under a bare address")
    return place


def _question() -> str:
    return hub().entrance.factors.ask_passkey(entered(), _site())


def _bytes(text: str) -> bytes:
    """Read what a link names by its hex. Raises: NotFoundError: it is none."""
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise NotFoundError("no such thing") from error
