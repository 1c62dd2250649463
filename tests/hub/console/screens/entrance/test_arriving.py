"""The way in and out as browsers see it: sign-in, invitations, how one signs in, and a form that waited."""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
from pyotp import TOTP

from hub.console.doorkeeper import COOKIE, MAX_STRANGERS_BYTES
from hub.console.screens.entrance.resuming import MAX_CHARACTERS
from hub.model.members import PartnerKind
from tests.hub.console.browsing import ORIGIN, Browser, words
from tests.hub.services.entrance.authenticator import Authenticator
from tests.hub.services.world import OPERATOR

PASSWORD = "lantern gravel otter nine"
NEW = "copper window seven"
SECURE = "https://hub.test"


def field(response, name):
    """Give the value of a hidden field, the last one of that name."""
    page = response.get_data(as_text=True)
    return unescape(re.findall(rf'name="{re.escape(name)}" value="([^"]*)"', page)[-1])


def question(response):
    """Give what the page asks of the browser's passkeys."""
    return unescape(re.findall(r'data-question="([^"]*)"', response.get_data(as_text=True))[-1])


def shown(response):
    """Give the page but for its question, which is another one each time."""
    return re.sub(r'data-question="[^"]*"', "", response.get_data(as_text=True))


def secret_of(response):
    """Give the secret that an app is offered."""
    return re.findall(r"<code>([A-Z2-7]{32})</code>", response.get_data(as_text=True))[-1]


def cookie(browser):
    """Give the session's secret as the browser keeps it."""
    found = browser.client.get_cookie(COOKIE, path="/console")
    return found.value if found else None


def link(site, account="x-xan"):
    """Invite somebody; give the path of the link."""
    return f"/welcome/{site.hub.entrance.invite(OPERATOR, account).secret}"


def code(secret, steps=0):
    """Give what an app shows, so many steps from now."""
    return TOTP(secret).generate_otp(int(time.time()) // 30 + steps)


def join(site, account="x-xan"):
    """Take up an invitation by password and app, some time ago; give browser and the app's secret."""
    browser, path = site.browser(), link(site, account)
    app = secret_of(browser.get(path))
    answer = browser.post(path, {"password": PASSWORD, "repeated": PASSWORD, "code": code(app)})
    assert answer.status_code == 303

    def forget(tx):  # the code of this minute, so that no test has to wait for the next
        tx.keyring.put_credentials(replace(tx.keyring.credentials(account), totp_step=0))

    site.hub.store.commit(forget)
    return browser, app


def with_token(browser, path="/you"):
    """Give the browser with the token of its session's forms."""
    return Browser(browser.client, field(browser.get(path), "csrf"))


def test_an_invited_person_sets_password_and_app_and_is_in(site):
    """The link shows a picture and its text; afterwards there is a session, and the link opens nothing any more."""
    browser, path = site.browser(), link(site)
    shown = browser.get(path)
    assert "<svg" in shown.get_data(as_text=True)
    assert "Welcome, x-xan" in words(shown)
    typed = {"password": PASSWORD, "repeated": PASSWORD, "code": code(secret_of(shown))}
    answer = browser.post(path, typed)
    assert (answer.status_code, answer.location) == (303, "/console/?done=welcome")
    assert "You are in" in words(browser.get("/?done=welcome"))
    for again in (site.browser().get(path), site.browser().post(path, typed)):
        assert again.status_code == 404
        assert "This link opens nothing" in words(again)


def test_a_link_that_never_was_looks_like_one_that_was_used(site):
    """Byte for byte."""
    used = link(site, "a-ada")
    app = secret_of(site.browser().get(used))
    site.browser().post(used, {"password": PASSWORD, "repeated": PASSWORD, "code": code(app)})
    made_up = "/welcome/" + "x" * 43
    assert site.browser().get(used).data == site.browser().get(made_up).data


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"password": PASSWORD, "repeated": "another", "code": "000000"}, "type both again"),
        ({"password": "short", "repeated": "short", "code": "000000"}, "too short"),
        ({"password": PASSWORD, "repeated": PASSWORD, "code": "000000"}, "not the code"),
        ({"answer": "nonsense", "label": "laptop"}, "passkey was not taken"),
        ({}, "too short"),
    ],
)
def test_a_slip_is_named_and_costs_nothing(site, typed, said):
    """The field is named, the app's secret stays the same, and no password is sent back."""
    browser, path, base = site.browser(), link(site), f"{SECURE}/console"
    before = secret_of(browser.client.get(path, base_url=base))
    answer = browser.client.post(path, base_url=base, data=typed, headers={"Origin": SECURE})
    assert answer.status_code == 422
    assert said in words(answer)
    assert secret_of(answer) == before
    assert PASSWORD not in answer.get_data(as_text=True)


