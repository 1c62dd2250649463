"""The pages of tokens: all of them with a form for another, one of them, a new one, and the clients' set-ups."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from hub.console.forms import day, is_ticked, line, refuse
from hub.console.here import actor, hub
from hub.console.pages import again, go, page
from hub.console.paging import start
from hub.console.screens.tokens.setups import set_up
from hub.errors import ConflictError, InvalidInputError
from hub.model.members import Token
from hub.services.membership.tokens import MAX_OVERLAP_HOURS, Cut, Issued, is_live

blueprint = Blueprint("tokens", __name__)

_LIST, _TOKEN, _ISSUED, _SETUP = "tokens/tokens.html", "tokens/token.html", "tokens/issued.html", "tokens/setup.html"
_TYPED = (InvalidInputError, ConflictError)
_A_PAGE = 50
_SOON = timedelta(days=14)


@blueprint.get("/tokens")
def show() -> Response:
    """List the tokens, those that are good first."""
    return page(_LIST, **_listed())


@blueprint.post("/tokens")
def issue() -> AnyResponse:
    """Make a token; this page is the only place where its secret ever is."""
    try:
        collections = frozenset(request.form.getlist("collections")) or None
        ends = day("expires")
        cut = Cut(is_ticked("read_only"), collections, _networks())
        expires = datetime.combine(ends, time(), UTC) if ends else None
        issued = hub().membership.tokens.issue(actor(), line("account"), cut, expires)
    except _TYPED as problem:
        return again(_LIST, problem, **_listed())
    return _given_out(issued)


@blueprint.get("/tokens/setup")
def setup() -> Response:
    """Say how clients are set up for an account; a secret that was given out is nowhere any more."""
    accounts = [each.name for each in hub().membership.tokens.accounts(actor())]
    wanted = request.args.get("account") or (accounts[0] if accounts else actor().name)
    accesses = hub().membership.tokens.collections(actor(), wanted)
    return page(_SETUP, accounts=accounts, setup=set_up(wanted, accesses, None))


@blueprint.get("/tokens/<id>")
def one(id: str) -> Response:  # noqa: A002 - the part of the address
    """Show a token, with what can be done about it."""
    return page(_TOKEN, **_token(id))


@blueprint.post("/tokens/<id>/rotate")
def rotate(id: str) -> AnyResponse:  # noqa: A002 - the part of the address
    """Replace a token; this page is the only place where the new secret ever is."""
    try:
        hours = line("overlap_hours") or "0"
        if not (hours.isascii() and hours.isdigit() and len(hours) <= len(str(MAX_OVERLAP_HOURS))):
            refuse("overlap_hours", f"0 to {MAX_OVERLAP_HOURS} hours", hours)
        issued = hub().membership.tokens.rotate(actor(), id, int(hours))
    except _TYPED as problem:
        return again(_TOKEN, problem, **_token(id))
    return _given_out(issued, replaced=hub().membership.tokens.find(actor(), id))


@blueprint.post("/tokens/<id>/revoke")
def revoke(id: str) -> AnyResponse:  # noqa: A002 - the part of the address
    """Make a token worthless."""
    hub().membership.tokens.revoke(actor(), id)
    return go("tokens.show", done="token_revoked")


def _given_out(issued: Issued, replaced: Token | None = None) -> Response:
    token = issued.token
    reached = [
        each
        for each in hub().membership.tokens.collections(actor(), token.account)
        if token.collections is None or each.collection.id in token.collections
    ]
    return page(
        _ISSUED,
        token=token,
        secret=issued.secret,
        replaced=replaced,
        setup=set_up(token.account, reached, issued.secret),
    )


def _networks() -> tuple[IPv4Network | IPv6Network, ...]:
    """Give the networks of the form. Raises: InvalidInputError: one is none."""
    found = []
    for text in line("networks").replace(",", " ").split():
        try:
            found.append(ip_network(text))
        except ValueError:
            refuse("networks", "no network: write it as 192.0.2.0/24 or 2001:db8::/32, without host bits", text)
    return tuple(found)


def _listed() -> dict[str, Any]:
    tokens, now = hub().membership.tokens, datetime.now(UTC)
    found = sorted(tokens.list(actor()), key=lambda each: (not is_live(each, now), -each.created.timestamp()))
    at = min(start(), len(found))
    shown = found[at : at + _A_PAGE]
    return {
        "tokens": shown,
        "total": len(found),
        "first": at > 0,
        "further": at + _A_PAGE if at + _A_PAGE < len(found) else None,
        "used": tokens.last_used(shown),
        "state": {each.id: _state(each, now) for each in shown},
        "accounts": [each.name for each in tokens.accounts(actor())],
        "collections": [each.collection for each in tokens.collections(actor())],
        "days": tokens.days,
    }


def _token(id_: str) -> dict[str, Any]:
    tokens = hub().membership.tokens
    found = tokens.find(actor(), id_)
    titles = {each.collection.id: each.collection.title for each in tokens.collections(actor(), found.account)}
    reached = None if found.collections is None else sorted(titles.get(each, each) for each in found.collections)
    return {
        "token": found,
        "reached": reached,
        "state": _state(found, datetime.now(UTC)),
        "used": tokens.last_used([found]).get(id_),
        "may_rotate": found.account in {each.name for each in tokens.accounts(actor())},
        "most_hours": MAX_OVERLAP_HOURS,
    }


def _state(token: Token, now: datetime) -> str:
    """Give the key of the state: revoked, expired, soon or live."""
    if token.revoked is not None:
        return "revoked"
    if not is_live(token, now):
        return "expired"
    return "soon" if token.expires is not None and token.expires - now < _SOON else "live"
