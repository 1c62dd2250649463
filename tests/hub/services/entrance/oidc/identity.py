"""An identity provider on loopback (OpenID Connect Core 1.0) that says what a test has it say."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

CLIENT = "the-hub"


def encoded(content: bytes) -> str:
    """Write base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def number(value: int) -> str:
    """Write a number of a key."""
    return encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))


class Signer:
    """A key that signs tokens, by RSA or by a curve."""

    def __init__(self, kid: str, *, curve: bool = False, bits: int = 2_048) -> None:
        self.kid = kid
        self.curve = curve
        self._curve_key = ec.generate_private_key(ec.SECP256R1())
        self._rsa_key = rsa.generate_private_key(65_537, bits) if not curve else None

    @property
    def public(self) -> dict[str, str]:
        """The key as the provider publishes it."""
        if self._rsa_key is None:
            point = self._curve_key.public_key().public_numbers()
            return {"kty": "EC", "crv": "P-256", "kid": self.kid, "x": number(point.x), "y": number(point.y)}
        numbers = self._rsa_key.public_key().public_numbers()
        return {"kty": "RSA", "kid": self.kid, "use": "sig", "n": number(numbers.n), "e": number(numbers.e)}

    def token(self, claims: dict[str, Any], **header: Any) -> str:
        """Sign claims."""
        about = {"alg": "ES256" if self.curve else "RS256", "kid": self.kid} | header
        signed = ".".join(encoded(json.dumps(each).encode()) for each in (about, claims))
        return f"{signed}.{encoded(self._signature(signed.encode()))}"

    def _signature(self, signed: bytes) -> bytes:
        if self._rsa_key is not None:
            return self._rsa_key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        r, s = decode_dss_signature(self._curve_key.sign(signed, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


class Identity:
    """The provider. claims: what its next token says beside what it must; answers: by path, in place of its own."""

    def __init__(self, base: str) -> None:
        self.issuer = base
        self.signer = Signer("one")
        self.claims: dict[str, Any] = {}
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self._nonces: dict[str, str] = {}

    def consent(self, url: str, subject: str = "248289761001") -> dict[str, str]:
        """Let a person sign in where the hub has sent him; give what his browser brings back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{len(self._nonces)}"
        self._nonces[code] = query["nonce"]
        self.claims.setdefault("sub", subject)
        return {"code": code, "state": query["state"], "iss": self.issuer}

    def answer(self, path: str, fields: dict[str, str]) -> tuple[int, bytes]:
        """Give status and body."""
        if path in self.answers:
            return self.answers[path]
        if path == "/keys":
            return 200, json.dumps({"keys": [self.signer.public]}).encode()
        if path == "/token":
            return 200, json.dumps({"id_token": self._token(fields), "access_token": "x"}).encode()
        places = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        about = {"issuer": self.issuer} | {name: f"{self.issuer}{path}" for name, path in places.items()}
        return 200, json.dumps(about).encode()

    def _token(self, fields: dict[str, str]) -> str:
        now = int(time.time())
        usual = {
            "iss": self.issuer,
            "aud": CLIENT,
            "nonce": self._nonces.get(fields.get("code", ""), ""),
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
        }
        return self.signer.token({name: value for name, value in (usual | self.claims).items() if value is not None})


@contextmanager
def providing() -> Iterator[Identity]:
    """Run a provider while a test needs it."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _answer(self, fields: dict[str, str]) -> None:
            identity.asked.append((self.path, fields, dict(self.headers)))
            status, body = identity.answer(self.path, fields)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if 300 <= status < 400:
                self.send_header("Location", f"{identity.issuer}/elsewhere")
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    identity = Identity(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield identity
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