def test_signing_in_opens_a_session_of_its_own(site):
    """With a cookie for these paths alone, that no script can read and no other site sends (SameSite, HttpOnly)."""
    _, app = join(site)
    browser = site.browser()
    answer = browser.post("/sign-in", {"account": "x-xan", "password": PASSWORD, "code": code(app)})
    assert (answer.status_code, answer.location) == (303, "/console/")
    flags = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "Path=/console", "SameSite=Lax"} <= set(flags.split("; "))
    assert "Secure" not in flags
    assert "Expires" not in flags
    assert browser.get("/").status_code == 200


def test_over_https_the_cookie_never_travels_without(site):
    """It is marked Secure."""
    browser, path = site.browser(), link(site)
    app = secret_of(browser.client.get(path, base_url=f"{SECURE}/console"))
    typed = {"password": PASSWORD, "repeated": PASSWORD, "code": code(app)}
    answer = browser.client.post(path, base_url=f"{SECURE}/console", data=typed, headers={"Origin": SECURE})
    assert "Secure" in answer.headers["Set-Cookie"].split("; ")


def test_a_session_that_was_there_before_is_worth_nothing_afterwards(site):
    """Neither one that an attacker has planted (fixation) nor the person's own old one outlives a sign-in."""
    _, app = join(site)
    planted = site.browser("o-eve")
    victim, before = site.browser(), cookie(planted)
    victim.client.set_cookie(COOKIE, before, path="/console")
    victim.post("/sign-in", {"account": "x-xan", "password": PASSWORD, "code": code(app)})
    assert cookie(victim) != before
    assert planted.get("/").status_code == 302
    made_up = site.browser()
    made_up.client.set_cookie(COOKIE, "chosen", path="/console")
    made_up.post("/sign-in", {"account": "x-xan", "password": PASSWORD, "code": code(app, 1)})
    assert cookie(made_up) != "chosen"


def test_wrong_credentials_are_refused_in_one_text(site):
    """A used code, a wrong password and a name that is none: the same page, with the name kept and no secret."""
    _, app = join(site)
    typed = {"account": "x-xan", "password": PASSWORD, "code": code(app)}
    assert site.browser().post("/sign-in", typed).status_code == 303
    answers = [
        site.browser().post("/sign-in", typed | changed)
        for changed in ({}, {"password": "wrong"}, {"account": "nobody"}, {"code": ""}, {"account": ""})
    ]
    assert {each.status_code for each in answers} == {422}
    assert len({shown(each).replace("nobody", "x-xan") for each in answers[:4]}) == 1
    assert PASSWORD not in answers[0].get_data(as_text=True)
    assert 'value="x-xan"' in answers[0].get_data(as_text=True)


def test_too_many_guesses_are_told_to_wait(site):
    """As 429, with how long."""
    for _ in range(30):
        assert site.browser().post("/sign-in", {"account": "x-xan", "password": "wrong"}).status_code == 422
    answer = site.browser().post("/sign-in", {"account": "x-xan", "password": "wrong"})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 300


@pytest.mark.parametrize(
    ("where", "on"),
    [
        ("/console/you?x=1", "/console/you?x=1"),
        ("https://evil.example/", "/console/"),
        ("//evil.example/", "/console/"),
        ("/\\evil.example", "/console/"),
        ("/taxii2/", "/console/"),
        ("javascript:alert(1)", "/console/"),
        ("/console/\r\nSet-Cookie: a=b", "/console/"),
    ],
)
def test_after_signing_in_the_browser_goes_on_here_or_nowhere(site, where, on):
    """Only to a path of the console (open redirect)."""
    _, app = join(site)
    browser = site.browser()
    shown = browser.get(f"/sign-in?next={quote(where)}")
    assert field(shown, "next") == (where if where == on else "")
    typed = {"account": "x-xan", "password": PASSWORD, "code": code(app), "next": where}
    assert browser.post("/sign-in", typed).location == on


