"""The way to an identity provider and back (OpenID Connect Core 1.0, code flow with PKCE)."""

from __future__ import annotations

import base64
import hashlib
import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from hub.errors import AuthenticationError, SettingsError, SourceError
from hub.services.entrance.oidc import Client, Federation
from hub.store.sqlite import SqliteStore
from tests.hub.services.entrance.oidc.identity import CLIENT, Signer, providing

BACK = "https://hub.test/console/sign-in/oidc/back"


@pytest.fixture(scope="module")
def _running():
    with providing() as identity:
        yield identity


@pytest.fixture
def identity(_running):
    """Give a provider that says what is usual."""
    _running.claims, _running.answers, _running.asked = {}, {}, []
    _running.signer = Signer("one", curve=True)
    return _running


@pytest.fixture
def store(tmp_path):
    """Make a store, for the counters."""
    with closing(SqliteStore.create(tmp_path / "hub.sqlite3")) as made:
        yield made


def federation(identity, store, **client):
    """Give the hub's side."""
    return Federation(Client(identity.issuer, CLIENT, **client), b"k" * 64, store.counters, 600)


@pytest.fixture
def way(identity, store):
    """Give the hub's side of a client without a secret."""
    return federation(identity, store)


def now():
    """Give the time."""
    return datetime.now(UTC)


def go_through(way, identity):
    """Leave, sign in at the provider, and come back."""
    begun = way.begin(BACK, now())
    return way.finish(begun.ticket, identity.consent(begun.url), BACK, now())


def refused(way, begun, answer, at=None, back=BACK):
    """Be turned away."""
    with pytest.raises(AuthenticationError):
        way.finish(begun.ticket, answer, back, at or now())


@pytest.mark.parametrize("curve", [True, False], ids=["ES256", "RS256"])
def test_a_person_comes_back_as_whom_the_provider_names(identity, store, curve):
    """By either algorithm; with what he went for, and with the proof that the code is this hub's own (RFC 7636)."""
    identity.signer = Signer("one", curve=curve)
    way = federation(identity, store)
    begun = way.begin(BACK, now(), invitation="link", where="/console/you")
    query = {name: values[0] for name, values in parse_qs(urlsplit(begun.url).query).items()}
    assert (query["client_id"], query["redirect_uri"], query["scope"]) == (CLIENT, BACK, "openid")
    came = way.finish(begun.ticket, identity.consent(begun.url), BACK, now())
    assert (came.subject, came.invitation, came.where) == (f"{identity.issuer} 248289761001", "link", "/console/you")
    (fields,) = [fields for path, fields, _ in identity.asked if path == "/token"]
    proof = base64.urlsafe_b64encode(hashlib.sha256(fields["code_verifier"].encode()).digest()).decode().rstrip("=")
    assert (proof, query["code_challenge_method"], fields["redirect_uri"]) == (query["code_challenge"], "S256", BACK)


def test_a_secret_is_sent_by_basic_and_read_from_its_file(identity, store, tmp_path):
    """Both in the form of a form, as RFC 6749 section 2.3.1 has it; it is in no address and no printed value."""
    file = tmp_path / "secret"
    file.write_text("s:e%cret\n")
    way = federation(identity, store, secret_file=file)
    begun = way.begin(BACK, now())
    way.finish(begun.ticket, identity.consent(begun.url), BACK, now())
    (headers,) = [headers for path, _, headers in identity.asked if path == "/token"]
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")) == b"the-hub:s%3Ae%25cret"
    assert begun.ticket not in repr(begun)


