"""Failed sign-ins, counted for each address and each account, over all workers and restarts.

An address that fails too often is turned away unheard. An account is never: anybody can fail in its name, and
would lock it out; with the right token it comes in, and only what goes on failing is told to wait.
Passwords can be guessed: there every try counts before it is checked, and beyond the limit none is.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from limits import RateLimitItemPerSecond
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from hub.errors import ThrottledError
from hub.store.counters import Counters

_TEXT = "too many failed sign-ins: wait, then use the right token"
_TOO_MANY_GUESSES = "too many sign-ins with this name: wait, then try again; a passkey still opens"
_CODES_AN_HOUR = 10
_HOUR_SECONDS = 3_600
_LONGEST_NAME = 64
_IPV6_NET_BITS = 64
"""What one customer is given of IPv6."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many failed sign-ins are heard from one address, and for one account, in how many seconds."""

    per_address: int = 300
    per_account: int = 30
    seconds: int = 300


class Throttle:
    """Counts failures and says when it is enough."""

    def __init__(self, counters: Counters, patience: Patience) -> None:
        self._limiter = FixedWindowRateLimiter(_Shared(counters))
        self._address = RateLimitItemPerSecond(patience.per_address, patience.seconds, "address")
        self._account = RateLimitItemPerSecond(patience.per_account, patience.seconds, "account")
        self._password = RateLimitItemPerSecond(patience.per_account, patience.seconds, "password")
        self._code = RateLimitItemPerSecond(_CODES_AN_HOUR, _HOUR_SECONDS, "code")
        self.guesses = patience.per_account

    def hear(self, address: str | None) -> None:
        """Go on unless the address has failed too often. Raises: ThrottledError."""
        if address is not None and not self._limiter.test(self._address, _network(address)):
            raise self._enough(self._address, _network(address))

    def failed(self, account: str | None, address: str | None) -> None:
        """Count a failure. Raises: ThrottledError: it is one too many for the account's name, known or not."""
        if address is not None:
            self._limiter.hit(self._address, _network(address))
        if account is not None:
            name = _name(account)
            if not self._limiter.hit(self._account, name):
                raise self._enough(self._account, name)

    def guess(self, account: str, address: str | None) -> int:
        """Count a try at a password, known name or not; give how many are left in this window.

        Raises: ThrottledError: it is one too many, and is not to be checked.
        """
        name = _name(account)
        if not self._limiter.hit(self._password, name):
            self.failed(None, address)
            raise self._enough(self._password, name, _TOO_MANY_GUESSES)
        return self._limiter.get_window_stats(self._password, name).remaining

    def guess_code(self, account: str) -> bool:
        """Count a try at a code that came with the right password; False if it is one too many in an hour."""
        return self._limiter.hit(self._code, _name(account))

    def _enough(self, item: RateLimitItemPerSecond, key: str, text: str = _TEXT) -> ThrottledError:
        ends = self._limiter.get_window_stats(item, key).reset_time
        return ThrottledError(text, max(1, math.ceil(ends - time.time())))


class _Shared(Storage):
    """The counters of the store, in the form `limits` wants."""

    STORAGE_SCHEME = None

    def __init__(self, counters: Counters) -> None:
        super().__init__()
        self._counters = counters

    @property
    def base_exceptions(self) -> type[Exception]:
        return Exception  # what `limits` would wrap on demand; the store's own errors say more

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:  # noqa: ARG002 - failures come one at a time
        return self._counters.add(key, expiry)

    def get(self, key: str) -> int:
        return self._counters.count(key)

    def get_expiry(self, key: str) -> float:
        return self._counters.ends(key)

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        raise NotImplementedError("windows end by themselves")

    def clear(self, key: str) -> None:
        raise NotImplementedError("windows end by themselves")


def _name(account: str) -> str:
    """Give the key for a name; any text may come in one's place."""
    return ascii(account)[: _LONGEST_NAME + 2]


def _network(address: str) -> str:
    """Give whom an address stands for: itself, or its network of IPv6; what is no address stands for itself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:_LONGEST_NAME]
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ip_network((found.packed, _IPV6_NET_BITS), strict=False))
    return str(found)