def test_a_passkey_opens_by_itself(site):
    """Made by an invitation, under the console's name; a bare address has none, and the page offers none."""
    browser, path, phone = site.browser(), link(site), Authenticator()

    def ask(at):
        return question(browser.client.get(at, base_url=f"{SECURE}/console"))

    def answer(at, **typed):
        return browser.client.post(at, base_url=f"{SECURE}/console", data=typed, headers={"Origin": SECURE})

    assert answer(path, answer=phone.create(ask(path)), label="phone").location == "/console/?done=welcome"
    browser.client.delete_cookie(COOKIE, path="/console", domain="hub.test")
    assert answer("/sign-in", answer=phone.get(ask("/sign-in"))).status_code == 303
    shown = browser.client.get("/you", base_url=f"{SECURE}/console")
    assert "phone" in words(shown)
    bare = browser.client.get("/sign-in", base_url="http://127.0.0.1:6100/console")
    assert "data-question" not in bare.get_data(as_text=True)


def test_signing_out_ends_the_session_here_or_everywhere(site):
    """The cookie opens nothing any more, whoever has kept it."""
    first, app = join(site)
    second = site.browser()
    second.post("/sign-in", {"account": "x-xan", "password": PASSWORD, "code": code(app)})
    kept = cookie(second)
    answer = with_token(second).post("/sign-out")
    assert answer.location == "/console/sign-in?done=signed_out"
    assert cookie(second) is None
    second.client.set_cookie(COOKIE, kept, path="/console")
    assert second.get("/").status_code == 302
    assert with_token(first).post("/you/sign-out-everywhere").status_code == 303
    assert first.get("/").status_code == 302


def test_a_person_sees_and_ends_his_own_sessions_alone(site):
    """Each with where it is from; what is a stranger's, or nobody's, is not there."""
    first, app = join(site)
    second = site.browser()
    second.post("/sign-in", {"account": "x-xan", "password": PASSWORD, "code": code(app)})
    page = first.get("/you")
    assert "2 sessions" in words(page)
    assert "this one" in words(page)
    (there,) = re.findall(r"/you/sessions/([0-9a-f]{64})/end", page.get_data(as_text=True))
    stranger = with_token(site.browser("a-ada"))
    for wrong in (there, "0" * 64, "nonsense"):
        assert stranger.post(f"/you/sessions/{wrong}/end").status_code == 404
    assert with_token(first).post(f"/you/sessions/{there}/end").status_code == 303
    assert second.get("/").status_code == 302


def test_password_and_app_are_changed_under_a_new_session(site):
    """Slips are named; each change gives the browser a new secret and ends the other sessions."""
    browser, app = join(site)
    other = site.browser()
    other.post("/sign-in", {"account": "x-xan", "password": PASSWORD, "code": code(app)})
    typed = {"current": PASSWORD, "password": NEW, "repeated": NEW}
    for slip, said in (
        ({"current": "wrong"}, "not your password"),
        ({"repeated": "x"}, "type both again"),
        ({"password": "short", "repeated": "short"}, "too short"),
    ):
        answer = with_token(browser).post("/you/password", typed | slip)
        assert (answer.status_code, said in words(answer)) == (422, True)
    before = cookie(browser)
    assert with_token(browser).post("/you/password", typed).location == "/console/you?done=password_changed"
    assert cookie(browser) != before
    assert other.get("/").status_code == 302
    new = secret_of(browser.get("/you/code"))
    assert with_token(browser).post("/you/code", {"code": "000000"}).status_code == 422
    assert with_token(browser).post("/you/code", {"code": code(new)}).status_code == 303
    fresh = {"account": "x-xan", "password": NEW, "code": code(new, 1)}
    assert site.browser().post("/sign-in", fresh).status_code == 303


