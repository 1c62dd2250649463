"""Forced browsing: every address and every form, by every role, with the real ids of what belongs to others.

What a role may open stands in the table below; what does not stand there is closed. A closed page tells nothing of
the thing, and nothing that tells it from one that is not there.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from hub.model.collections import Collection, Intake, Right
from hub.model.members import Account, AccountKind, Partner, PartnerKind, Role
from hub.services.submitting.wishes import Wish
from hub.store.base import Transaction
from stix_models.markings import Level
from stix_models.timestamps import UNVERSIONED
from tests.hub.console.browsing import Browser, Site
from tests.hub.console.conftest import site_of
from tests.hub.services.world import OPERATOR, bundle, domain, domain_id, make_world

HIDDEN_GROUP = "marking-definition--0e2d8bd5-6f46-4d51-a7be-9d7e4b6d3c11"
VAULT = Collection("7c1f0f1c-93a4-4a0e-8d6d-3a9d1c1b7a01", "Vault of corps", alias="vault")
TRUSTED = Collection("8c1f0f1c-93a4-4a0e-8d6d-3a9d1c1b7a02", "Trove of corps", intake=Intake.TRUSTED)
ABSENT = "00000000-0000-4000-8000-000000000000"
TELLING = ("corp-c", "c-cil", "c-push", "g-hidden", "Vault", "Trove", "kept.test", "waits.test", "file-of-c", "Whisper")
"""Words that stand in what belongs to others, and on no page of who may not see it."""

ROLES = {
    "secretariat": "s-sue",
    "reviewer": "x-xan",
    "contributor": "b-con",
    "reader": "b-rea",
    "observer": "o-eve",
    "colleague": "c-cor",
    "suspended": "b-sus",
    "nobody": "",
}
_OWN = frozenset({"secretariat", "reviewer", "contributor", "reader", "observer", "colleague"})
_SECRETARIAT, _COLLEAGUE = frozenset({"secretariat"}), frozenset({"colleague"})
_KNOWING = _SECRETARIAT | _COLLEAGUE
MAY = {
    # What everybody has of his own.
    **dict.fromkeys(("home.show", "search.show", "search.look_up", "contributions.show", "questions.show"), _OWN),
    **dict.fromkeys(("groups.show", "why.show", "feeds.show", "tokens.show"), _OWN),
    **dict.fromkeys(("audit.show", "audit.as_csv", "audit.as_json_lines", "entrance.you"), _OWN),
    **dict.fromkeys(("entrance.password", "entrance.code", "entrance.passkey"), _OWN),
    **dict.fromkeys(("entrance.change_password", "entrance.renew_code", "entrance.add_passkey"), _OWN),
    # What some have by their role.
    "push.show": frozenset({"contributor"}),
    "intake.show": frozenset({"secretariat", "reviewer", "observer"}),
    # What the secretariat has of all others.
    **dict.fromkeys(("intake.one", "intake.raw", "intake.release", "intake.send_back", "intake.reject"), _SECRETARIAT),
    **dict.fromkeys(("partners.show", "partners.one", "partners.add", "partners.describe"), _SECRETARIAT),
    **dict.fromkeys(("partners.add_account", "partners.enrol", "partners.rest", "partners.account"), _SECRETARIAT),
    **dict.fromkeys(("partners.change_account", "partners.cast", "partners.invite"), _SECRETARIAT),
    **dict.fromkeys(("partners.rest_account", "groups.add", "groups.form", "groups.one"), _SECRETARIAT),
    **dict.fromkeys(("groups.preview", "groups.apply", "access.show", "access.preview"), _SECRETARIAT),
    **dict.fromkeys(("access.apply", "access.add", "access.collection", "access.preview_terms"), _SECRETARIAT),
    **dict.fromkeys(("access.apply_terms", "access.keep", "access.forget"), _SECRETARIAT),
    **dict.fromkeys(("marking.show", "marking.preview", "marking.apply"), _SECRETARIAT),
    # What a colleague of its producer has too: content, what became of it, its machines' tokens, what is asked of it.
    **dict.fromkeys(("objects.show", "objects.stix", "questions.one"), _KNOWING),
    **dict.fromkeys(("tokens.one", "tokens.revoke", "tokens.setup"), _KNOWING),
    **dict.fromkeys(("tokens.rotate", "tokens.issue"), _SECRETARIAT),  # the machine pushes, which the colleague may not
    **dict.fromkeys(("contributions.one", "questions.answer"), _COLLEAGUE),
    **dict.fromkeys(("audit.check", "view_as.show", "view_as.start", "view_as.stop"), _SECRETARIAT),
    "questions.ask": _SECRETARIAT,
}
"""By endpoint, the roles that may open it with what belongs to others."""

FORMS: dict[str, dict[str, str]] = {
    "partners.add": {"name": "newcomer", "kind": "member", "contact": "x"},
    "partners.describe": {"contact": "x", "kind": "member"},
    "partners.add_account": {"account": "c-new", "kind": "person", "roles": "reader"},
    "partners.enrol": {"account": "c-new", "kind": "person", "roles": "reader"},
    "partners.change_account": {"roles": "reviewer"},
    "partners.cast": {"roles": "reviewer"},
    "partners.rest": {"state": "suspended"},
    "partners.rest_account": {"state": "suspended"},
    "groups.add": {"name": "g-new"},
    "groups.form": {"name": "g-new", "marking": HIDDEN_GROUP},
    "groups.preview": {"join": "bank-b"},
    "groups.apply": {"join": "bank-b", "reason": "x"},
    "access.preview": {f"cell:{VAULT.id}:bank-b": "both"},
    "access.apply": {f"cell:{VAULT.id}:bank-b": "both", "reason": "x"},
    "access.add": {"title": "New"},
    "access.preview_terms": {"title": "x", "intake": "trusted", "default_tlp": "clear", "public": "yes"},
    "access.apply_terms": {"title": "x", "intake": "trusted", "default_tlp": "clear", "public": "yes"},
    "access.keep": {"subject": "watch-o", "collection": VAULT.id, "why": "x"},
    "marking.preview": {"level": "red", "reason": "x"},
    "marking.apply": {"level": "red", "reason": "x"},
    "questions.ask": {"object": domain_id("kept.test"), "text": "What is it?"},
    "questions.answer": {"text": "So it is."},
    "intake.release": {"confirmed": "yes"},
    "intake.send_back": {"reason": "x"},
    "intake.reject": {"reason": "x"},
    "tokens.issue": {"account": "c-push"},
    "tokens.rotate": {"overlap_hours": "0"},
    "view_as.start": {"account": "c-cil", "reason": "x"},
    "search.look_up": {"list": "kept.test"},
    "push.read": {"collection": VAULT.id, "level": "clear", "act": "read"},
}
_ASKED = {
    "why.show": f"object={domain_id('kept.test')}&account=c-cil",
    "tokens.setup": "account=c-push",
    "search.show": "q=kept.test",
    "questions.show": f"object={domain_id('kept.test')}",
    "audit.show": "q=actor:c-push",
    "intake.raw": f"object={domain_id('waits.test')}&version={UNVERSIONED}",
}
_SKIPPED = {"assets.show", "entrance.sign_in", "entrance.enter", "entrance.sign_out", "entrance.sign_out_everywhere"}
"""What is open to all, or would end the walk."""


@dataclass
class Vault:
    """A community with something of every kind that belongs to corp-c alone. ids: by the part of an address."""

    site: Site
    ids: dict[str, str]

    def path(self, rule: Rule, *, absent: bool = False) -> str:
        """Fill in an address: with what is there, or with what is nowhere."""
        path = rule.rule.replace("<uuid:", "<")
        for part in rule.arguments:
            here = self.ids[f"{rule.endpoint.partition('.')[0]}.{part}"]
            if rule.endpoint.startswith("partners.") and "/accounts/<name>" in rule.rule:
                here = "c-cil"
            if rule.endpoint == "access.forget":
                here = self.ids["check"]
            path = path.replace(f"<{part}>", _nowhere(here) if absent else here)
        return path


def _nowhere(id_: str) -> str:
    """Give a name of the same form that nothing has."""
    head, dashes, tail = id_.rpartition("--")
    if len(tail) == len(ABSENT):
        return f"{head}{dashes}{ABSENT}"
    return "0" * len(id_) if len(id_) > len(ABSENT) else "nothing-at-all"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """Make it."""
    with closing(make_world(tmp_path)) as world:
        world.store.commit(_set_up)
        site = site_of(world, tmp_path)
        hub, cil, sue = site.hub, world.actor("c-cil"), world.actor("s-sue")
        pushed = world.push("c-push", TRUSTED, domain("kept.test", "amber", HIDDEN_GROUP))
        waits = world.push("c-push", VAULT, domain("waits.test", "amber", HIDDEN_GROUP))
        file = tmp_path / "file-of-c.json"
        file.write_bytes(bundle(domain("kept.test", "clear")))
        draft = hub.drafting.make(cil, file, Wish(VAULT.id, "file-of-c.json", Level.GREEN))
        asked = hub.questions.ask(world.actor("d-dan"), domain_id("kept.test"), "Whisper: what is it?")
        token = hub.membership.tokens.issue(OPERATOR, "c-push").token
        check = hub.membership.must_hold.add(sue, "watch-o", VAULT.id, Level.CLEAR, "Whisper of the secretariat")
        browser = site.browser("c-cil")
        session = world.store.sessions.of("c-cil")[0]
        assert browser.get("/you").status_code == 200
        ids = {
            "partners.name": "corp-c",
            "groups.name": "g-hidden",
            "access.id": VAULT.id,
            "objects.id": domain_id("kept.test"),
            "marking.id": domain_id("kept.test"),
            "intake.submission": waits.id,
            "contributions.submission": pushed.id,
            "questions.question": asked.id,
            "tokens.id": token.id,
            "push.id": draft.id,
            "entrance.id": session.digest.hex(),
            "entrance.token": "no-such-secret",
            "check": check.id,
        }
        yield Vault(site, ids)


def _set_up(tx: Transaction) -> None:
    registry, both = tx.registry, frozenset({Role.READER, Role.CONTRIBUTOR})
    registry.put_group("g-hidden", HIDDEN_GROUP)
    for collection in (VAULT, TRUSTED):
        registry.put_collection(collection)
    for name, person in (("corp-c", "c-cil"), ("corp-d", "d-dan")):
        registry.put_partner(Partner(name, PartnerKind.MEMBER))
        registry.put_account(Account(person, name, AccountKind.PERSON, both))
        registry.open_right(Right.MEMBER, f"partner:{name}", HIDDEN_GROUP)
        for collection in (VAULT, TRUSTED):
            registry.open_right(Right.READ, f"partner:{name}", collection.id)
            registry.open_right(Right.WRITE, f"partner:{name}", collection.id)
    registry.put_account(Account("c-push", "corp-c", AccountKind.SERVICE, both))
    registry.put_account(Account("c-cor", "corp-c", AccountKind.PERSON, frozenset({Role.READER})))
    for name, roles in (("b-con", both), ("b-rea", {Role.READER}), ("b-sus", both | {Role.REVIEWER})):
        registry.put_account(Account(name, "bank-b", AccountKind.PERSON, frozenset(roles)))


def _rules(vault: Vault, method: str) -> Iterator[Rule]:
    for rule in vault.site.app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint not in _SKIPPED:
            yield rule


def _browser(vault: Vault, role: str) -> Browser:
    browser = vault.site.browser(ROLES[role])
    if role == "suspended":
        vault.site.hub.membership.members.suspend_account(OPERATOR, ROLES[role])
    return browser


def _get(browser: Browser, rule: Rule, path: str) -> TestResponse:
    return browser.get(f"{path}?{_ASKED.get(rule.endpoint, '')}")


def _post(browser: Browser, rule: Rule, path: str) -> TestResponse:
    form: dict[str, object] = dict(FORMS.get(rule.endpoint, {}))
    if rule.endpoint == "push.read":
        form["file"] = (io.BytesIO(bundle(domain("mine.test", "clear"))), "mine.json")
    return browser.post(path, form)


def _told(rule: Rule, answer: TestResponse) -> list[str]:
    """Give what a page tells of the things, beyond what was typed and is shown as such."""
    typed = str([answer.request.url, *FORMS.get(rule.endpoint, {}).values()])
    return [word for word in TELLING if word in answer.text and word not in typed]


def _is_closed(answer: TestResponse) -> bool:
    """Whether it is a refusal, or the way to the sign-in."""
    leads = "/console/sign-in" in (answer.location or "") or b'action="/console/sign-in"' in answer.data
    return answer.status_code in {403, 404} or leads


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_pages_and_no_other(vault, role):
    """By address: what the table gives is there, everything else is refused, and tells nothing."""
    browser, wrong = _browser(vault, role), []
    for rule in _rules(vault, "GET"):
        answer = _get(browser, rule, vault.path(rule))
        is_open = role in MAY.get(rule.endpoint, ())
        if is_open == _is_closed(answer) or answer.status_code >= 500:
            wrong.append((rule.rule, answer.status_code))
        if role not in _KNOWING:
            wrong += [(rule.rule, word) for word in _told(rule, answer)]
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_each_role_does_its_acts_and_no_other(vault, role):
    """By form, complete and with the right token: what the table gives is taken, all else is refused and not done."""
    browser, wrong, before = _browser(vault, role), [], len(vault.site.world.events())
    for rule in sorted(_rules(vault, "POST"), key=lambda each: each.rule.count("/rest")):
        if ROLES[role] and role != "suspended":
            browser = vault.site.browser(ROLES[role])
        answer = _post(browser, rule, vault.path(rule))
        is_open = role in MAY.get(rule.endpoint, ())
        if is_open == _is_closed(answer) or answer.status_code >= 500:
            wrong.append((rule.rule, answer.status_code))
        if role not in _KNOWING:
            wrong += [(rule.rule, word) for word in _told(rule, answer)]
    assert wrong == []
    assert vault.site.world.store.sessions.of("c-cil") != [] or role == "secretariat"
    if role not in _KNOWING:
        done = {action for _, action, _, _ in vault.site.world.events()[before:]}
        assert done == set()


@pytest.mark.parametrize("role", [role for role in ROLES if role not in {*_KNOWING, "nobody", "suspended"}])
def test_what_is_anothers_is_answered_as_what_is_nowhere(vault, role):
    """Byte for byte, for every address with a part, asked for and acted on."""
    browser = vault.site.browser(ROLES[role])
    for method, send in (("GET", _get), ("POST", _post)):
        for rule in _rules(vault, method):
            if not rule.arguments:
                continue
            there, nowhere = (send(browser, rule, vault.path(rule, absent=absent)) for absent in (False, True))
            assert (there.status_code, there.data) == (nowhere.status_code, nowhere.data), rule