def test_an_answer_is_good_once_in_time_and_for_the_browser_that_left(identity, way):
    """Not twice, not late, not with another state, ticket or issuer, without a code, or declined."""
    begun, other = (way.begin(BACK, now()) for _ in range(2))
    answer, theirs = identity.consent(begun.url), identity.consent(other.url)
    refused(way, begun, answer, at=now() + timedelta(seconds=601))
    refused(way, begun, theirs)
    refused(way, begun, answer | {"iss": "https://evil.example"})
    refused(way, begun, answer | {"code": ""})
    refused(way, begun, {"error": "access_denied", "state": answer["state"]})
    refused(way, begun, {})
    for ticket in ("", "x", f"{begun.ticket}0", begun.ticket.partition(".")[0], "x" * 10_000, "ü.ü"):
        with pytest.raises(AuthenticationError):
            way.finish(ticket, answer, BACK, now())
    assert way.finish(begun.ticket, answer, BACK, now())
    refused(way, begun, answer)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1_000},
        {"exp": "never"},
        {"exp": None},
        {"iat": 9_999_999_999},
        {"auth_time": 1_000},
        {"auth_time": None},
        {"sub": ""},
        {"sub": "a b"},
        {"sub": "x" * 256},
        {"sub": 7},
        {"sub": None},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(identity, way, claims):
    """Of another issuer, client or sign-in, too old, too new, or about nobody (section 3.1.3.7)."""
    begun = way.begin(BACK, now())
    answer = identity.consent(begun.url)
    identity.claims |= claims
    refused(way, begun, answer)


@pytest.mark.parametrize(
    "header", [{"alg": "none"}, {"alg": "HS256"}, {"alg": "RS256"}, {"crit": ["x"]}, {"alg": 5}], ids=str
)
def test_there_is_no_algorithm_to_be_talked_into(identity, way, header):
    """Only a signature by a published key of the algorithm's own kind counts."""
    begun = way.begin(BACK, now())
    answer = identity.consent(begun.url)
    whole = identity.signer.token
    identity.signer.token = lambda claims: whole(claims, **header)
    refused(way, begun, answer)


def test_a_token_of_another_key_is_refused_and_a_new_key_is_found(identity, way):
    """A key that is not known is looked for once more, so it may be changed; a false one under its name fails."""
    for _ in range(2):
        assert go_through(way, identity)
    begun = way.begin(BACK, now())
    published = json.dumps({"keys": [identity.signer.public]}).encode()
    identity.signer, identity.answers["/keys"] = Signer("one", curve=True), (200, published)
    refused(way, begun, identity.consent(begun.url))
    identity.answers.clear()
    identity.signer = Signer("two", curve=True)
    way._provider._keys = (0.0, way._provider._keys[1])  # a minute later
    assert go_through(way, identity)


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
@pytest.mark.parametrize(
    "said",
    [
        (500, b"{}"),
        (302, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b"x" * 300_000),
        (200, b"[" * 9_000),
    ],
    ids=["fault", "redirect", "html", "list", "empty", "long", "deep"],
)
def test_a_provider_that_makes_no_sense_lets_nobody_in(identity, way, path, said):
    """It is told as its fault, or as a refusal where it published no key; nothing of it is followed or kept."""
    identity.answers[path] = said
    with pytest.raises((SourceError, AuthenticationError)):
        go_through(way, identity)
    assert not any(asked == "/elsewhere" for asked, _, _ in identity.asked)


def test_a_provider_that_claims_to_be_another_is_not_believed(identity, way):
    """Nor one that would have the hub ask over plain HTTP beyond this machine."""
    about = json.loads(identity.answer("/.well-known/openid-configuration", {})[1])
    for changed in (
        {"issuer": f"{identity.issuer}/"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": 5},
    ):
        identity.answers["/.well-known/openid-configuration"] = 200, json.dumps(about | changed).encode()
        with pytest.raises(SourceError):
            way.begin(BACK, now())


@pytest.mark.parametrize(
    "issuer", ["http://id.example", "https://", "id.example", "https://a@id.example", "https://[", "https://x/?q"]
)
def test_an_issuer_is_an_address_of_https(issuer):
    """Anything else is a mistake in the settings, and said at once."""
    with pytest.raises(SettingsError, match="oidc_issuer"):
        Client(issuer, CLIENT)


def test_a_client_has_a_name_and_a_secret_that_can_be_read(tmp_path):
    """What is missing is named."""
    with pytest.raises(SettingsError, match="oidc_client_id"):
        Client("https://id.example", "")
    with pytest.raises(SettingsError, match="oidc_secret_file"):
        Client("https://id.example", CLIENT, tmp_path / "none").secret()
    assert Client("https://id.example/realm", CLIENT).title == "id.example"