def test_long_after_a_sign_in_one_signs_in_again_to_change_it(site):
    """The pages lead there and back; a form sent all the same changes nothing."""
    browser, _ = join(site)
    (session,) = site.hub.store.sessions.of("x-xan")
    site.hub.store.sessions.put(replace(session, opened=session.opened - timedelta(minutes=11)))
    answer = browser.get("/you/password")
    assert answer.location == "/console/sign-in?next=/console/you/password"
    assert "within the last ten minutes" in words(browser.get("/you"))
    typed = {"current": PASSWORD, "password": NEW, "repeated": NEW}
    assert with_token(browser).post("/you/password", typed).status_code == 403


def test_what_was_typed_into_a_form_outlives_its_session(site):
    """It waits in the sign-in page, failed tries too, is shown again, and is sent when its owner says so."""
    _, app = join(site, "s-sue")
    browser = site.browser()
    typed = {"name": "new-bank", "kind": "member", "contact": "Ada & Co <x>", "password": "secret"}
    asked = browser.post("/partners", typed)
    assert "What you typed is kept" in words(asked)
    hidden = dict(re.findall(r'name="(kept[^"]*)" value="([^"]*)"', asked.get_data(as_text=True)))
    waiting = {name: unescape(value) for name, value in hidden.items()}
    assert waiting == {
        "kept_path": "/console/partners",
        "kept.name": "new-bank",
        "kept.kind": "member",
        "kept.contact": "Ada & Co <x>",
    }
    failed = browser.post("/sign-in", {"account": "s-sue", "password": "wrong", **waiting})
    assert field(failed, "kept.contact") == "Ada & Co <x>"
    shown = browser.post("/sign-in", {"account": "s-sue", "password": PASSWORD, "code": code(app), **waiting})
    assert "nothing of it has been sent yet" in words(shown)
    form = {name: field(shown, name) for name in ("csrf", "name", "kind", "contact")}
    assert browser.client.post("/partners", base_url=f"{ORIGIN}/console", data=form).status_code == 303
    with site.hub.store.snapshot() as snapshot:
        found = snapshot.registry.partner("new-bank")
    assert (found.kind, found.contact) == (PartnerKind.MEMBER, "Ada & Co <x>")


def test_a_file_has_to_be_chosen_again(site):
    """The page that shows the form again asks for it; the rest is there."""
    _, app = join(site, "s-sue")
    asked = site.browser().post("/partners", {"name": "new-bank", "sheet": (io.BytesIO(b"a,b"), "a.csv")})
    waiting = {"kept_path": "/console/partners", "kept.name": "new-bank", "kept_file": field(asked, "kept_file")}
    typed = {"account": "s-sue", "password": PASSWORD, "code": code(app), **waiting}
    shown = site.browser().post("/sign-in", typed).get_data(as_text=True)
    assert 'type="file" id="file-1" name="sheet"' in shown
    assert 'enctype="multipart/form-data"' in shown


def test_a_form_waits_for_no_other_site_and_within_limits(site):
    """A path that is not the console's is dropped with all that came along; what is too large is said to be."""
    _, app = join(site)
    typed = {"account": "x-xan", "password": PASSWORD, "code": code(app), "kept.name": "x"}
    assert site.browser().post("/sign-in", typed | {"kept_path": "https://evil.example/"}).status_code == 303
    large = site.browser().post("/partners", {"contact": "x" * (MAX_CHARACTERS + 1)})
    assert "too large to be kept" in words(large)
    assert len(large.data) < MAX_CHARACTERS


def test_a_stranger_sends_no_large_file(site):
    """What is more than a form is not read before its sender has signed in, wherever it is sent."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    sent = {
        "data": head + b"x" * MAX_STRANGERS_BYTES + b"\r\n--x--\r\n",
        "content_type": "multipart/form-data; boundary=x",
        "headers": {"Origin": ORIGIN},
        "base_url": f"{ORIGIN}/console",
    }
    assert "too large to be kept" in words(site.browser().client.post("/push", **sent))
    assert site.browser().client.post("/sign-in", **sent).status_code == 413
