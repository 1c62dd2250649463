"""One server asked over HTTP: the connection that taxii2-client uses, made bounded, patient and faithful.

The library's own has no time-out, no retry and no limit, and follows redirects wherever they lead. Retries are
counted here and not by urllib3, which would read the whole body of every failed answer, however long it is.
"""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError

from hub.errors import HubError, InvalidInputError, SourceError, TooLargeError
from hub.services.sources.access import Access, is_loopback, origin
from hub.services.sources.answers import Reply, is_taxii, refusal, resource, retry_after
from hub.services.sources.limits import Limits

Told = Callable[[str], None]


class BrokenOffError(SourceError):
    """A question that can't be repeated was lost, or its answer: what the server did is not known."""


_AGENT = "atlas-sharing-hub (TAXII 2.1)"
_TRANSIENT = (requests.ConnectionError, requests.Timeout, ProtocolError, ReadTimeoutError)
_NOT_NOW = frozenset({429, 503})
_RETRIED = _NOT_NOW | {500, 502, 504}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 3
_MAX_BACKOFF_SECONDS = 120
_CHUNK_BYTES = 65_536
_ERROR_BYTES = 65_536


class Wire:
    """One server. get and post have the form that taxii2-client asks of its connection.

    told: gets a sentence before each repeat. headers: those of the last answer. is_repeatable: False while a question
    moves something on the server, so that its repeat would ask for something else. The run's total time begins here.

    Raises: InvalidInputError: the file of authorities is none.
    """

    def __init__(self, access: Access, limits: Limits, told: Told) -> None:
        self.headers: Mapping[str, str] = {}
        self.is_repeatable = True
        self._origin = origin(access.url)
        self._limits = limits
        self._told = told
        self._ends = time.monotonic() + limits.total_seconds
        self._verify = _authorities(access)
        self._session = _session(access)

    def get(
        self, url: str, headers: Mapping[str, str] | None = None, params: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Ask for a TAXII resource.

        Raises:
            SourceError: there is no answer, or not one of TAXII. AuthenticationError, ForbiddenError, NotFoundError,
            InvalidInputError, ThrottledError: as the server says. BrokenOffError: see is_repeatable.

        """
        return self._resource("GET", url, headers=headers, params=params)

    def post(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        data: bytes = b"",
    ) -> dict[str, Any]:
        """Send an envelope; repeated where it is not known to have arrived, as a server takes an object once.

        Raises: as get. TooLargeError: the server takes no envelope of this size.
        """
        return self._resource("POST", url, headers=headers, params=params, data=data)

    def close(self) -> None:
        """Let go of the connection."""
        self._session.close()

    def _resource(self, method: str, url: str, **request: Any) -> dict[str, Any]:
        reply = self._patiently(method, url, request)
        if reply.is_error:
            raise refusal(reply)
        self.headers = reply.headers
        return resource(reply)

    def _patiently(self, method: str, url: str, request: dict[str, Any]) -> Reply:
        """Ask until there is an answer that a repeat would not change."""
        for failed in range(1, self._limits.retries + 2):
            asked: float | None = None
            was_done = True
            try:
                reply = self._once(method, url, request)
                if reply.status not in _RETRIED:
                    return reply
                problem: HubError = refusal(reply)
                asked = retry_after(reply.headers)
                was_done = reply.status not in _NOT_NOW
            except requests.exceptions.SSLError as error:
                raise SourceError(f"{_place(method, url)}: no safe connection: {_cause(error)}") from error
            except _TRANSIENT as error:
                problem = SourceError(f"{_place(method, url)}: {_cause(error)}")
            except (requests.RequestException, HTTPError) as error:  # a broken address, a broken gzip stream
                raise SourceError(f"{_place(method, url)}: {_cause(error)}") from error
            if was_done and not self.is_repeatable:
                self._told(f"{problem}; again from where this run began")
                raise BrokenOffError(str(problem))
            if failed <= self._limits.retries:
                self._pause(failed, asked, problem)
        raise problem

    def _pause(self, failed: int, asked: float | None, problem: HubError) -> None:
        """Wait as long as the server asks, or twice as long as the last time. Raises: problem: it'd be too long."""
        longest = min(self._limits.backoff_seconds * 2 ** (failed - 1), _MAX_BACKOFF_SECONDS)
        seconds = asked if asked is not None else longest * random.uniform(0.5, 1)  # noqa: S311 - spreads clients, guards nothing
        if seconds >= self._left():
            raise problem
        self._told(f"{problem}; again in {seconds:.0f} s")
        time.sleep(seconds)

    def _once(self, method: str, url: str, request: dict[str, Any]) -> Reply:
        for _ in range(_MAX_REDIRECTS + 1):
            if origin(url) != self._origin:
                raise SourceError(f"{_place(method, url)}: another server than the one that was named")
            response = self._session.request(
                method,
                url,
                **request,
                stream=True,
                allow_redirects=False,
                timeout=self._timeout(method, url),
                verify=self._verify,  # with each request: the session's own gives way to the environment
            )
            with closing(response):
                if response.status_code not in _REDIRECTS:
                    return self._reply(_place(method, url), response)
                url = self._redirected(method, url, response.headers.get("Location", ""))
                request = {**request, "params": None}  # the new address has its own query
        raise SourceError(f"{_place(method, url)}: redirected more than {_MAX_REDIRECTS} times")

    def _redirected(self, method: str, url: str, location: str) -> str:
        """Give where a redirect leads: for a question, and on the same server. Anything else would need a new yes."""
        try:
            target = urljoin(url, location)
            is_same = origin(target) == self._origin
        except ValueError:
            raise SourceError(f"{_place(method, url)}: redirected to no address") from None
        if is_same and method == "GET" and location:
            return target
        scheme, host, port = origin(target)
        raise SourceError(
            f"{_place(method, url)}: redirected to {scheme}://{host}:{port}{urlsplit(target).path}; "
            "not followed: if that is right, give that address"
        )

    def _reply(self, place: str, response: requests.Response) -> Reply:
        reply = Reply(place, response.status_code, response.headers, b"")
        if reply.is_error:
            body = self._body(place, response, _ERROR_BYTES, cut=True)
        else:
            content_type = response.headers.get("Content-Type", "")
            if not is_taxii(content_type):
                raise SourceError(f"{place}: {content_type[:80] or 'no media type'} where TAXII 2.1 belongs")
            body = self._body(place, response, self._limits.answer_bytes, cut=False)
        return Reply(place, response.status_code, response.headers, body)

    def _body(self, place: str, response: requests.Response, most: int, *, cut: bool) -> bytes:
        """Read a body as it comes, so that neither a bomb nor a drip goes beyond size or time. cut: at its limit."""
        body = bytearray()
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            body += chunk
            if len(body) > most:
                if cut:
                    break
                raise TooLargeError(f"{place}: an answer of more than {most} bytes; ask for smaller pages (--limit)")
            self._check_time(place)
        return bytes(body)

    def _timeout(self, method: str, url: str) -> tuple[float, float]:
        self._check_time(_place(method, url))
        left = self._left()
        return min(self._limits.connect_seconds, left), min(self._limits.read_seconds, left)

    def _check_time(self, place: str) -> None:
        if self._left() <= 0:
            raise SourceError(f"{place}: more than {self._limits.total_seconds:g} seconds: ended; call again to go on")

    def _left(self) -> float:
        return self._ends - time.monotonic()


def _session(access: Access) -> requests.Session:
    session = requests.Session()
    session.headers.update({"User-Agent": _AGENT, "Accept-Encoding": "gzip"})
    session.auth = _credentials(access)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # A proxy from the environment is for the way out, and would see what is sent to this machine in the clear.
    session.trust_env = not is_loopback(urlsplit(access.url).hostname or "")
    return session


def _authorities(access: Access) -> str | None:
    """Give the file of authorities once it is known to hold some; None: those that are trusted usually."""
    if access.ca_file is None:
        return None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(access.ca_file)
    except OSError as error:  # ssl.SSLError is one
        raise InvalidInputError(f"{access.ca_file}: no certificates in PEM that can be read") from error
    return str(access.ca_file)


def _credentials(access: Access) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    """Give what signs a request; something in every case, or requests would look into .netrc."""
    if access.user is not None and access.token is not None:
        return HTTPBasicAuth(access.user.encode(), access.token.encode())

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        if access.token is not None:
            request.headers["Authorization"] = f"Bearer {access.token}"
        return request

    return sign


def _place(method: str, url: str) -> str:
    return f"{method} {url.partition('?')[0]}"


def _cause(error: BaseException) -> str:
    """Say what failed in the fewest words: requests and urllib3 wrap it several times, with addresses and queries."""
    if isinstance(error, requests.Timeout | ReadTimeoutError):
        return "no answer in time"
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, BaseException):
        return _cause(reason)
    inner = error.__cause__ or error.__context__
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror
    return f"the connection failed ({type(error).__name__})"
