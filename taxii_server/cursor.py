"""Cursors: a reader's position, sealed into the text of `next` (TAXII 2.1 section 3.5; visibility.md S18).

AES-SIV is authenticated, needs no nonce and gives the same text for the same position, so a repeated page
is the same to the byte. Account, API root, collection and endpoint are authenticated with it and travel
nowhere: a cursor used elsewhere opens nothing. It carries no authority; rights are judged anew on every page.
"""

from __future__ import annotations

import base64
import re
import struct
from dataclasses import dataclass
from http import HTTPStatus

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from hub.store.query import Position
from taxii_server.errors import RefusedError

_FORM = 1
_LAYOUT = struct.Struct(">Bqqqqq")
"""Form, epoch, block, key, index, added_after (-1: none): 41 bytes, and 16 of the seal."""
_TEXT = re.compile(r"[A-Za-z0-9_-]{76}\Z")
"""57 bytes in base64url, which has one spelling for them: no padding, no spare bits."""
_REFUSAL = "next is none that this server gave for this request; ask again without it"


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a cursor is good: for whom, API root, collection (by id), endpoint (with its object's id)."""

    account: str
    api_root: str
    collection: str
    endpoint: str

    def parts(self) -> list[bytes]:
        """Give it as associated data; each part has its name, since an empty one is not allowed."""
        names = ("account", "api_root", "collection", "endpoint")
        # An id in a path can be any text; a cursor must be refused for where it is used, not for its letters.
        return [f"{name}:{getattr(self, name)}".encode(errors="surrogatepass") for name in names]


@dataclass(frozen=True, slots=True)
class Resumption:
    """What a cursor says: go on after this position, among what was added after this (µs); None: not said."""

    position: Position | None
    added_after: int | None


class Seal:
    """Seals and opens cursors. key: 64 bytes, the same in all workers and after a restore."""

    def __init__(self, key: bytes, epoch: int) -> None:
        self._cipher = AESSIV(key)
        self._epoch = epoch

    def close(self, binding: Binding, position: Position, added_after: int | None) -> str:
        """Seal a position into 76 letters of base64url."""
        after = -1 if added_after is None else added_after
        plain = _LAYOUT.pack(_FORM, self._epoch, position.block, position.key, position.index, after)
        return base64.urlsafe_b64encode(self._cipher.encrypt(plain, binding.parts())).decode("ascii")

    def open(self, text: str, binding: Binding) -> Resumption:
        """Open what `close` gave for the same binding.

        A cursor of an older epoch (before a restore) is read as `added_after` = the date it had reached.
        Raises: RefusedError (400): anything else, always with the same text.
        """
        refused = RefusedError(HTTPStatus.BAD_REQUEST, _REFUSAL)
        if not _TEXT.match(text):
            raise refused
        try:
            plain = self._cipher.decrypt(base64.urlsafe_b64decode(text), binding.parts())
        except InvalidTag:
            raise refused from None
        form, epoch, block, key, index, after = _LAYOUT.unpack(plain)
        if form != _FORM or epoch > self._epoch:
            raise refused
        if epoch < self._epoch:
            return Resumption(None, max(block + index, after))
        return Resumption(Position(block, key, index), None if after < 0 else after)
