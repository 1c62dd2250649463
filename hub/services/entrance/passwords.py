"""Passwords: what they must be like, and Argon2id behind a gate, so that a rush of sign-ins can't take the memory."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from hub.errors import Finding, ThrottledError

MIN_CHARACTERS = 12
MAX_BYTES = 1024
_MIN_DIFFERENT = 5
_MEMORY_KIB = 19_456  # OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane
_PASSES = 2
_AT_ONCE = 4
_WAIT_SECONDS = 10
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$L6paMZVrhlMkZY6Ou8UqBA$H1HBQ4VK2SR5s/UTt7fJ6wWvmbJVgrZQzyDIAFpV6jc"
"""The hash of random bytes that nobody has kept: checking it costs what checking anybody's costs."""

_COMMON = frozenset(
    {
        "password1234",
        "password12345",
        "passwordpassword",
        "correcthorsebatterystaple",
        "letmeinletmein",
        "welcomewelcome",
        "welcome12345",
        "changemechangeme",
        "changeme1234",
        "qwertyuiop123",
        "qwertyuiopas",
        "qwerty123456",
        "1q2w3e4r5t6y",
        "adminadminadmin",
        "administrator",
        "iloveyou1234",
        "abcdefghijkl",
        "123456789012",
        "1234567890123",
        "cybercrimeatlas",
        "atlassharinghub",
    }
)
"""Those of twelve characters and more that are tried first; shorter ones are too short anyway."""


def against_password(password: str, *names: str) -> Iterator[Finding]:
    """Check a new password. names: of the account and its partner, which it must not be made of."""
    plain = _plain(password)
    if len(plain) < MIN_CHARACTERS:
        yield Finding("password", f"too short: {MIN_CHARACTERS} characters or more, a few words are best")
    elif len(_bytes(password)) > MAX_BYTES:
        yield Finding("password", f"too long: {MAX_BYTES} bytes at most")
    elif _is_common(plain.casefold(), names):
        yield Finding("password", "one of the first that would be tried: take a few words that don't belong together")


class Passwords:
    """Hashes and checks, so many at once as the gate lets through; who waits too long is told to come again."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=_PASSES, memory_cost=_MEMORY_KIB, parallelism=1)
        self._gate = threading.BoundedSemaphore(_AT_ONCE)

    def hashed(self, password: str) -> str:
        """Give what is kept of a password. Raises: ThrottledError."""
        with self._through():
            return self._hasher.hash(_bytes(password))

    def match(self, kept: str, password: str) -> bool:
        """Whether it is the password. kept: "" where there is none; finding that out takes as long.

        Raises: ThrottledError.
        """
        given = _bytes(password)
        with self._through():
            try:
                same = self._hasher.verify(kept or _NOBODY, given[: MAX_BYTES + 1])
            except VerificationError:
                return False
        return same and bool(kept) and len(given) <= MAX_BYTES

    @contextmanager
    def _through(self) -> Iterator[None]:
        if not self._gate.acquire(timeout=_WAIT_SECONDS):
            raise ThrottledError("too many people sign in at this moment: try again", _WAIT_SECONDS)
        try:
            yield
        finally:
            self._gate.release()


def _is_common(plain: str, names: tuple[str, ...]) -> bool:
    """Whether it is on the list, of hardly any different signs, or made of names with little around them."""
    left = plain
    for name in names:
        left = left.replace(name.casefold(), "")
    return plain in _COMMON or len(set(plain)) < _MIN_DIFFERENT or len(left) < _MIN_DIFFERENT


def _plain(password: str) -> str:
    """Give the form in which keyboards of every system write the same (NIST SP 800-63B section 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return _plain(password).encode(errors="surrogatepass")
