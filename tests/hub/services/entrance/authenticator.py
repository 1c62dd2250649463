"""An authenticator in software (WebAuthn level 2): an ES256 key that answers a browser's questions."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, NEW_CREDENTIAL = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """One key on one site. host, origin: what the browser says where it is; flags: what was asked of the person."""

    host: str = "hub.test"
    origin: str = "https://hub.test"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def create(self, options: str) -> str:
        """Answer navigator.credentials.create()."""
        client = self._client("webauthn.create", options)
        credential = bytes(16) + struct.pack(">H", len(self.id)) + self.id + self._public()
        data = self._data(NEW_CREDENTIAL) + credential
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def get(self, options: str) -> str:
        """Answer navigator.credentials.get(), counting up."""
        self.count += 1
        client, data = self._client("webauthn.get", options), self._data()
        signed = data + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _client(self, type_: str, options: str) -> bytes:
        return json.dumps(
            {"type": type_, "challenge": json.loads(options)["challenge"], "origin": self.origin}
        ).encode()

    def _data(self, more: int = 0) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", self.flags | more, self.count)

    def _public(self) -> bytes:
        numbers = self.key.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (numbers.x, numbers.y))
        return encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _answer(self, **parts: bytes) -> str:
        response = {name: bytes_to_base64url(part) for name, part in parts.items()}
        id_ = bytes_to_base64url(self.id)
        return json.dumps({"id": id_, "rawId": id_, "type": "public-key", "response": response})


def challenge_of(options: str) -> bytes:
    """Give the challenge a question holds."""
    return base64url_to_bytes(json.loads(options)["challenge"])
