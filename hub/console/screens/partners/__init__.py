"""W2: partners and their people, for the secretariat.

May import: as its parent. Never comes in: a rule about who may be what (policy.enrolment).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, url_for
from werkzeug.wrappers import Response as AnyResponse

from hub.console.forms import day, is_ticked, line, one_of, some_of
from hub.console.here import actor, hub
from hub.console.pages import again, go, page
from hub.console.previewing import Proposal
from hub.errors import ConflictError, InvalidInputError, NotFoundError
from hub.model.members import Account, AccountKind, Partner, PartnerKind, Role
from hub.services.membership.members import Casting, Enrolling

blueprint = Blueprint("partners", __name__)

_LIST, _PARTNER, _ACCOUNT = "partners/partners.html", "partners/partner.html", "partners/account.html"
_TYPED = (InvalidInputError, ConflictError)


@blueprint.get("/partners")
def show() -> Response:
    """List the partners."""
    return page(_LIST, **_listed())


@blueprint.post("/partners")
def add() -> AnyResponse:
    """Take up an organisation."""
    try:
        kind, identities = one_of(PartnerKind, "kind"), tuple(line("identities").split())
        wanted = Partner(line("name"), kind, identities, contact=line("contact"), agreement_ends=day("agreement_ends"))
        hub().membership.members.add_partner(actor(), wanted)
    except _TYPED as problem:
        return again(_LIST, problem, **_listed())
    return go("partners.one", done="partner_added", name=wanted.name)


@blueprint.get("/partners/<name>")
def one(name: str) -> Response:
    """Show a partner with its accounts."""
    return page(_PARTNER, **_partner(name))


@blueprint.post("/partners/<name>")
def describe(name: str) -> AnyResponse:
    """Change contact and agreement."""
    try:
        hub().membership.members.describe_partner(actor(), name, line("contact"), day("agreement_ends"))
    except _TYPED as problem:
        return again(_PARTNER, problem, **_partner(name))
    return go("partners.one", done="saved", name=name)


@blueprint.post("/partners/<name>/rest")
def rest(name: str) -> AnyResponse:
    """Suspend a partner, or let it in again."""
    if line("state") == "suspended":
        try:
            hub().membership.members.suspend_partner(actor(), name)
        except ConflictError as problem:
            return again(_PARTNER, problem, **_partner(name))
        return go("partners.one", done="suspended", name=name)
    hub().membership.members.resume_partner(actor(), name)
    return go("partners.one", done="resumed", name=name)


@blueprint.post("/partners/<name>/accounts")
def add_account(name: str) -> AnyResponse:
    """Show what one who is to sign in would see."""
    try:
        return _enrolling(name).show()
    except _TYPED as problem:
        return again(_PARTNER, problem, **_partner(name))


@blueprint.post("/partners/<name>/accounts/apply")
def enrol(name: str) -> AnyResponse:
    """Take him up, as previewed."""
    return _enrolling(name).settle() or go("partners.account", done="account_added", name=line("account"))


@blueprint.get("/accounts/<name>")
def account(name: str) -> Response:
    """Show an account."""
    return page(_ACCOUNT, **_account(name))


@blueprint.post("/accounts/<name>")
def change_account(name: str) -> AnyResponse:
    """Show what other roles or another clearance would open and close."""
    try:
        return _casting(name).show()
    except _TYPED as problem:
        return again(_ACCOUNT, problem, **_account(name))


@blueprint.post("/accounts/<name>/apply")
def cast(name: str) -> AnyResponse:
    """Change roles and clearance, as previewed."""
    return _casting(name).settle() or go("partners.account", done="saved", name=name)


@blueprint.post("/accounts/<name>/rest")
def rest_account(name: str) -> AnyResponse:
    """Suspend an account, or let it in again."""
    try:
        if line("state") == "suspended":
            hub().membership.members.suspend_account(actor(), name)
            return go("partners.account", done="suspended", name=name)
        hub().membership.members.resume_account(actor(), name)
    except ConflictError as problem:
        return again(_ACCOUNT, problem, **_account(name))
    return go("partners.account", done="resumed", name=name)


@blueprint.post("/accounts/<name>/invitation")
def invite(name: str) -> AnyResponse:
    """Make a one-time link; this page is the only place where it ever is."""
    try:
        invited = hub().entrance.invite(actor(), name)
    except _TYPED as problem:
        return again(_ACCOUNT, problem, **_account(name))
    link = url_for("entrance.welcome", token=invited.secret, _external=True)
    return page(_ACCOUNT, **_account(name) | {"link": link, "expires": invited.expires})


def _enrolling(partner: str) -> Proposal:
    kind, roles, red_capable = one_of(AccountKind, "kind"), some_of(Role, "roles"), is_ticked("red_capable")
    return Proposal(
        stages=(Enrolling(Account(line("account"), partner, kind, roles, red_capable)),),
        fields=[("account", line("account")), ("kind", kind.value), *_cast(roles, red_capable=red_capable)],
        apply_to=url_for("partners.enrol", name=partner),
        back=url_for("partners.one", name=partner),
    )


def _cast(roles: frozenset[Role], *, red_capable: bool) -> list[tuple[str, str]]:
    """Give the fields of a form that say so."""
    return [("roles", each.value) for each in sorted(roles)] + ([("red_capable", "yes")] if red_capable else [])


def _casting(name: str) -> Proposal:
    roles, red_capable = some_of(Role, "roles"), is_ticked("red_capable")
    return Proposal(
        stages=(Casting(name, roles, red_capable),),
        fields=_cast(roles, red_capable=red_capable),
        apply_to=url_for("partners.cast", name=name),
        back=url_for("partners.account", name=name),
    )


def _listed() -> dict[str, Any]:
    members = hub().membership.members
    partners, accounts = members.partners(actor()), members.accounts(actor())
    count = {kind: dict.fromkeys((each.name for each in partners), 0) for kind in AccountKind}
    for each in accounts:
        count[each.kind][each.partner] += 1
    return {"partners": partners, "count": count, "kinds": tuple(PartnerKind), "today": datetime.now(UTC).date()}


def _partner(name: str) -> dict[str, Any]:
    members = hub().membership.members
    found = next((each for each in members.partners(actor()) if each.name == name), None)
    if found is None:
        raise NotFoundError(f"no partner {name}")
    accounts = [each for each in members.accounts(actor()) if each.partner == name]
    groups = [each.name for each in hub().membership.groups.list(actor()) if name in each.members]
    return {
        "partner": found,
        "accounts": accounts,
        "groups": groups,
        "kinds": tuple(AccountKind),
        "roles": tuple(Role),
        "today": datetime.now(UTC).date(),
    }


def _account(name: str) -> dict[str, Any]:
    found = next((each for each in hub().membership.members.accounts(actor()) if each.name == name), None)
    if found is None:
        raise NotFoundError(f"no account {name}")
    return {"account": found, "roles": tuple(Role), "link": None, "expires": None}
